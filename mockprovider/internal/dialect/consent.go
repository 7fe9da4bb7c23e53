package dialect

import (
	"slices"
	"strings"
)

// declined marks a scope that the user declined, in what is remembered of
// consents. No scope begins with a space (RFC 6749 section 3.3).
const declined = " "

// MustAsk reports whether the request, or a scope that is new, needs the user's
// consent.
func (m *imitation) MustAsk(before, requested []string, s Source) bool {
	values := s.Values()
	if before == nil || values.Holds(m.AuthorizationRequest.ConsentWhen) {
		return true
	}
	again := !m.Scope.RemembersDecline || values.Holds(m.Scope.AskDeclinedWhen)
	return slices.ContainsFunc(requested, func(s string) bool {
		return !slices.Contains(before, s) && (again || !slices.Contains(before, declined+s))
	})
}

// Granted returns the scopes that were allowed, and what the persona adds or
// leaves out because of earlier answers.
func (m *imitation) Granted(before, allowed []string, s Source) []string {
	earlier := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return strings.HasPrefix(s, declined) })
	out := slices.DeleteFunc(slices.Clone(allowed), func(s string) bool {
		return slices.Contains(before, declined+s) && !slices.Contains(earlier, s)
	})
	if len(allowed) == 0 && m.Scope.GrantedBefore || s.Values().Holds(m.Scope.AddGrantedWhen) {
		out = appendWords(out, earlier...)
	}
	return out
}

// Remembered keeps what was declined too, where the persona does.
func (m *imitation) Remembered(before, allowed, asked []string) []string {
	after := appendWords(append([]string{}, before...), allowed...)
	after = slices.DeleteFunc(after, func(s string) bool {
		scope, was := strings.CutPrefix(s, declined)
		return was && slices.Contains(allowed, scope)
	})
	if !m.Scope.RemembersDecline {
		return after
	}
	for _, scope := range asked {
		if !slices.Contains(allowed, scope) {
			after = appendWords(after, declined+scope)
		}
	}
	return after
}

// RefreshDue holds the request against the persona's conditions.
func (m *imitation) RefreshDue(s Source) bool { return s.Values().Holds(m.RefreshTokenWhen) }
