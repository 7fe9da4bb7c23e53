package scenarios

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// Secrets are the texts that the scenario was told to keep to itself: what its
// variables take from the environment, whatever they are called, what variables
// with a name like password hold, and the secrets of its clients and users. Its
// names, and the warnings about it, are without them.
func (s *Scenario) Secrets() *redact.Secrets { return s.secrets }

// secrets are those of the variables, and of the axes that are called like a
// credential.
func (h head) secrets(env func(string) (string, bool)) *redact.Secrets {
	known := &redact.Secrets{}
	for name, v := range h.Vars {
		if v == nil {
			continue
		}
		if text, ok := env(v.Env); ok && v.Env != "" {
			known.Learn(text)
		}
		if !journal.Secret(name) && !journal.Secret(v.Env) {
			continue
		}
		for _, value := range []any{v.Value, v.Default} {
			if value != nil {
				known.Learn(match.Text(value))
			}
		}
	}
	if h.Matrix == nil {
		return known
	}
	for _, c := range append(h.Matrix.Include, h.Matrix.Exclude...) {
		for name, value := range c.Values {
			if journal.Credential(name) {
				known.Learn(value.Text)
			}
		}
	}
	for _, axis := range h.Matrix.Axes {
		for _, value := range axis.Values {
			if journal.Credential(axis.Name) {
				known.Learn(value.Text)
			}
		}
	}
	return known
}

// hideIn takes the secrets out of what is wrong with a document, also those that
// the document itself has for clients and users: its lines are quoted.
func hideIn(problems strict.Problems, known *redact.Secrets, root *strict.Node) strict.Problems {
	if len(problems) == 0 {
		return nil
	}
	known = known.Clone()
	for section, member := range map[string]string{"clients": "client_secret", "users": "password"} {
		n := root.Get(section)
		if n == nil {
			continue
		}
		for _, e := range n.Entries {
			if secret := e.Value.Get(member); secret != nil {
				known.LearnCredentials(e.Key.Text, secret.Text)
			}
		}
	}
	return redact.Value(known, problems)
}

// conceal takes the secrets out of what names a scenario and its steps, before
// anything is made of it: lists, reports, and the address of its issuer.
func (s *Scenario) conceal(known *redact.Secrets) {
	if len(s.Clients)+len(s.Users) > 0 {
		known = known.Clone()
	}
	for id, c := range s.Clients {
		if c != nil {
			known.LearnCredentials(id, c.Secret)
		}
	}
	for login, u := range s.Users {
		if u != nil {
			known.LearnCredentials(login, u.Password)
		}
	}
	s.secrets = known
	for _, text := range []*string{&s.Name, &s.Description, &s.Skip, &s.ExpectFailure} {
		*text = known.Hide(*text)
	}
	for _, step := range s.Steps {
		step.Name = known.Hide(step.Name)
	}
	s.Tags, s.Combination, s.Warnings = redact.Value(known, s.Tags), redact.Value(known, s.Combination), redact.Value(known, s.Warnings)
}

// gather finds the secrets that are known by now: a step may have registered a
// client, or changed a user.
func (st *stage) gather() {
	for _, c := range st.provider.Clients() {
		st.secrets.LearnCredentials(c.ID, c.Secret)
	}
	for _, u := range st.provider.Users() {
		st.secrets.LearnCredentials(u.Login, u.Password)
	}
	st.secrets.LearnIssued(st.seen.tokenTexts()...)
}

// tokenTexts are the codes and tokens that an observation shows.
func (o *observation) tokenTexts() []string {
	out := issued(o.tokens)
	for _, params := range []url.Values{o.request, o.reply} {
		for name, values := range params {
			if journal.Secret(name) {
				out = append(out, values...)
			}
		}
	}
	return out
}

// issued are the codes and tokens in what was answered, however deep.
func issued(answer map[string]any) []string {
	var out []string
	eachRedacted(answer, journal.Redact("", answer), func(before, _ any) {
		if text, ok := before.(string); ok {
			out = append(out, text)
		}
	})
	return out
}

// redactSummary makes everything under a secret name in a step's summary a tag:
// what a file says there need not be known as a secret.
func redactSummary(summary string) string {
	verb, text, ok := strings.Cut(summary, " ")
	var value any
	if !ok || json.Unmarshal([]byte(text), &value) != nil {
		return summary
	}
	eachRedacted(value, journal.Redact("", value), func(before, after any) {
		secret, errBefore := match.JSON(before)
		tag, errAfter := match.JSON(after)
		if errBefore == nil && errAfter == nil {
			text = strings.ReplaceAll(text, secret, tag)
		}
	})
	return verb + " " + text
}

// eachRedacted calls yield for each value that differs between two trees of the
// same shape.
func eachRedacted(before, after any, yield func(before, after any)) {
	switch b := before.(type) {
	case map[string]any:
		a, _ := after.(map[string]any)
		for name, member := range b {
			eachRedacted(member, a[name], yield)
		}
	case []any:
		a, _ := after.([]any)
		for i, item := range b {
			eachRedacted(item, a[i], yield)
		}
	case []string: // which has become tags, if it has changed
	default:
		if before != after {
			yield(before, after)
		}
	}
}
