package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/target"
)

// calibration collects the checks of the method.
type calibration []Calibration

// check adds a check, and reports whether it holds.
func (c *calibration) check(name, remedy, saw string, err error) bool {
	x := Calibration{Check: name, OK: err == nil, Saw: saw}
	var ambiguous webapp.AmbiguousError
	switch {
	case errors.As(err, &ambiguous):
		x.Saw, x.Remedy = err.Error(), "let app.whoami.signed_in and app.whoami.signed_out each name a status or a text that only its own page has"
	case err != nil:
		x.Saw, x.Remedy = err.Error(), remedy
	}
	*c = append(*c, x)
	return x.OK
}

// checkFor adds a check that is for some entries only. It says why those cannot be
// played, "" if they can.
func (c *calibration) checkFor(name, remedy, saw string, err error) (lack string) {
	if c.check(name, remedy, saw, err) {
		return ""
	}
	last := &(*c)[len(*c)-1]
	last.Optional = true
	return "the calibration failed: " + name + ": " + last.Saw
}

// calibrate checks that the method works on an app, and learns what the app does. No
// verdict is given before.
func (w *worker) calibrate(ctx context.Context) ([]Calibration, []Trait) {
	var checks calibration
	s := w.site
	marks := s.LogEnds()
	saw, answered, err := s.CheckSignedOut(ctx)
	if !answered {
		checks.check("the app answers", "start the app, or let app.start start it", "", err)
		return checks, nil
	}
	if !checks.check("a fresh browser is not signed in", "name a page that is for signed-in users only (--whoami), or say what tells its two answers apart, such as app.whoami.signed_in: {contains: Sign out}", saw, err) {
		return checks, nil
	}
	accounts := map[string]string{}
	for _, user := range []string{"alice", "bob"} {
		start := s.Now()
		accounts[user], err = s.CheckSignIn(ctx, user)
		s.Latency = max(s.Latency, s.Now().Sub(start))
		if !checks.check(user+" signs in, and is shown as "+user, w.registrationRemedy(), "the whoami page shows "+user, w.withLog(ctx, marks, err)) {
			return checks, nil
		}
	}
	entries := s.Provider().Journal().Entries()
	s.LearnCallback(paramsOf(entries, protocol.AuthorizationEndpoint).Get("redirect_uri"))
	w.calibratePages(ctx, &checks, accounts)
	if s.WaitForLogs(ctx) != nil {
		return checks, nil // it was cancelled
	}
	traits := []Trait{
		{Name: "failure page", Has: s.FailurePage != "", Saw: s.FailurePage},
		{Name: "latency", Has: true, Saw: "a sign-in took up to " + s.Latency.Round(time.Millisecond).String()},
	}
	traits = append(traits, w.learnTraits(entries, s.LoggedSince(marks) != "")...)
	traits = append(traits, w.learnUses(ctx)...)
	traits = append(traits, w.learnKeys(ctx, entries)...)
	s.Reset()
	return checks, traits
}

// calibratePages checks the pages that some entries only need, and how a sign-in ends
// that the user refuses.
func (w *worker) calibratePages(ctx context.Context, checks *calibration, accounts map[string]string) {
	s := w.site
	if s.App.Logout != nil {
		saw, err := s.CheckSignOut(ctx)
		w.noteLack("logout", checks.checkFor("signing out works", signOutRemedy(s.App.Logout), saw, err))
	}
	if s.App.WhoAmI.Account != "" {
		saw, err := s.CompareAccounts(ctx, accounts["alice"], accounts["bob"])
		w.noteLack("account", checks.checkFor("the app names alice's account and bob's", accountRemedy(err), saw, err))
	}
	saw, err := s.CheckDenial(ctx)
	const denial = "a user who denies consent is not signed in"
	if errors.As(err, new(webapp.SignedInError)) {
		checks.check(denial, "the app signs in without consent: see err-access-denied; without this nothing can be told apart", saw, err)
		return
	}
	// err-access-denied judges an app that crashes there, or does not end.
	checks.checkFor(denial, "see err-access-denied; the app's failure page is not known, so blank and empty pages are not told apart from it", saw, err)
}

// noteLack notes why the app does not have what an entry needs; "" if it has.
func (w *worker) noteLack(need, why string) {
	if why != "" {
		w.traits[need] = why
	}
}

// signOutRemedy says what to change where signing out does not work: often the form that
// leads there, with its CSRF token, is on another page than /.
func signOutRemedy(p *target.Page) string {
	how := "name the page that signs out, and how: app.logout"
	if p.Method == http.MethodPost && p.CSRF == "" {
		how = "name the page that has the form which signs out, where it is not /, such as app.logout: {url: " + p.URL + ", method: POST, csrf: " + p.URL + "}"
	}
	return how + "; until then no entry that signs out is exercised"
}

// accountRemedy says what to change where accounts cannot be compared.
func accountRemedy(err error) string {
	if errors.As(err, new(webapp.BorrowedAccountError)) {
		return "show a number or another name of the app's own there, and let app.whoami.account name it; if the app finds its accounts by that claim, say so: app.whoami.account_is_key: true; until then no entry that compares accounts is exercised"
	}
	return "let app.whoami.account name what differs between two accounts; until then no entry that compares accounts is exercised"
}

// withLog adds to why a sign-in did not work the last line that the app has logged since,
// which most often names the setting that is wrong.
func (w *worker) withLog(ctx context.Context, marks []int64, err error) error {
	if err == nil || w.site.WaitForLogs(ctx) != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(w.site.LoggedSince(marks)), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		return err
	}
	if r := []rune(last); len(r) > maxLogLine {
		last = string(r[:maxLogLine]) + "…"
	}
	return fmt.Errorf("%w; the app logs: %s", err, last)
}

// maxLogLine is how many characters of a log line are shown.
const maxLogLine = 200

// registrationRemedy says what to change when a plain sign-in does not work.
func (w *worker) registrationRemedy() string {
	return "let the app sign in as client_id " + w.site.ClientID + " at the issuer " + w.site.Provider().Issuer() + ", or name its own client under clients: in authdrill.yaml; " +
		"and name a whoami page that shows the e-mail address or the name of the user that is signed in"
}

// learnTraits reads from two plain sign-ins what the app does, and which entries it
// therefore cannot be tested with.
func (w *worker) learnTraits(entries []*journal.Entry, logs bool) []Trait {
	var traits []Trait
	addTrait := func(need, name string, has bool, saw, lack string) {
		traits = append(traits, Trait{Name: name, Has: has, Saw: saw})
		if !has {
			w.traits[need] = lack
		}
	}
	authorize, token := paramsOf(entries, protocol.AuthorizationEndpoint), paramsOf(entries, protocol.TokenEndpoint)
	app := w.site.App
	addTrait("id_token", "OpenID Connect", slices.Contains(strings.Fields(authorize.Get("scope")), "openid"), "scope "+authorize.Get("scope"), "the app does not ask for the scope openid, so it gets no ID token")
	if id, err := w.armAlways(foreignKey); err != nil {
		w.traits["openid"] = "the provider makes no ID tokens: it speaks OAuth 2.0, and not OpenID Connect"
	} else {
		w.site.Provider().ClearFaults(id)
	}
	addTrait("nonce", "nonce", authorize.Has("nonce"), "", "the app sends no nonce: see nonce-sent-unless-code")
	addTrait("state", "state", authorize.Has("state"), "", "the app sends no state: see state-missing-in-request")
	addTrait("pkce", "PKCE", authorize.Has("code_challenge"), authorize.Get("code_challenge_method"), "the app sends no code_challenge: see pkce-absent")
	addTrait("discovery", "metadata", hasRequest(entries, protocol.Discovery), "", "the app did not ask for the provider's metadata")
	addTrait("userinfo", "userinfo", hasRequest(entries, protocol.UserinfoEndpoint), "", "the app does not ask for userinfo")
	addTrait("confidential", "client authentication", authMethod(entries, token) != "none", authMethod(entries, token), "the app is a public client")
	offline := slices.ContainsFunc(entries, func(e *journal.Entry) bool {
		return e.Endpoint == protocol.TokenEndpoint && e.Response["refresh_token"] != nil
	})
	addTrait("refresh", "refresh token", offline && app.API != nil, "", "the app gets no refresh token (scope offline_access), or its page that uses the access token is not known: set app.api")
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
		addTrait(c.need, c.name, c.has, "", "the app's "+c.name+" is not known: set "+c.key)
	}
	addTrait("logs", "log", logs, "", "the app wrote nothing into its log while it was signed in to, or its log is not known: set app.logs")
	addTrait("acr", "acr_values", authorize.Has("acr_values") || strings.Contains(authorize.Get("claims"), "acr"), "", "the app does not ask for an authentication context (acr_values)")
	addTrait("max_age", "max_age", authorize.Has("max_age"), "", "the app does not ask how long ago the user signed in (max_age)")
	for _, need := range []string{"registered_secret", "registered_alg", "registered_userinfo"} {
		w.traits[need] = "it is for a client that is registered in another way (" + strings.TrimPrefix(need, "registered_") + ")"
	}
	w.traits["bundled"] = "it is about a page that only the bundled app has"
	addTrait("virtual_clock", "clock", false, "the app's own", "it needs time to pass, and the app has a clock of its own")
	addTrait("tls", "TLS", w.process != nil, "", "an app that runs already signs in over plain http: let app.start start it, with an issuer of https")
	return traits
}

// paramsOf returns the parameters of the first request to an endpoint.
func paramsOf(entries []*journal.Entry, endpoint protocol.Endpoint) url.Values {
	for _, e := range entries {
		if e.Endpoint == endpoint {
			return e.Params
		}
	}
	return nil
}

func hasRequest(entries []*journal.Entry, endpoint protocol.Endpoint) bool {
	return slices.ContainsFunc(entries, func(e *journal.Entry) bool { return e.Endpoint == endpoint })
}

// authMethod returns how the app authenticates at the token endpoint.
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
