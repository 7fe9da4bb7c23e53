package mutant

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// accountBy takes a key of the session for the account; "" leaves the account as the
// strict app has it.
func accountBy(key func(s *client.Session) string) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{wrapAccount(func(strict accountFunc) accountFunc {
			return func(s *client.Session) string {
				if k := key(s); k != "" {
					return k
				}
				return strict(s)
			}
		})}
	}
}

func byEmail(s *client.Session) string {
	if email := text(s.Snapshot().Claims["email"]); email != "" {
		return "email " + email
	}
	return ""
}

func byUsername(s *client.Session) string {
	return "name " + text(s.Snapshot().Claims["preferred_username"])
}

func byFoldedEmail(s *client.Session) string {
	name, domain, _ := strings.Cut(strings.ToLower(strings.Map(narrow, text(s.Snapshot().Claims["email"]))), "@")
	name, _, _ = strings.Cut(name, "+")
	return "email " + name + "@" + domain
}

// narrow returns the ASCII character of a fullwidth one, as NFKC does.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

func bySubject(s *client.Session) string { return "subject " + s.Snapshot().Subject }

// subjectAs lets the strict app see another subject than that of the session.
func subjectAs(change func(subject string) string) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{wrapAccount(func(strict accountFunc) accountFunc {
			return func(s *client.Session) string {
				return strict(withSubject(s, change))
			}
		})}
	}
}

// normalise makes one subject of those that look alike: of a letter and its combining
// accent the letter with it, of Cyrillic letters Latin ones, and of NUL nothing.
func normalise(subject string) string {
	return strings.NewReplacer("e\u0301", "\u00e9", "\u0430", "a", "\x00", "").Replace(subject)
}

// withSubject returns a session of another subject.
func withSubject(s *client.Session, change func(subject string) string) *client.Session {
	out := s.Snapshot()
	if out.IDToken != nil {
		out.Subject = change(out.Subject)
	}
	return out
}

func first255(subject string) string { return subject[:min(len(subject), 255)] }

// linkByEmail joins a user that is new to the account of the same e-mail address, if
// the claim email_verified is trusted.
func linkByEmail(trusted func(verified any) bool) func(site) []check.Edit {
	return func(site) []check.Edit {
		var mu sync.Mutex
		byUser, byEmail := map[string]string{}, map[string]string{}
		return []check.Edit{wrapAccount(func(strict accountFunc) accountFunc {
			return func(s *client.Session) string {
				mu.Lock()
				defer mu.Unlock()
				now := s.Snapshot()
				claims := now.Claims
				user, email := text(claims["iss"])+" "+now.Subject, text(claims["email"])
				if byUser[user] == "" && email != "" && trusted(claims["email_verified"]) {
					byUser[user] = byEmail[email]
				}
				if byUser[user] == "" {
					byUser[user] = strict(s)
				}
				if email != "" && byEmail[email] == "" {
					byEmail[email] = byUser[user]
				}
				return byUser[user]
			}
		})}
	}
}

// anyText takes any text for true.
func anyText(verified any) bool { return text(verified) != "" || verified == true }

// showNewestSubject shows the subject of the session as it is now for the account.
func showNewestSubject(_ site, known *sessions) map[string]page {
	return map[string]page{"GET /whoami": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		rec := record(next, w, r)
		var out map[string]any
		if s := known.sessionOf(r); s != nil && json.Unmarshal(rec.body.Bytes(), &out) == nil {
			out["account"] = bySubject(s)
			writeJSON(w, rec.status, out)
			return
		}
		rec.sendTo(w)
	}}
}

// joinLocalAccount joins a sign-in to the local account of its e-mail address.
func joinLocalAccount(site) []check.Edit {
	var registered sync.Map
	return []check.Edit{
		wrapPages(map[string]page{"POST /register": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			email := strings.TrimSpace(r.PostFormValue("email"))
			rec := record(next, w, r)
			if rec.status == http.StatusOK {
				registered.Store(email, true)
			}
			rec.sendTo(w)
		}}),
		wrapAccount(func(strict accountFunc) accountFunc {
			return func(s *client.Session) string {
				email := text(s.Snapshot().Claims["email"])
				if _, found := registered.Load(email); found {
					return "local " + email
				}
				return strict(s)
			}
		}),
	}
}

// adminIf lets a signed-in user into /admin.
func adminIf(allowed func(s *client.Session) bool) func(site) []check.Edit {
	return withSessions(func(_ site, known *sessions) map[string]page {
		return map[string]page{"GET /admin": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			rec := record(next, w, r)
			if s := known.sessionOf(r); rec.status == http.StatusForbidden && s != nil && allowed(s) {
				writeJSON(w, http.StatusOK, map[string]any{"admin": true})
				return
			}
			rec.sendTo(w)
		}}
	})
}

func hasAdminScope(s *client.Session) bool {
	now := s.Snapshot()
	return slices.Contains(append(now.Granted, now.Unrequested...), "admin")
}

// pollutesPrototype reports whether claims, merged into an object of JavaScript, would
// change what all objects have.
func pollutesPrototype(s *client.Session) bool {
	claims := s.Snapshot().Claims
	polluted, _ := claims["__proto__"].(map[string]any)
	if polluted == nil {
		constructor, _ := claims["constructor"].(map[string]any)
		polluted, _ = constructor["prototype"].(map[string]any)
	}
	return polluted["admin"] == true
}

func isNamedAdmin(s *client.Session) bool {
	return text(s.Snapshot().Claims["preferred_username"]) == "admin"
}
