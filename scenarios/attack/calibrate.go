package attack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// calibrate proves the method on an app before anything is said about it, and
// learns what the app does.
func (w *worker) calibrate(ctx context.Context) ([]Calibration, []Trait) {
	var checks []Calibration
	check := func(name, remedy, saw string, err error) bool {
		c := Calibration{Check: name, OK: err == nil, Saw: saw}
		var ambiguous errAmbiguous
		switch {
		case errors.As(err, &ambiguous):
			c.Saw, c.Remedy = err.Error(), "let app.whoami.signed_in and app.whoami.signed_out each name a status or a text that only its own page has"
		case err != nil:
			c.Saw, c.Remedy = err.Error(), remedy
		}
		checks = append(checks, c)
		return c.OK
	}
	s := w.site
	marks := s.marks()
	trail := newTrail(s)
	defer trail.close()
	fresh := newBrowser("fresh", s, trail)
	who, err := fresh.whoami(ctx)
	var ambiguous errAmbiguous
	if err != nil && !errors.As(err, &ambiguous) {
		check("the app answers", "start the app, or let app.start start it", "", err)
		return checks, nil
	}
	saw := ""
	if err == nil {
		saw, err = who.answer()+" to a fresh browser", w.refused(who)
	}
	if !check("nobody is signed in at first", "name a page that is for signed-in users only (--whoami), or say what tells its two answers apart: app.whoami.signed_in, app.whoami.signed_out", saw, err) {
		return checks, nil
	}
	for _, user := range []string{"alice", "bob"} {
		start := s.now()
		err := w.signsIn(ctx, user)
		s.latency = max(s.latency, s.now().Sub(start))
		if !check(user+" signs in, and is shown as "+user, w.remedy(), "the whoami page shows "+user, err) {
			return checks, nil
		}
	}
	entries := s.provider().Journal().Entries()
	if s.app.Logout != nil {
		saw, err := w.signsOut(ctx)
		check("signing out works", "name the page that signs out, and its method: app.logout", saw, err)
	}
	saw, err = w.denies(ctx)
	check("who refuses consent is not signed in", "the app signs in without consent: see err-access-denied; without this nothing can be told apart", saw, err)
	if s.settled(ctx) != nil {
		return checks, nil // it was told to stop
	}
	traits := []Trait{
		{Name: "failure page", Has: s.failurePage != "", Saw: s.failurePage},
		{Name: "latency", Has: true, Saw: "a sign-in took up to " + s.latency.Round(time.Millisecond).String()},
	}
	traits = append(traits, w.learn(entries, s.logged(marks) != "")...)
	if w.traits["id_token"] == "" && !w.reads(ctx) {
		w.traits["id_token"] = "the app signs in without an ID token, by userinfo: what is wrong with one cannot reach it"
		traits = append(traits, Trait{Name: "ID token"})
	}
	refresh(s)
	return checks, traits
}

// remedy is what to do when a plain sign-in does not work.
func (w *worker) remedy() string {
	return "register the app as client_id " + w.site.clientID + " at the issuer " + w.site.provider().Issuer() + ", and name a whoami page that shows the e-mail address or the name of who is signed in"
}

// refused says why an answer of the whoami page is not one for somebody who is
// not signed in.
func (w *worker) refused(who *standing) error {
	switch {
	case who.signedIn:
		return errors.New(who.answer())
	case w.site.app.WhoAmI.SignedOut != nil && !who.signedOut && who.left == nil:
		return fmt.Errorf("%s, which is not what whoami.signed_out says", who.answer())
	}
	return nil
}

// signsIn signs a user in, in a fresh browser, and says why that did not work.
func (w *worker) signsIn(ctx context.Context, user string) error {
	trail := newTrail(w.site)
	defer trail.close()
	before := len(w.site.provider().Journal().Entries())
	b := newBrowser(user, w.site, trail)
	page, err := b.signIn(ctx, user, "first", false)
	if err != nil {
		return fmt.Errorf("%w%s", err, w.refusal(before))
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err
	case !who.signedIn:
		return fmt.Errorf("the sign-in ended at %s with status %d, and %s: %s%s", place(page), page.Status, who.answer(), clip(page.Text), w.refusal(before))
	case len(who.as) == 0:
		return errors.New("somebody is signed in, and the whoami page does not say who: it has neither the e-mail address nor the name")
	case !slices.Contains(who.as, user):
		return errors.New("the whoami page shows " + strings.Join(who.as, " and "))
	}
	return nil
}

// refusal is what the provider has to say of a sign-in that did not work: most
// often the app is registered otherwise, or signs in elsewhere.
func (w *worker) refusal(before int) string {
	entries := w.site.provider().Journal().Entries()
	if len(entries) <= before {
		return "; the provider was asked nothing"
	}
	for _, e := range slices.Backward(entries[before:]) {
		if e.Error == "" {
			continue
		}
		text := "; the provider refused " + e.Method + " " + e.Path + ": " + e.Error
		for _, d := range e.Decisions {
			if !d.Passed {
				return text + " (" + d.Check + ": " + d.Detail + ")"
			}
		}
		return text
	}
	return ""
}

// signsOut signs in and out again.
func (w *worker) signsOut(ctx context.Context) (saw string, err error) {
	trail := newTrail(w.site)
	defer trail.close()
	b := newBrowser("leaving", w.site, trail)
	if _, err := b.signIn(ctx, "alice", "first", false); err != nil {
		return "", err
	}
	if _, err := b.leave(ctx); err != nil {
		return "", err
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return "", err
	}
	return who.answer() + " afterwards", w.refused(who)
}

// denies refuses consent. Where the app says so on a page of its own, that is its
// failure page.
func (w *worker) denies(ctx context.Context) (saw string, err error) {
	trail := newTrail(w.site)
	defer trail.close()
	b := newBrowser("denying", w.site, trail)
	page, err := b.signIn(ctx, "carol", "first", true)
	if err != nil {
		return "", err
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return "", err
	}
	saw = fmt.Sprintf("the app answers %d at %s", page.Status, place(page))
	if !w.site.own(page.URL) {
		saw = fmt.Sprintf("the app answers %d and leads to %s", w.site.status(page), place(page))
	}
	if err := w.refused(who); err != nil {
		return "", fmt.Errorf("%s, and %w", saw, err)
	}
	if w.site.own(page.URL) {
		w.site.failurePage = fingerprint(page)
	}
	return saw, nil
}

// fingerprint is what tells one page of an app from another.
func fingerprint(p *agent.Page) string {
	text := fmt.Sprintf("%d %s", p.Status, p.URL.Path)
	if p.Title != "" {
		text += " “" + clip(p.Title) + "”"
	}
	return text
}

func place(p *agent.Page) string { return p.URL.Host + p.URL.Path }

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// reads reports whether the app wants an ID token at all.
func (w *worker) reads(ctx context.Context) bool {
	always := 0
	id, err := w.site.provider().Fault(fault.Fault{On: protocol.TokenResponse, Times: &always, Tamper: &fault.Tamper{Set: map[string]any{"id_token": match.Absent}}})
	if err != nil {
		return true
	}
	defer w.site.provider().RemoveFault(id)
	return w.signsIn(ctx, "alice") != nil
}

// learn reads from two plain sign-ins what the app does, and what it therefore
// cannot be tested for.
func (w *worker) learn(entries []*journal.Entry, logs bool) []Trait {
	var traits []Trait
	know := func(need, name string, has bool, saw, lack string) {
		traits = append(traits, Trait{Name: name, Has: has, Saw: saw})
		if !has {
			w.traits[need] = lack
		}
	}
	authorize, token := paramsAt(entries, protocol.AuthorizationEndpoint), paramsAt(entries, protocol.TokenEndpoint)
	app := w.site.app
	know("id_token", "OpenID Connect", slices.Contains(strings.Fields(authorize.Get("scope")), "openid"), "scope "+authorize.Get("scope"), "the app does not ask for the scope openid, so it gets no ID token")
	know("nonce", "nonce", authorize.Has("nonce"), "", "the app sends no nonce: see nonce-sent-unless-code")
	know("state", "state", authorize.Has("state"), "", "the app sends no state: see state-missing-in-request")
	know("pkce", "PKCE", authorize.Has("code_challenge"), authorize.Get("code_challenge_method"), "the app sends no code_challenge: see pkce-absent")
	know("discovery", "metadata", asked(entries, protocol.Discovery), "", "the app did not ask for the provider's metadata")
	know("jwks", "key set", asked(entries, protocol.JWKSURI), "", "the app does not ask for the provider's keys: over TLS, OIDC Core 3.1.3.7 (6) leaves it that choice in the code flow")
	know("userinfo", "userinfo", asked(entries, protocol.UserinfoEndpoint), "", "the app does not ask for userinfo")
	know("confidential", "client authentication", authMethod(entries, token) != "none", authMethod(entries, token), "the app is a public client")
	offline := slices.ContainsFunc(entries, func(e *journal.Entry) bool {
		return e.Endpoint == protocol.TokenEndpoint && e.Response["refresh_token"] != nil
	})
	know("refresh", "refresh token", offline && app.API != nil, "", "the app gets no refresh token (scope offline_access), or its page that uses the access token is not known: set app.api")
	configured := []struct {
		need, name, key string
		has             bool
	}{
		{"api", "API page", "app.api", app.API != nil}, {"admin", "admin page", "app.admin", app.Admin != nil},
		{"logout", "sign-out page", "app.logout", app.Logout != nil}, {"logout_token", "back-channel logout", "app.logout_token_endpoint", app.LogoutTokenEndpoint != ""},
		{"account", "account name", "app.whoami.account", app.WhoAmI.Account != ""}, {"return_to", "return parameter", "app.return_to_param", app.ReturnToParam != ""},
		{"local_account", "local accounts", "app.local_account", app.LocalAccount != nil},
		{"api_scope", "scope of the API page", "app.api.needs_scope", app.API != nil && app.API.NeedsScope != ""},
		{"two_issuers", "second issuer", "app.second_login", app.SecondLogin != nil}, {"restart", "start command", "app.start", app.Start != nil},
	}
	for _, c := range configured {
		know(c.need, c.name, c.has, "", "the app's "+c.name+" is not known: set "+c.key)
	}
	know("logs", "log", logs, "", "the app wrote nothing into its log while it was signed in to, or its log is not known: set app.logs")
	know("acr", "acr_values", authorize.Has("acr_values") || strings.Contains(authorize.Get("claims"), "acr"), "", "the app does not ask for an authentication context (acr_values)")
	know("max_age", "max_age", authorize.Has("max_age"), "", "the app does not ask how long ago the user signed in (max_age)")
	for _, need := range []string{"registered_secret", "registered_alg", "registered_userinfo"} {
		w.traits[need] = "it is for a client that is registered in another way (" + strings.TrimPrefix(need, "registered_") + ")"
	}
	w.traits["bundled"] = "it is about a page that only the bundled app has"
	know("virtual_clock", "clock", false, "the app's own", "it needs time to pass, and the app has a clock of its own")
	know("tls", "TLS", w.process != nil, "", "an app that runs already signs in over plain http: let app.start start it, with an issuer of https")
	return traits
}

// paramsAt are the parameters of the first request to an endpoint.
func paramsAt(entries []*journal.Entry, endpoint protocol.Endpoint) url.Values {
	for _, e := range entries {
		if e.Endpoint == endpoint {
			return e.Params
		}
	}
	return nil
}

func asked(entries []*journal.Entry, endpoint protocol.Endpoint) bool {
	return paramsAt(entries, endpoint) != nil || has(entries, endpoint)
}

func has(entries []*journal.Entry, endpoint protocol.Endpoint) bool {
	return slices.ContainsFunc(entries, func(e *journal.Entry) bool { return e.Endpoint == endpoint })
}

// authMethod is how the app proves who it is at the token endpoint.
func authMethod(entries []*journal.Entry, token url.Values) string {
	switch {
	case token.Has("client_assertion"):
		return "private_key_jwt or client_secret_jwt"
	case token.Has("client_secret"):
		return "client_secret_post"
	}
	for _, e := range entries {
		if e.Endpoint == protocol.TokenEndpoint && strings.HasPrefix(e.Headers["Authorization"], "Basic") {
			return "client_secret_basic"
		}
	}
	return "none"
}
