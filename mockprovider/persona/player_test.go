package persona_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// player is a client of a persona: it sends what real clients send.
type player struct {
	t    *testing.T
	op   *mockprovider.Provider
	http *http.Client
	id   string
	key  string
}

const playerCallback = "https://app.example.test/callback"

func play(t *testing.T, name string, opts ...mockprovider.Option) *player {
	t.Helper()
	base, err := persona.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	op, err := mockprovider.New(append([]mockprovider.Option{mockprovider.WithSeed(1), mockprovider.WithProvider(base)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = op.Close() })
	op.SetClient(store.Client{ID: "app", Secret: "app-secret", Name: "The App", RedirectURIs: []string{playerCallback}})
	op.AutoSignIn("alice")
	c := op.HTTPClient()
	jar, _ := cookiejar.New(nil)
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &player{t: t, op: op, http: c, id: "app", key: "app-secret"}
}

func (p *player) url(path string) string { return p.op.Issuer() + path }

// request is an authorization request with params in it.
func (p *player) request(params url.Values) url.Values {
	q := url.Values{"response_type": {"code"}, "client_id": {p.id}, "redirect_uri": {playerCallback}, "state": {"a-random-state"}}
	for name, values := range params {
		q[name] = values
	}
	return q
}

// authorize returns the parameters of the authorization response.
func (p *player) authorize(path string, params url.Values) url.Values {
	p.t.Helper()
	return p.location(path, params).Query()
}

// location is where an authorization request leads.
func (p *player) location(path string, params url.Values) *url.URL {
	p.t.Helper()
	resp, err := p.http.Get(p.url(path) + "?" + p.request(params).Encode())
	if err != nil {
		p.t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		p.t.Fatalf("%s: %s %s", path, resp.Status, body)
	}
	return to
}

// fragment returns the parameters of an authorization response that came in the
// fragment.
func (p *player) fragment(path string, params url.Values) url.Values {
	p.t.Helper()
	to := p.location(path, params)
	got, err := url.ParseQuery(to.Fragment)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

// deny returns the parameters of the answer to a request that the user refuses.
func (p *player) deny(path string, params url.Values) url.Values {
	p.t.Helper()
	p.op.Set(persona.Persona{SignIn: "interactive"})
	b := &agent.Agent{Transport: p.http.Transport, Intercept: func(u *url.URL) bool { return strings.HasPrefix(u.String(), playerCallback) }}
	page, err := b.Visit(p.t.Context(), agent.Request{URL: p.url(path) + "?" + p.request(params).Encode()})
	if err == nil {
		page, err = page.Login(p.t.Context(), "alice", "")
	}
	if err == nil {
		page, err = page.Consent(p.t.Context(), false, nil)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return page.Intercepted.Params()
}

func (p *player) do(r *http.Request) (*http.Response, string) {
	p.t.Helper()
	resp, err := p.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

func (p *player) post(path string, form url.Values, header ...string) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequest("POST", p.url(path), strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	return p.do(r)
}

func (p *player) get(path string, header ...string) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequest("GET", p.url(path), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	return p.do(r)
}

// status asserts the status of an answer, and returns its body.
func (p *player) status(want int) func(*http.Response, string) string {
	return func(resp *http.Response, body string) string {
		p.t.Helper()
		if resp.StatusCode != want {
			p.t.Errorf("%s %s: status %d, want %d: %s", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, want, body)
		}
		return body
	}
}

// redeem redeems a code with the client's secret in the body.
func (p *player) redeem(path, code string) (*http.Response, string) {
	return p.post(path, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}, "client_id": {p.id}, "client_secret": {p.key}})
}

// signIn goes through the code flow at two paths, and returns the token response.
func (p *player) signIn(authorize, token string, params url.Values) map[string]any {
	p.t.Helper()
	return object(p.t, p.status(200)(p.redeem(token, p.authorize(authorize, params).Get("code"))))
}

// refresh redeems the refresh token of a token response, with further parameters.
func (p *player) refresh(path string, tok map[string]any, more url.Values) (*http.Response, string) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}, "client_id": {p.id}, "client_secret": {p.key}}
	for name, values := range more {
		form[name] = values
	}
	return p.post(path, form)
}

// arms lets a documented fault of a persona strike once.
func (p *player) arms(name string) {
	p.t.Helper()
	if _, err := p.op.Fault(fault.Fault{Documented: name}); err != nil {
		p.t.Fatal(err)
	}
}

// S256 of RFC 7636 appendix B.
func challenge(more url.Values) url.Values {
	out := url.Values{"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}
	for name, values := range more {
		out[name] = values
	}
	return out
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// proven redeems a code that was asked for with challenge.
func (p *player) proven(path, code string) (*http.Response, string) {
	return p.post(path, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}, "client_id": {p.id}, "client_secret": {p.key}, "code_verifier": {verifier}})
}

// basic posts a form with the client's credentials in the header.
func (p *player) basic(path string, form url.Values) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequest("POST", p.url(path), strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(p.id, p.key)
	return p.do(r)
}

func object(t *testing.T, body string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}

// prove holds a persona to what is known of the real provider: every fact that is
// more than a memory (level D, S or O) has an assertion, on a provider of its own.
func prove(t *testing.T, name string, assertions map[string]func(t *testing.T, p *player)) {
	t.Helper()
	base, err := persona.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	left := maps.Clone(assertions)
	for _, fact := range base.Dialect.Facts {
		assert, ok := assertions[fact.Says]
		delete(left, fact.Says)
		switch {
		case ok:
			t.Run(fact.Says, func(t *testing.T) { assert(t, play(t, name)) })
		case fact.Level != "U":
			t.Errorf("%s: nothing asserts: %s", name, fact.Says)
		}
	}
	for says := range left {
		t.Errorf("%s: no fact says: %s", name, says)
	}
}

// both returns the assertions of two lists.
func both(a, b map[string]func(t *testing.T, p *player)) map[string]func(t *testing.T, p *player) {
	maps.Copy(a, b)
	return a
}

// sendJSON sends members as JSON, with the client's credentials in the header where
// a request is the app's own.
func (p *player) sendJSON(method, path string, members map[string]any, header ...string) (*http.Response, string) {
	p.t.Helper()
	body, err := json.Marshal(members)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequest(method, p.url(path), bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	return p.do(r)
}

// asApp are the headers of a request with the client's credentials.
func (p *player) asApp() []string {
	return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(p.id+":"+p.key))}
}

// shows fails unless a text contains each of the words.
func shows(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("no %s in %s", w, text)
		}
	}
}
