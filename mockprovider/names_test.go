package mockprovider

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// asker sends requests to a handler under any host name.
type asker struct {
	t *testing.T
	http.Handler
	from string
}

// ask sends a request to a URL, with fields in pairs.
func (a *asker) ask(method, target string, form url.Values, fields ...string) *httptest.ResponseRecorder {
	a.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for n := 0; n+1 < len(fields); n += 2 {
		r.Header.Add(fields[n], fields[n+1])
	}
	if a.from != "" {
		r.RemoteAddr = a.from
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func (a *asker) object(w *httptest.ResponseRecorder) map[string]any {
	a.t.Helper()
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		a.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return out
}

func (a *asker) metadata(base string, fields ...string) map[string]any {
	a.t.Helper()
	return a.object(a.ask("GET", base+"/.well-known/openid-configuration", nil, fields...))
}

const sparedCallback = "http://127.0.0.1:7000/cb"

// code has alice signed in at base and returns the authorization response.
func (a *asker) code(base string, more url.Values) url.Values {
	a.t.Helper()
	q := url.Values{"response_type": {"code"}, "client_id": {setup.ClientID}, "redirect_uri": {sparedCallback}, "scope": {"openid offline_access"}, "state": {"s"}, "nonce": {"n"}}
	for name, values := range more {
		q[name] = values
	}
	w := a.ask("GET", base+"/authorize?"+q.Encode(), nil)
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther && w.Code != http.StatusFound {
		a.t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	if u.Fragment != "" {
		front, _ := url.ParseQuery(u.Fragment)
		return front
	}
	return u.Query()
}

// tokens asks the token endpoint at base.
func (a *asker) tokens(base string, form url.Values) map[string]any {
	a.t.Helper()
	form.Set("client_id", setup.ClientID)
	form.Set("client_secret", setup.ClientSecret)
	w := a.ask("POST", base+"/token", form)
	if w.Code != http.StatusOK {
		a.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return a.object(w)
}

func (a *asker) redeem(base, code string) map[string]any {
	return a.tokens(base, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {sparedCallback}})
}

func issuerOf(t *testing.T, token any) string {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %v", token)
	}
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ Iss string }
	_ = json.Unmarshal(body, &claims)
	return claims.Iss
}

func namedHost(t *testing.T, o Options) *asker {
	t.Helper()
	o.BaseURL, o.OnDemand = "http://127.0.0.1:9400", true
	auto := persona.Persona{SignIn: "auto"}
	auto.AccessToken.Format = "jwt"
	o.Defaults.Provider = o.Defaults.Provider.With(auto)
	o.Defaults.Clients = map[string]*store.Client{setup.ClientID: {Secret: setup.ClientSecret, ResponseTypes: []protocol.ResponseType{"code", "code id_token"}}}
	h, err := NewHost(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return &asker{t: t, Handler: h}
}

// TestEachHostIsAnIssuer: metadata, tokens, pages and cookies have the name of the
// request, with its port and scheme.
func TestEachHostIsAnIssuer(t *testing.T) {
	a := namedHost(t, Options{IssuerFromHost: true, AllowedHosts: []string{"authdrill", "host.docker.internal"}})
	for _, base := range []string{
		"http://127.0.0.1:9400", "http://localhost:49153", "http://authdrill:8080", "https://host.docker.internal", "http://[::1]:9400", "http://app.localhost", "http://authdrill:8080/t/acme",
	} {
		doc := a.metadata(base)
		if doc["issuer"] != base || doc["authorization_response_iss_parameter_supported"] != false {
			t.Errorf("%s: %v", base, doc["issuer"])
		}
		for name, value := range doc {
			if text, ok := value.(string); ok && strings.HasSuffix(name, "_endpoint") && !strings.HasPrefix(text, base+"/") {
				t.Errorf("%s: %s is %s", base, name, text)
			}
		}
		response := a.code(base, nil)
		if response.Has("iss") {
			t.Errorf("%s: iss %s", base, response)
		}
		tok := a.redeem(base, response.Get("code"))
		if got := issuerOf(t, tok["id_token"]); got != base {
			t.Errorf("%s: the ID token is of %s", base, got)
		}
		if got := a.ask("GET", base+"/userinfo", nil, "Authorization", "Bearer "+tok["access_token"].(string)); got.Code != 200 {
			t.Errorf("%s: %d %s", base, got.Code, got.Body)
		}
		if page := a.ask("GET", base+"/", nil); !strings.Contains(page.Body.String(), base+"/token") {
			t.Errorf("%s: the front page has other URLs", base)
		}
		page := a.ask("GET", base+"/device", nil)
		if cookie := page.Header().Get("Set-Cookie"); strings.Contains(cookie, "Secure") != strings.HasPrefix(base, "https:") {
			t.Errorf("%s: %s", base, cookie)
		}
		if health := a.object(a.ask("GET", base+"/_/api/health", nil)); health["issuer"] != base {
			t.Errorf("%s: %v", base, health)
		}
	}
	for _, host := range []string{"evil.test", "localhost.evil.test:9400", "authdrill.evil.test", `x"y.localhost`, "localhost:0", "localhost:x", ""} {
		r := httptest.NewRequest("GET", "http://127.0.0.1/.well-known/openid-configuration", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if a.ServeHTTP(w, r); w.Code != http.StatusForbidden && w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), "issuer\"") {
			t.Errorf("%q: %d %s", host, w.Code, w.Body)
		}
	}
}

// TestCodeThroughAnotherName: the browser knows one name and the app another. Tokens
// have the name of the request that redeemed the code, and keep it.
func TestCodeThroughAnotherName(t *testing.T) {
	const browser, app = "http://localhost:49153", "http://authdrill:8080"
	a := namedHost(t, Options{IssuerFromHost: true, AllowedHosts: []string{"authdrill"}})
	tok := a.redeem(app, a.code(browser, nil).Get("code"))
	if got := issuerOf(t, tok["id_token"]); got != app {
		t.Errorf("the ID token is of %s", got)
	}
	refreshed := a.tokens(browser, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tok["refresh_token"].(string)}})
	for _, name := range []string{"id_token", "access_token"} {
		if got := issuerOf(t, refreshed[name]); got != app {
			t.Errorf("the refreshed %s is of %s", name, got)
		}
	}
	for _, base := range []string{browser, app} {
		form := url.Values{"token": {tok["access_token"].(string)}, "client_id": {setup.ClientID}, "client_secret": {setup.ClientSecret}}
		if got := a.object(a.ask("POST", base+"/introspect", form)); got["iss"] != app || got["active"] != true {
			t.Errorf("%s: %v", base, got)
		}
		if got := a.ask("GET", base+"/userinfo", nil, "Authorization", "Bearer "+tok["access_token"].(string)); got.Code != 200 {
			t.Errorf("%s: %d %s", base, got.Code, got.Body)
		}
		out := a.ask("GET", base+"/end_session?id_token_hint="+tok["id_token"].(string)+"&post_logout_redirect_uri="+url.QueryEscape(sparedCallback), nil)
		if out.Header().Get("Location") != sparedCallback {
			t.Errorf("%s: %d %s", base, out.Code, out.Body)
		}
	}
	front := a.code(browser, url.Values{"response_type": {"code id_token"}})
	if got := issuerOf(t, front.Get("id_token")); got != browser {
		t.Errorf("the ID token in the response is of %s", got)
	}
	if got := issuerOf(t, a.redeem(app, front.Get("code"))["id_token"]); got != browser {
		t.Errorf("the other ID token is of %s (OIDC Core section 3.3.3.6)", got)
	}
	other := a.redeem(app+"/t/acme", a.code(app+"/t/acme", nil).Get("code"))
	if out := a.ask("GET", app+"/end_session?id_token_hint="+other["id_token"].(string), nil); out.Code == 200 || out.Code == 302 {
		t.Errorf("the ID token of another issuer: %d", out.Code)
	}
}

// TestBrowsersHaveAnotherURL: with a base URL of its own the browser is sent there,
// whatever name the client asked under.
func TestBrowsersHaveAnotherURL(t *testing.T) {
	const app, browser = "http://authdrill:8080", "http://localhost:49153"
	a := namedHost(t, Options{IssuerFromHost: true, AllowedHosts: []string{"authdrill"}})
	p, _ := a.Handler.(*Host).Issuer("")
	if err := p.SetIssuer(browser); err != nil {
		t.Fatal(err)
	}
	doc := a.metadata(app)
	for name, want := range map[string]string{
		"issuer": app, "token_endpoint": app + "/token", "jwks_uri": app + "/jwks", "authorization_endpoint": browser + "/authorize", "end_session_endpoint": browser + "/end_session", "check_session_iframe": browser + "/check_session",
	} {
		if doc[name] != want {
			t.Errorf("%s: %v", name, doc[name])
		}
	}
	form := url.Values{"client_id": {setup.ClientID}, "client_secret": {setup.ClientSecret}, "scope": {"openid"}}
	if got := a.object(a.ask("POST", app+"/device_authorization", form)); !strings.HasPrefix(got["verification_uri"].(string), browser+"/") {
		t.Errorf("%v", got)
	}
	if got := a.metadata(browser); got["issuer"] != browser {
		t.Errorf("%v", got["issuer"])
	}
}

// TestSetBaseURL: identifiers follow, and what was issued before still holds.
func TestSetBaseURL(t *testing.T) {
	a := namedHost(t, Options{})
	p, _ := a.Handler.(*Host).Issuer("")
	const before, after = "http://127.0.0.1:9400", "https://id.example.test/auth"
	tok := a.redeem(before, a.code(before, nil).Get("code"))
	for _, bad := range []string{"", "id.example.test", "https://id.example.test/", "https://id.example.test?x", "ftp://id.example.test"} {
		if p.SetIssuer(bad) == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	if err := p.SetIssuer(after); err != nil {
		t.Fatal(err)
	}
	if p.Issuer() != after || p.Reset() != nil || p.Issuer() != after {
		t.Error(p.Issuer())
	}
	if got := a.metadata(after); got["issuer"] != after || got["authorization_response_iss_parameter_supported"] != true {
		t.Errorf("%v", got)
	}
	if got := a.ask("GET", "http://id.example.test/jwks", nil); got.Code != 404 {
		t.Errorf("outside of the path: %d", got.Code)
	}
	fresh := a.redeem(after, a.code(after, nil).Get("code"))
	if got := issuerOf(t, fresh["id_token"]); got != after {
		t.Error(got)
	}
	if out := a.ask("GET", after+"/end_session?id_token_hint="+tok["id_token"].(string), nil); out.Code != 200 {
		t.Errorf("an ID token from before: %d %s", out.Code, out.Body)
	}
}

// TestTrustedProxy: what a proxy says counts, if it is trusted and the name is ours.
func TestTrustedProxy(t *testing.T) {
	const public = "https://id.example.test"
	behind := Options{IssuerFromProxy: true, TrustedProxies: address.Local(), AllowedHosts: []string{"id.example.test"}}
	for _, tc := range []struct {
		name   string
		o      Options
		from   string
		base   string
		fields []string
		want   string
	}{
		{"X-Forwarded", behind, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https"}, public},
		{"port", behind, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "8443"}, public + ":8443"},
		{"default port", behind, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"}, public},
		{"prefix", behind, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https", "X-Forwarded-Prefix", "/auth/"}, public + "/auth"},
		{"Forwarded", behind, "", "http://127.0.0.1:9400", []string{"Forwarded", `for="[2001:db8::1]:47011";proto=https;host="id.example.test:8443"`}, public + ":8443"},
		{"only the scheme", behind, "", "http://id.example.test", []string{"X-Forwarded-Proto", "https"}, public},
		{"the last value counts", behind, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "localhost, id.example.test", "X-Forwarded-Proto", "http, https"}, public},
		{"nothing is said", behind, "", "http://localhost:1", nil, "http://127.0.0.1:9400"},
		{"off", Options{AllowedHosts: behind.AllowedHosts}, "", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test", "X-Forwarded-Proto", "https"}, "http://127.0.0.1:9400"},
		{"a stranger", behind, "203.0.113.9:1", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test"}, "http://127.0.0.1:9400"},
		{"named", Options{IssuerFromProxy: true, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, AllowedHosts: behind.AllowedHosts}, "203.0.113.9:1", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test"}, "http://id.example.test"},
		{"not named", Options{IssuerFromProxy: true, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, AllowedHosts: behind.AllowedHosts}, "127.0.0.1:1", "http://127.0.0.1:9400", []string{"X-Forwarded-Host", "id.example.test"}, "http://127.0.0.1:9400"},
	} {
		a := namedHost(t, tc.o)
		if a.from = tc.from; a.from == "" {
			a.from = "127.0.0.1:4711"
		}
		if got := a.metadata(tc.base, tc.fields...); got["issuer"] != tc.want || got["token_endpoint"] != tc.want+"/token" {
			t.Errorf("%s: %v", tc.name, got["issuer"])
		}
		page := a.ask("GET", tc.base+"/device", nil, tc.fields...)
		cookie, prefix := page.Header().Get("Set-Cookie"), pathOf(tc.want)
		if strings.Contains(cookie, "Secure") != strings.HasPrefix(tc.want, "https:") || !strings.Contains(cookie, "Path="+prefix+"/;") || !strings.Contains(page.Body.String(), `action="`+prefix+`/device"`) {
			t.Errorf("%s: %s\n%s", tc.name, cookie, page.Body)
		}
	}
	a := namedHost(t, behind)
	a.from = "127.0.0.1:4711"
	for _, tc := range []struct {
		base   string
		fields []string
		status int
	}{
		{"http://evil.test", []string{"X-Forwarded-Host", "id.example.test"}, 403},
		{"http://evil.test", []string{"Forwarded", "host=localhost"}, 403},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Host", "evil.test"}, 403},
		{"http://127.0.0.1:9400", []string{"Forwarded", "host=evil.test"}, 403},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Proto", "javascript"}, 400},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Port", "99999"}, 400},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Prefix", "//evil.test"}, 400},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Prefix", `/"><script>`}, 400},
		{"http://127.0.0.1:9400", []string{"X-Forwarded-Host", `localhost"><script>.localhost`}, 400},
		{"http://127.0.0.1:9400", []string{"Forwarded", `host="id.example.test`}, 400},
		{"http://127.0.0.1:9400", []string{"Forwarded", `id.example.test`}, 400},
	} {
		if got := a.ask("GET", tc.base+"/.well-known/openid-configuration", nil, tc.fields...); got.Code != tc.status {
			t.Errorf("%s %q: %d %s", tc.base, tc.fields, got.Code, got.Body)
		}
	}
}

// TestBaseURLIsSetAfterTheStart: a container learns late under which port it is reached.
func TestBaseURLIsSetAfterTheStart(t *testing.T) {
	h, r := newRemote(t)
	if status, out := r.do("PUT", "/_/api/base_url", `{"base_url":"http://localhost:49153"}`); status != 200 || out["base_url"] != "http://localhost:49153" {
		t.Fatalf("%d %v", status, out)
	}
	for body, want := range map[string]string{
		`{"base_url":"http://localhost:49153/"}`: "write http://localhost:49153", `{}`: "base_url", `{"base_url":"localhost"}`: "want a scheme", `{"baseurl":"http://x"}`: "base_url",
	} {
		if status, out := r.do("PUT", "/t/acme/_/api/base_url", body); status != 404 {
			t.Errorf("an issuer that is not there: %d %v", status, out)
		}
		if status, out := r.do("PUT", "/_/api/base_url", body); status != 400 || !strings.Contains(fmt.Sprint(out["detail"]), want) {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
	if status, _ := r.do("POST", "/_/api/reset", ""); status != 204 {
		t.Fatal(status)
	}
	if status, out := r.do("GET", "/_/api/health", ""); status != 200 || out["issuer"] != "http://localhost:49153" {
		t.Errorf("%d %v", status, out)
	}
	if status, out := r.do("GET", "/_/api/base_url", ""); status != 200 || out["base_url"] != h.BaseURL() {
		t.Errorf("%d %v", status, out)
	}
	alone, err := New()
	if err != nil {
		t.Fatal(err)
	}
	s := &remote{t, alone.HTTPClient(), alone.Issuer()}
	if status, _ := s.do("PUT", "/_/api/base_url", `{"base_url":"http://localhost:1"}`); status != 200 || alone.Issuer() != "http://localhost:1" {
		t.Errorf("%d %s", status, alone.Issuer())
	}
}
