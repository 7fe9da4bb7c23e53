package mockprovider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// signInPageOf opens the sign-in page of a provider in a browser.
func signInPageOf(t *testing.T, p *Provider, params ...string) (*agent.Agent, *agent.Page) {
	t.Helper()
	a := &agent.Agent{Transport: p.HTTPClient().Transport, Now: p.Clock().Now}
	a.Intercept = func(u *url.URL) bool { return u.Path == "/callback" }
	form := url.Values{"client_id": {"app"}, "response_type": {"code"}, "scope": {"openid profile email"}, "redirect_uri": {"http://127.0.0.1:1/callback"}, "state": {"a-long-state"}}
	for n := 0; n < len(params); n += 2 {
		form.Set(params[n], params[n+1])
	}
	page, err := a.Visit(context.Background(), agent.Request{URL: fmt.Sprint(p.Metadata()["authorization_endpoint"]) + "?" + form.Encode()})
	if err != nil {
		t.Fatal(err)
	}
	return a, page
}

func takesNewUsers(t *testing.T, opts ...Option) *Provider {
	t.Helper()
	p, err := New(append([]Option{WithSeed(1), WithProvider(persona.Persona{NewUsers: "allow", Consent: "skip"})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func hasField(f *agent.Form, name string) bool {
	return slices.ContainsFunc(f.Fields, func(x agent.Field) bool { return x.Name == name })
}

// userinfoAfter redeems the code that a page was left with, and asks for userinfo.
func userinfoAfter(t *testing.T, p *Provider, page *agent.Page) map[string]any {
	t.Helper()
	if page.Intercepted == nil {
		t.Fatalf("not sent back: %d %s: %s", page.Status, page.Title, page.Text)
	}
	b := &browser{t, p.HTTPClient()}
	tokens := b.json(b.read(b.PostForm(p.Issuer()+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {page.Intercepted.Params().Get("code")}, "redirect_uri": {"http://127.0.0.1:1/callback"},
		"client_id": {"app"}, "client_secret": {"app-secret"},
	})))
	req, _ := http.NewRequest("GET", p.Issuer()+"/userinfo", nil)
	req.Header.Set("Authorization", fmt.Sprint("Bearer ", tokens["access_token"]))
	return b.json(b.read(b.Do(req)))
}

// TestSomebodyElseSignsIn: a user who is typed in exists from then on, with the
// claims that were typed, until the issuer is reset.
func TestSomebodyElseSignsIn(t *testing.T) {
	p := takesNewUsers(t)
	_, page := signInPageOf(t, p)
	page, err := page.Enter(context.Background(), url.Values{"new_login": {" dora "}, "new_claims": {`{"email": "d@corp.test", "department": "<b>sales</b>", "name": null}`}})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(userinfoAfter(t, p, page))
	for _, want := range []string{`"sub":"dora"`, `"email":"d@corp.test"`, `"department":"\u003cb\u003esales`, `"given_name":"Dora"`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("userinfo lacks %s: %s", want, got)
		}
	}
	if strings.Contains(string(got), `"name"`) {
		t.Errorf("a claim that is null is there: %s", got)
	}
	_, page = signInPageOf(t, p)
	if page, err = page.Login(context.Background(), "dora", ""); err != nil || page.Intercepted == nil {
		t.Fatalf("she is not offered the next time: %v", err)
	}
	_, page = signInPageOf(t, p)
	if page, err = page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {`{"email": "new@corp.test"}`}}); err != nil || userinfoAfter(t, p, page)["email"] != "new@corp.test" {
		t.Errorf("claims that are typed again: %v", err)
	}
	if _, page := sent(t, p.HTTPClient(), "GET", p.Issuer()+"/_/", ""); !strings.Contains(page, "typed in") || !strings.Contains(page, "user.added") {
		t.Error("the console does not show her")
	}
	if err := p.Reset(); err != nil {
		t.Fatal(err)
	}
	if len(p.Users()) != 3 {
		t.Errorf("after a reset: %d users", len(p.Users()))
	}
}

// TestSomebodyElseHasRules: what is wrong is said on the page, which keeps what was
// typed, and no user of the configuration is changed or signed in without a password.
func TestSomebodyElseHasRules(t *testing.T) {
	p := takesNewUsers(t, WithUser(store.User{Login: "lou", Password: "pw"}), WithUser(store.User{Login: "max", Disabled: true}))
	for _, tc := range []struct {
		login, claims string
		status        int
		want          string
	}{
		{"", "", 400, "type a login name"},
		{"dora", `{"email": }`, 400, "claims, line 1, column 11"},
		{"dora", `[1]`, 400, "claims are an object"},
		{"dora", `{"emial": "x"}`, 400, `did you mean "email"`},
		{`<script>alert(1)</script>`, `{"</textarea><script>": `, 400, "claims, line 1"},
		{"alice", `{"email": "mallory@evil.test"}`, 400, "There is a user alice already"},
		{"lou", ``, 403, "This user has a password"},
		{"max", ``, 403, "may not sign in"},
		{strings.Repeat("x", 300), ``, 400, "too long"},
	} {
		_, page := signInPageOf(t, p)
		page, err := page.Enter(context.Background(), url.Values{"new_login": {tc.login}, "new_claims": {tc.claims}})
		if err != nil {
			t.Fatal(err)
		}
		if page.Status != tc.status || !strings.Contains(page.Text, tc.want) {
			t.Errorf("%.20q %q: %d %.300s", tc.login, tc.claims, page.Status, page.Text)
		}
		if strings.Contains(string(page.Body), "<script>") {
			t.Errorf("%q: what was typed is in the page as it is", tc.login)
		}
		if tc.status == 400 && tc.login == "dora" { // corrected, and sent again
			if page, err = page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {"{}"}}); err != nil || page.Intercepted == nil {
				t.Errorf("%q: cannot be corrected: %v", tc.claims, err)
			}
		}
	}
	_, page := signInPageOf(t, p)
	page, err := page.Enter(context.Background(), url.Values{"new_login": {"lou"}, "new_claims": {""}})
	if err != nil {
		t.Fatal(err)
	}
	if page, err = page.Login(context.Background(), "lou", "pw"); err != nil || page.Intercepted == nil {
		t.Errorf("the password is asked for: %v", err)
	}
	_, page = signInPageOf(t, p)
	if page, err = page.Enter(context.Background(), url.Values{"new_login": {"bob"}, "new_claims": {" "}}); err != nil || userinfoAfter(t, p, page)["email"] != "bob@example.com" {
		t.Errorf("a user who is known, by login name: %v", err)
	}
	if u := p.Users(); u[0].Email != "alice@example.com" {
		t.Errorf("alice: %+v", u[0])
	}
}

// TestSomebodyElseIsRefused where the settings do not allow it, and from another
// site.
func TestSomebodyElseIsRefused(t *testing.T) {
	for name, settings := range map[string]persona.Persona{"by default": {}, "by name": {NewUsers: "refuse"}} {
		p, err := New(WithProvider(settings))
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		_, page := signInPageOf(t, p)
		if _, err := page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {""}}); err == nil || strings.Contains(string(page.Body), "new_login") {
			t.Errorf("%s: the page offers it: %v", name, err)
		}
		f := page.Forms[0]
		f.Buttons = nil
		page, err = page.Submit(context.Background(), f, nil, url.Values{"new_login": {"dora"}})
		if err != nil || page.Status != 403 || len(p.Users()) != 3 {
			t.Errorf("%s: %v %d, %d users", name, err, page.Status, len(p.Users()))
		}
	}
	p := takesNewUsers(t)
	_, page := signInPageOf(t, p)
	other := &agent.Agent{Transport: p.HTTPClient().Transport}
	form := page.Forms[slices.IndexFunc(page.Forms, func(f *agent.Form) bool { return hasField(f, "new_login") })]
	fields := url.Values{}
	for _, f := range form.Fields {
		fields.Set(f.Name, f.Value)
	}
	fields.Set("new_login", "dora")
	forged, err := other.Visit(context.Background(), agent.Request{Method: "POST", URL: form.Action.String(), Form: fields})
	if err != nil || forged.Status != 403 || len(p.Users()) != 3 {
		t.Errorf("another browser: %v %d", err, forged.Status)
	}
	bare := url.Values{"new_login": {"dora"}}
	if resp, _ := sent(t, p.HTTPClient(), "POST", page.Forms[0].Action.String(), bare.Encode(), "Content-Type", "application/x-www-form-urlencoded"); resp.StatusCode != 403 || len(p.Users()) != 3 {
		t.Errorf("without a cookie: %s", resp.Status)
	}
}

func TestSomebodyElseIsAsThePersonaNamesUsers(t *testing.T) {
	google, err := persona.Named("google")
	if err != nil {
		t.Fatal(err)
	}
	p := takesNewUsers(t, WithProvider(google.With(persona.Persona{NewUsers: "allow", Consent: "skip"})))
	_, page := signInPageOf(t, p)
	if _, err = page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {""}}); err != nil {
		t.Fatal(err)
	}
	for _, u := range p.Users() {
		if u.Login == "dora" && (u.Sub() == "dora" || len(u.Sub()) != 21) {
			t.Errorf("sub %s", u.Sub())
		}
	}
	if len(p.Users()) != 4 {
		t.Errorf("%d users", len(p.Users()))
	}
}

// TestSomebodyElseIsBounded: the latest 500 are kept, and those of the configuration.
func TestSomebodyElseIsBounded(t *testing.T) {
	log := &said{}
	p := takesNewUsers(t, func(o *Options) { o.Logf = log.logf })
	_, page := signInPageOf(t, p)
	for n := range 520 {
		next, err := page.Enter(context.Background(), url.Values{"new_login": {fmt.Sprintf("user%03d", n)}, "new_claims": {""}})
		if err != nil || next.Intercepted == nil {
			t.Fatalf("%d: %v", n, err)
		}
		_, page = signInPageOf(t, p)
	}
	users := p.Users()
	if len(users) != 503 || users[0].Login != "alice" || users[3].Login != "user020" || log.about("500 users") != 1 {
		t.Errorf("%d users, %q", len(users), log.lines)
	}
}

func TestSomebodyElseConnectsADevice(t *testing.T) {
	p := takesNewUsers(t)
	b := &browser{t, p.HTTPClient()}
	device := b.json(b.read(b.PostForm(p.Issuer()+"/device_authorization", url.Values{"client_id": {"app"}, "client_secret": {"app-secret"}, "scope": {"openid email"}})))
	a := &agent.Agent{Transport: p.HTTPClient().Transport, Now: p.Clock().Now}
	page, err := a.Visit(context.Background(), agent.Request{URL: fmt.Sprint(device["verification_uri"])})
	if err == nil {
		page, err = page.Enter(context.Background(), url.Values{"user_code": {fmt.Sprint(device["user_code"])}})
	}
	if err == nil {
		page, err = page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {`{"email": `}})
	}
	if err != nil || page.Status != 400 {
		t.Fatalf("%v %d", err, page.Status)
	}
	if page, err = page.Enter(context.Background(), url.Values{"new_login": {"dora"}, "new_claims": {""}}); err == nil {
		_, err = page.Consent(context.Background(), true, nil)
	}
	tokens := b.json(b.read(b.PostForm(p.Issuer()+"/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {fmt.Sprint(device["device_code"])}, "client_id": {"app"}, "client_secret": {"app-secret"},
	})))
	if err != nil || tokens["id_token"] == nil {
		t.Errorf("%v %v\n%s", err, tokens, p.Journal().Text())
	}
}

// manyUsers are n users with names of a few families.
func manyUsers(n int) setup.Setup {
	s := setup.Setup{Users: map[string]*store.User{}}
	for i := range n {
		login := fmt.Sprintf("user%05d", i)
		s.Users[login] = &store.User{Name: fmt.Sprintf("Sam Smith %d", i%100), Email: login + "@corp.test"}
	}
	return s
}

// TestSearchFindsAUser: with many users the page shows a few, and finds every one
// without a script.
func TestSearchFindsAUser(t *testing.T) {
	p := takesNewUsers(t, WithSetup(manyUsers(10_000)))
	a, page := signInPageOf(t, p)
	if n := strings.Count(string(page.Body), `name="login"`); n != 20 || len(page.Body) > 32<<10 {
		t.Errorf("%d users in %d bytes", n, len(page.Body))
	}
	search := func(query string) *agent.Page {
		t.Helper()
		u := *page.Forms[0].Action
		u.RawQuery = query
		found, err := a.Visit(context.Background(), agent.Request{URL: u.String()})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for query, want := range map[string]string{
		"search=user09999":           "Found 1 of 10003 users; these are 1 to 1.",
		"search=USER09999%40corp":    "Found 1 of 10003",
		"search=sam+smith+7":         "Found 1100 of 10003 users; these are 1 to 20.",
		"search=sam+smith+7&page=2":  "these are 21 to 40.",
		"search=sam+smith+7&page=55": "these are 1081 to 1100.",
		"page=501":                   "these are 10001 to 10003.",
		"page=99999999999999999999":  "these are 10001 to 10003.",
		"page=-1":                    "these are 1 to 20.",
		"search=zzz":                 "None of 10003 users is called so.",
		"search=%22%3E%3Cscript%3E":  "None of 10003",
	} {
		found := search(query)
		if found.Status != 200 || !strings.Contains(found.Text, want) || strings.Contains(string(found.Body), "<script>") {
			t.Errorf("%s: %d %.400s", query, found.Status, found.Text)
		}
		if n := strings.Count(string(found.Body), `name="login"`); n > 20 {
			t.Errorf("%s: %d users", query, n)
		}
	}
	if found := search("search=sam+smith+7&page=2"); !strings.Contains(string(found.Body), "search=sam&#43;smith&#43;7") && !strings.Contains(string(found.Body), "page=3&amp;search=sam") {
		t.Errorf("the links lose the search: %s", found.Body)
	}
	done, err := page.Login(context.Background(), "user09999", "")
	if err != nil || userinfoAfter(t, p, done)["email"] != "user09999@corp.test" {
		t.Errorf("a user of a later page: %v", err)
	}
	_, page = signInPageOf(t, p, "login_hint", "user05000@corp.test")
	if first := page.Forms[1].Buttons[0]; first.Value != "user05000" {
		t.Errorf("the user who is suggested is not the first: %v", first)
	}
	if resp, _ := sent(t, p.HTTPClient(), "GET", page.Forms[0].Action.String()+"?search=a", ""); resp.StatusCode != 403 {
		t.Errorf("without the cookie: %s", resp.Status)
	}
	if _, body := sent(t, p.HTTPClient(), "GET", p.Issuer()+"/", ""); len(body) > 32<<10 || !strings.Contains(body, "9983") {
		t.Errorf("the front page: %d bytes", len(body))
	}
	if _, body := sent(t, p.HTTPClient(), "GET", p.Issuer()+"/_/", ""); strings.Contains(body, "user09998") || !strings.Contains(body, "and 9983 more users") {
		t.Errorf("the console: %d bytes", len(body))
	}
}

// TestReloadOfAPage: a page that waits can be opened again, and one that was answered
// cannot.
func TestReloadOfAPage(t *testing.T) {
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	a, page := signInPageOf(t, p)
	again, err := a.Visit(context.Background(), agent.Request{URL: page.Forms[0].Action.String()})
	if err != nil || again.Status != 200 || again.Title != "Sign in" {
		t.Fatalf("%v %d %s", err, again.Status, again.Title)
	}
	consent, err := again.Login(context.Background(), "alice", "")
	if err != nil || consent.Title != "Allow access" {
		t.Fatalf("%v %s", err, consent.Title)
	}
	if stale, err := a.Visit(context.Background(), agent.Request{URL: page.Forms[0].Action.String()}); err != nil || stale.Status != 400 {
		t.Errorf("answered: %v %d", err, stale.Status)
	}
	if consent, err = a.Visit(context.Background(), agent.Request{URL: consent.Forms[0].Action.String()}); err != nil || consent.Title != "Allow access" {
		t.Fatalf("the consent page: %v %s", err, consent.Title)
	}
	if done, err := consent.Consent(context.Background(), true, nil); err != nil || done.Intercepted == nil {
		t.Errorf("%v", err)
	}
}

// TestAutomaticSignInWithManyUsers says who there is in few words.
func TestAutomaticSignInWithManyUsers(t *testing.T) {
	p := takesNewUsers(t, WithSetup(manyUsers(1000)), WithProvider(persona.Persona{SignIn: "auto"}))
	_, page := signInPageOf(t, p, "login_hint", "nobody")
	answer := page.Intercepted.Params()
	if text := answer.Get("error_description"); answer.Get("error") != "login_required" || len(text) > 400 || !strings.Contains(text, "and 983 more") {
		t.Errorf("%v", answer)
	}
	_, page = signInPageOf(t, p, "login_hint", "user00999@corp.test")
	if page.Intercepted.Params().Get("code") == "" {
		t.Errorf("%v", page.Intercepted.Params())
	}
}
