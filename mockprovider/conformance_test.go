package mockprovider

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// op is an issuer in memory and a browser at it.
func op(t *testing.T, opts ...Option) (*Provider, *browser) {
	t.Helper()
	p, err := New(append([]Option{WithSeed(7), WithClock(clock.Frozen(clock.Epoch())), WithProvider(persona.Persona{IDToken: persona.IDToken{SigningAlg: "ES256"}})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p, newBrowser(t, p.HTTPClient())
}

const callback = "http://127.0.0.1:1/callback"

func values(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

// request is a good authorization request with changes; an empty value leaves a
// parameter out.
func request(kv ...string) url.Values {
	v := values("client_id", "app", "response_type", "code", "scope", "openid email", "redirect_uri", callback, "state", "a-long-state", "nonce", "a-nonce")
	for i := 0; i < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
		if kv[i+1] == "" {
			v.Del(kv[i])
		}
	}
	return v
}

// authorize follows an authorization request until it reaches a page or the
// client; the parameters are what the client is told.
func (b *browser) authorize(p *Provider, v url.Values) (*http.Response, string, url.Values) {
	b.t.Helper()
	resp, page := b.read(b.Get(p.Issuer() + "/authorize?" + v.Encode()))
	return resp, page, answered(resp)
}

func answered(resp *http.Response) url.Values {
	to, err := resp.Location()
	if err != nil || !strings.HasPrefix(to.Path, "/callback") {
		return nil
	}
	if to.Fragment != "" {
		v, _ := url.ParseQuery(to.Fragment)
		return v
	}
	return to.Query()
}

func (b *browser) post(p *Provider, path string, v url.Values, basic ...string) (*http.Response, map[string]any) {
	b.t.Helper()
	req, err := http.NewRequest("POST", p.Issuer()+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if len(basic) == 2 {
		req.SetBasicAuth(basic[0], basic[1])
	}
	resp, body := b.read(b.Do(req))
	var out map[string]any
	_ = json.Unmarshal([]byte(body), &out) // not every answer is JSON
	return resp, out
}

func TestAuthorizationErrorsGoWhereTheyMay(t *testing.T) {
	for name, tc := range map[string]struct {
		change []string
		page   bool // shown, never redirected
		want   string
	}{
		"unknown client":                {[]string{"client_id", "nobody"}, true, "invalid_client"},
		"no client":                     {[]string{"client_id", ""}, true, "invalid_client"},
		"foreign redirect URI":          {[]string{"redirect_uri", "https://evil.test/callback"}, true, "invalid_request"},
		"user info in the redirect URI": {[]string{"redirect_uri", "http://127.0.0.1@evil.test/callback"}, true, "invalid_request"},
		"fragment in the redirect URI":  {[]string{"redirect_uri", callback + "#x"}, true, "invalid_request"},
		"no redirect URI":               {[]string{"redirect_uri", ""}, true, "invalid_request"},
		"no response type":              {[]string{"response_type", ""}, false, "invalid_request"},
		"unknown response type":         {[]string{"response_type", "flux"}, false, "unsupported_response_type"},
		"response type of others":       {[]string{"response_type", "id_token"}, false, "unauthorized_client"},
		"unknown response mode":         {[]string{"response_mode", "smoke_signal"}, false, "invalid_request"},
		"request object":                {[]string{"request", "eyJhbGciOiJub25lIn0.e30."}, false, "request_not_supported"},
		"request URI":                   {[]string{"request_uri", "https://app.test/request"}, false, "request_uri_not_supported"},
		"registration":                  {[]string{"registration", "{}"}, false, "registration_not_supported"},
		"unknown prompt":                {[]string{"prompt", "dance"}, false, "invalid_request"},
		"prompt none and more":          {[]string{"prompt", "none login"}, false, "invalid_request"},
		"max_age":                       {[]string{"max_age", "soon"}, false, "invalid_request"},
		"foreign id_token_hint":         {[]string{"id_token_hint", "a.b.c"}, false, "invalid_request"},
		"claims":                        {[]string{"claims", "{"}, false, "invalid_request"},
		"code challenge method":         {[]string{"code_challenge", "x", "code_challenge_method", "S512"}, false, "invalid_request"},
		"scope of other characters":     {[]string{"scope", "openid caf\u00e9"}, false, "invalid_scope"},
		"prompt none, nobody there":     {[]string{"prompt", "none"}, false, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			p, b := op(t)
			resp, page, got := b.authorize(p, request(tc.change...))
			if tc.page {
				if resp.StatusCode != 400 || got != nil || !strings.Contains(page, tc.want) {
					t.Fatalf("%s %v %s", resp.Status, got, page)
				}
				return
			}
			if got.Get("error") != tc.want || got.Get("state") != "a-long-state" || got.Get("iss") != p.Issuer() || got.Has("code") {
				t.Fatalf("%s %v", resp.Status, got)
			}
			if e := p.Journal().Entries(); e[len(e)-1].Error != tc.want {
				t.Errorf("the journal says %q", e[len(e)-1].Error)
			}
		})
	}
}

func TestRepeatedParametersAreRefused(t *testing.T) {
	p, b := op(t)
	v := request()
	v.Add("scope", "openid")
	if _, _, got := b.authorize(p, v); got.Get("error") != "invalid_request" {
		t.Errorf("authorize: %v", got)
	}
	resp, got := b.post(p, "/token", values("grant_type", "client_credentials", "grant_type", "password"), "app", "app-secret")
	if resp.StatusCode != 400 || got["error"] != "invalid_request" {
		t.Errorf("token: %s %v", resp.Status, got)
	}
}

func TestTokenErrorsAreExact(t *testing.T) {
	p, b := op(t, WithClient(store.Client{ID: "spa", AuthMethod: "none"}))
	for name, tc := range map[string]struct {
		form   url.Values
		basic  []string
		status int
		want   string
	}{
		"unknown grant":        {values("grant_type", "flux"), []string{"app", "app-secret"}, 400, "unsupported_grant_type"},
		"no grant":             {values("scope", "x"), []string{"app", "app-secret"}, 400, "invalid_request"},
		"wrong secret":         {values("grant_type", "client_credentials"), []string{"app", "x"}, 401, "invalid_client"},
		"no authentication":    {values("grant_type", "client_credentials"), nil, 401, "invalid_client"},
		"two authentications":  {values("grant_type", "client_credentials", "client_secret", "app-secret"), []string{"app", "app-secret"}, 400, "invalid_request"},
		"public client":        {values("grant_type", "client_credentials", "client_id", "spa"), nil, 400, "unauthorized_client"},
		"unknown code":         {values("grant_type", "authorization_code", "code", "x", "redirect_uri", callback), []string{"app", "app-secret"}, 400, "invalid_grant"},
		"unknown refresh":      {values("grant_type", "refresh_token", "refresh_token", "x"), []string{"app", "app-secret"}, 400, "invalid_grant"},
		"unknown device code":  {values("grant_type", string(protocol.DeviceCodeGrant), "device_code", "x"), []string{"app", "app-secret"}, 400, "invalid_grant"},
		"encoded basic secret": {values("grant_type", "client_credentials"), []string{"%zz", "x"}, 401, "invalid_client"},
	} {
		resp, got := b.post(p, "/token", tc.form, tc.basic...)
		if resp.StatusCode != tc.status || got["error"] != tc.want || got["error_description"] == nil || len(got) != 2 {
			t.Errorf("%s: %s %v", name, resp.Status, got)
		}
		h := resp.Header
		if h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" || h.Get("Pragma") != "no-cache" {
			t.Errorf("%s: headers %v", name, h)
		}
		if challenge := h.Get("WWW-Authenticate"); (challenge != "") != (tc.status == 401) {
			t.Errorf("%s: WWW-Authenticate %q", name, challenge)
		}
		for _, r := range got["error_description"].(string) {
			if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
				t.Errorf("%s: %q is not allowed in a description", name, r)
			}
		}
	}
	resp, _ := b.read(b.Get(p.Issuer() + "/token"))
	if resp.StatusCode != 405 || resp.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %s", resp.Status)
	}
	resp, body := b.read(b.Post(p.Issuer()+"/token", "application/json", strings.NewReader(`{"grant_type":"client_credentials"}`)))
	if resp.StatusCode != 400 || !strings.Contains(body, "invalid_request") {
		t.Errorf("JSON: %s %s", resp.Status, body)
	}
	if resp, got := b.post(p, "/token?client_secret=app-secret", values("grant_type", "client_credentials")); resp.StatusCode != 400 {
		t.Errorf("a secret in the URL: %s %v", resp.Status, got)
	}
}

// signedIn returns the tokens of a whole sign-in.
func (b *browser) signedIn(p *Provider, kv ...string) map[string]any {
	b.t.Helper()
	resp, page, got := b.authorize(p, request(kv...))
	if got == nil && strings.Contains(page, `name="login"`) {
		resp, page = b.press(resp, page, "login", "alice")
		got = answered(resp)
	}
	if got == nil {
		resp, _ = b.press(resp, page, "consent", "allow", "email", "offline_access", "profile")
		got = answered(resp)
	}
	if got.Get("code") == "" {
		b.t.Fatalf("no code: %v\n%s", got, p.Journal().Text())
	}
	_, tokens := b.post(p, "/token", values("grant_type", "authorization_code", "code", got.Get("code"), "redirect_uri", callback), "app", "app-secret")
	if tokens["access_token"] == nil {
		b.t.Fatalf("no tokens: %v\n%s", tokens, p.Journal().Text())
	}
	return tokens
}

func TestBearerTokensWhereTheyBelong(t *testing.T) {
	p, b := op(t)
	token := b.signedIn(p)["access_token"].(string)
	ask := func(method, query, header, form string) (*http.Response, string) {
		req, _ := http.NewRequest(method, p.Issuer()+"/userinfo"+query, strings.NewReader(form))
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		if form != "" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return b.read(b.Do(req))
	}
	for name, tc := range map[string]struct {
		method, query, header, form string
		status                      int
		challenge                   string
	}{
		"GET":            {"GET", "", "Bearer " + token, "", 200, ""},
		"POST":           {"POST", "", "Bearer " + token, "", 200, ""},
		"body":           {"POST", "", "", "access_token=" + token, 200, ""},
		"none":           {"GET", "", "", "", 401, `Bearer realm="authdrill"`},
		"query":          {"GET", "?access_token=" + token, "", "", 401, `Bearer realm="authdrill"`},
		"twice":          {"POST", "", "Bearer " + token, "access_token=" + token, 400, `error="invalid_request"`},
		"unknown":        {"GET", "", "Bearer x", "", 401, `error="invalid_token"`},
		"another method": {"DELETE", "", "Bearer " + token, "", 405, ""},
	} {
		resp, body := ask(tc.method, tc.query, tc.header, tc.form)
		if resp.StatusCode != tc.status || !strings.Contains(resp.Header.Get("WWW-Authenticate"), tc.challenge) {
			t.Errorf("%s: %s %q %s", name, resp.Status, resp.Header.Get("WWW-Authenticate"), body)
		}
	}
	_, machine := b.post(p, "/token", values("grant_type", "client_credentials"), "app", "app-secret")
	if resp, _ := ask("GET", "", "Bearer "+machine["access_token"].(string), ""); resp.StatusCode != 403 || !strings.Contains(resp.Header.Get("WWW-Authenticate"), `scope="openid"`) {
		t.Errorf("without openid: %s %v", resp.Status, resp.Header)
	}
}

func TestOtherBrowsersCannotAnswer(t *testing.T) {
	p, b := op(t)
	resp, page, _ := b.authorize(p, request())
	stranger := newBrowser(t, p.HTTPClient())
	if resp, _ := stranger.press(resp, page, "login", "alice"); resp.StatusCode != 403 {
		t.Errorf("another browser: %s", resp.Status)
	}
	forged := strings.ReplaceAll(page, `name="csrf" value="`, `name="csrf" value="x`)
	if resp, _ := b.press(resp, forged, "login", "alice"); resp.StatusCode != 403 {
		t.Errorf("another token: %s", resp.Status)
	}
	resp2, page2 := b.press(resp, page, "login", "alice")
	if resp, _ := b.press(resp, page, "login", "bob"); resp.StatusCode != 400 {
		t.Errorf("a page answered twice: %s", resp.Status)
	}
	if resp, _ := b.press(resp2, page2, "consent", "deny"); answered(resp).Get("error") != "access_denied" {
		t.Errorf("denied: %v", answered(resp))
	}
}

func TestPagesAreSafe(t *testing.T) {
	hostile := `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	p, b := op(t,
		WithClient(store.Client{ID: "evil", Name: hostile, Secret: "s"}),
		WithUser(store.User{Login: "alice", Name: hostile, Email: hostile}))
	check := func(name string, resp *http.Response, page string) {
		t.Helper()
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s: not escaped: %s", name, page)
		}
		h := resp.Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "frame-ancestors 'none'") == (name == "form_post") || strings.Contains(csp, "unsafe") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", name, h)
		}
	}
	resp, page, _ := b.authorize(p, request("client_id", "evil", "login_hint", hostile, "scope", "openid "+strings.NewReplacer(" ", "", `"`, "'").Replace(hostile)))
	check("sign-in", resp, page)
	resp, page = b.press(resp, page, "login", "alice")
	check("consent", resp, page)
	resp, page, _ = b.authorize(p, request("client_id", hostile))
	check("error", resp, page)
	resp, page = b.read(b.Get(p.Issuer() + "/device?user_code=" + url.QueryEscape(hostile)))
	check("device", resp, page)
	resp, page = b.read(b.Get(p.Issuer() + "/"))
	check("home", resp, page)
	resp, page = b.read(b.Get(p.Issuer() + "/end_session?client_id=evil&state=" + url.QueryEscape(hostile)))
	check("sign-out", resp, page)
	resp, page, _ = b.authorize(p, request("client_id", "evil", "response_mode", "form_post", "prompt", "none", "state", hostile))
	check("form_post", resp, page)
}

func TestClientRegistration(t *testing.T) {
	p, b := op(t)
	send := func(method, path, token, body string) (int, map[string]any) {
		req, _ := http.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		resp, text := b.read(b.Do(req))
		var out map[string]any
		_ = json.Unmarshal([]byte(text), &out)
		return resp.StatusCode, out
	}
	status, c := send("POST", p.Issuer()+"/register", "", `{"client_name":"New","redirect_uris":["https://new.test/cb"],"unknown_member":1}`)
	if status != 201 || c["client_id"] == nil || c["client_secret"] == nil || c["client_secret_expires_at"] != 0.0 {
		t.Fatalf("%d %v", status, c)
	}
	at, token := c["registration_client_uri"].(string), c["registration_access_token"].(string)
	if status, got := send("GET", at, token, ""); status != 200 || got["client_name"] != "New" {
		t.Errorf("read: %d %v", status, got)
	}
	if status, _ := send("GET", at, "wrong", ""); status != 401 {
		t.Errorf("wrong token: %d", status)
	}
	if status, got := send("PUT", at, token, `{"client_name":"Newer","redirect_uris":["https://new.test/cb"]}`); status != 200 || got["client_name"] != "Newer" || got["client_secret"] != c["client_secret"] {
		t.Errorf("update: %d %v", status, got)
	}
	if resp, got := b.post(p, "/token", values("grant_type", "client_credentials"), c["client_id"].(string), c["client_secret"].(string)); resp.StatusCode != 200 {
		t.Errorf("use: %s %v", resp.Status, got)
	}
	if status, _ := send("DELETE", at, token, ""); status != 204 {
		t.Errorf("delete: %d", status)
	}
	for body, want := range map[string]string{
		`{"redirect_uris":["not a uri#x"]}`:                  "invalid_redirect_uri",
		`{"redirect_uris":["https:///cb"]}`:                  "invalid_redirect_uri",
		`{"redirect_uris":["https://*.rp.test/cb"]}`:         "invalid_redirect_uri",
		`{"redirect_uris":["http://localhost:*/cb"]}`:        "invalid_redirect_uri",
		`{"post_logout_redirect_uris":["/bye"]}`:             "invalid_client_metadata",
		`{"post_logout_redirect_uris":["https://a.test/*"]}`: "invalid_client_metadata",
		`{"token_endpoint_auth_method":"psychic"}`:           "invalid_client_metadata",
		`{"token_endpoint_auth_method":"private_key_jwt"}`:   "invalid_client_metadata",
		`{"redirect_uris":"https://new.test"}`:               "invalid_client_metadata",
		`{"id_token_signed_response_alg":"HS256"}`:           "invalid_client_metadata",
		`{"response_types":["flux"]}`:                        "invalid_client_metadata",
	} {
		if status, got := send("POST", p.Issuer()+"/register", "", body); status != 400 || got["error"] != want {
			t.Errorf("%s: %d %v", body, status, got)
		}
	}
}

func TestEverythingAdvertisedAnswers(t *testing.T) {
	p, b := op(t)
	for name, value := range p.Metadata() {
		address, ok := value.(string)
		if !ok || !strings.HasPrefix(address, p.Issuer()+"/") {
			continue
		}
		if resp, body := b.read(b.Get(address)); resp.StatusCode == 404 || resp.StatusCode >= 500 {
			t.Errorf("%s: %s %s", name, resp.Status, body)
		}
	}
	req, _ := http.NewRequest("OPTIONS", p.Issuer()+"/token", nil)
	req.Header.Set("Origin", "https://spa.test")
	if resp, _ := b.read(b.Do(req)); resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != "https://spa.test" {
		t.Errorf("CORS at the token endpoint: %s %v", resp.Status, resp.Header)
	}
	req, _ = http.NewRequest("GET", p.Issuer()+"/authorize?"+request().Encode(), nil)
	req.Header.Set("Origin", "https://spa.test")
	if resp, _ := b.read(b.Do(req)); resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("CORS at the authorization endpoint")
	}
}

func TestTheJournalSaysWhatACarefulClientWouldDo(t *testing.T) {
	p, b := op(t)
	b.authorize(p, request("state", "", "nonce", ""))
	b.authorize(p, request("state", "x"))
	var notes []string
	for _, e := range p.Journal().Find(journal.Query{Endpoint: "authorization_endpoint"}) {
		notes = append(notes, e.Notes...)
	}
	text := strings.Join(notes, "\n")
	for _, want := range []string{"neither state, nonce nor code_challenge", "fewer than 8 characters", "no code_challenge"} {
		if !strings.Contains(text, want) {
			t.Errorf("no note of %q in:\n%s", want, text)
		}
	}
}
