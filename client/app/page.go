package app

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
)

// page is the data of a template. It holds no secret.
type page struct {
	App      string
	Issuer   string
	ClientID string

	Heading, Text string // of a message

	CSRF    string
	Local   string // e-mail address of a user that signed in by password
	Notice  string
	Failure *failure
	User    *userView
}

// called is the result of a call of the API.
type called struct {
	URL       string
	Status    int
	Text      string // http.StatusText
	Body      string
	Challenge *client.Challenge
	Refreshed bool
	Err       string
}

// userView is the signed-in user, and all that is known about the session.
type userView struct {
	Name, Sub, Since string
	Header, Claims   string // as indented JSON
	Checks           []client.Check
	Passed           int
	Granted, Missing []string
	Unrequested      []string
	Expires, In      string // of the access token
	Expired          bool
	AccessToken      string // shortened
	RefreshToken     string // shortened, "" if there is none
	Refreshes        int
	UserInfo         string
	API              string
	Called           *called
}

// frontPage is the first page: the button "Sign in", or the signed-in user.
func (a *App) frontPage(w http.ResponseWriter, r *http.Request) {
	p := page{}
	if v, _ := a.visitor(r); v != nil {
		v.mu.Lock()
		p.CSRF, p.Notice, p.Failure = v.csrf, v.notice, v.failure
		if s := v.session; s != nil {
			p.User = a.view(v, s.Snapshot())
		}
		p.Local = v.local
		v.notice = ""
		v.mu.Unlock()
	}
	a.show(w, http.StatusOK, "home", p)
}

// view returns what the first page shows of a session.
func (a *App) view(v *visitor, s *client.Session) *userView {
	u := &userView{
		Name: nameOf(s), Sub: s.Subject, Since: writeTime(v.since),
		Granted: s.Granted, Missing: s.Missing, Unrequested: s.Unrequested,
		AccessToken: tokenStart(s.Tokens.AccessToken), Refreshes: v.refreshes, API: a.cfg.APIURL, Called: v.called,
	}
	if s.IDToken != nil {
		u.Header, u.Claims, u.Checks = indent(s.IDToken.Header), indent(s.IDToken.Claims), s.IDToken.Checks
		for _, c := range u.Checks {
			if c.Outcome == client.Passed {
				u.Passed++
			}
		}
	}
	if s.Tokens.RefreshToken != "" {
		u.RefreshToken = tokenStart(s.Tokens.RefreshToken)
	}
	if s.UserInfo != nil {
		u.UserInfo = indent(s.UserInfo)
	}
	if !s.Expiry.IsZero() {
		left := s.Expiry.Sub(a.cfg.Now())
		u.Expires, u.In, u.Expired = writeTime(s.Expiry), writeDuration(left), left <= 0
	}
	return u
}

// writeDuration writes a duration in its two largest units.
func writeDuration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 2*86400:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d days", s/86400)
}

// nameOf returns a name for a user: a claim of the provider, else the sub.
func nameOf(s *client.Session) string {
	var sources []map[string]any
	if s.IDToken != nil {
		sources = append(sources, s.IDToken.Claims)
	}
	for _, claims := range append(sources, s.UserInfo) {
		for _, claim := range []string{"name", "preferred_username", "email"} {
			if name := strings.TrimSpace(text(claims[claim])); name != "" {
				return cutText(name, 80)
			}
		}
	}
	return cmp.Or(s.Subject, "Somebody")
}

// calledOf returns what a page shows of a call.
func calledOf(address string, resp *client.Response, err error) *called {
	if err != nil {
		return &called{URL: address, Err: err.Error()}
	}
	body := string(resp.Body)
	if resp.JSON != nil {
		body = indent(resp.JSON)
	}
	return &called{
		URL: address, Status: resp.Status, Text: http.StatusText(resp.Status), Body: cutText(body, 4000),
		Challenge: resp.Challenge, Refreshed: resp.Refreshed != nil,
	}
}

func indent(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the template escapes
	enc.SetIndent("", "  ")
	if enc.Encode(v) != nil {
		return ""
	}
	return cutText(strings.TrimSpace(b.String()), 20_000)
}

// problem shows a page about a request that cannot be answered.
func (a *App) problem(w http.ResponseWriter, status int, heading, text string) {
	a.show(w, status, "message", page{Heading: heading, Text: text})
}

// show renders a page, whole or not at all.
func (a *App) show(w http.ResponseWriter, status int, name string, p page) {
	p.App, p.Issuer, p.ClientID = a.cfg.Title, a.cfg.Issuer, a.cfg.ClientID
	var b bytes.Buffer
	if err := a.pages.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, fmt.Sprintf("The page %s is broken: %v", name, err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// mark returns the sign of an outcome.
func mark(outcome string) string {
	switch outcome {
	case client.Passed:
		return "✓"
	case client.Failed:
		return "✗"
	case client.Skipped:
		return "!"
	}
	return "–"
}

func writeTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// tokenStart returns the beginning of a token: enough to tell two apart.
func tokenStart(token string) string {
	switch {
	case token == "":
		return "none"
	case len(token) <= 8:
		return "…"
	}
	return strings.ToValidUTF8(token[:4], "") + "…"
}

// cutText cuts a text from outside to a length that a page can show.
func cutText(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
