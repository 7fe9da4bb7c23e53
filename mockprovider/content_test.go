package mockprovider

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const asked = "openid email reports"

// contentGrants are the ways to tokens, each with what its answer says.
func contentGrants() map[string]func(t *testing.T, p *Provider) map[string]any {
	code := func(t *testing.T, p *Provider) map[string]any {
		params := fragmentOf(t, p, request("scope", asked+" offline_access", "foo", "bar"))
		return tokenOf(t, p, values("grant_type", "authorization_code", "code", params.Get("code"), "redirect_uri", callback, "foo", "bar"))
	}
	front := func(responseType string) func(t *testing.T, p *Provider) map[string]any {
		return func(t *testing.T, p *Provider) map[string]any {
			params := fragmentOf(t, p, request("response_type", responseType, "scope", asked, "foo", "bar"))
			return map[string]any{"access_token": params.Get("access_token"), "id_token": params.Get("id_token"), "expires_in": json.Number(params.Get("expires_in"))}
		}
	}
	return map[string]func(t *testing.T, p *Provider) map[string]any{
		"authorization_code": code,
		"implicit":           front("id_token token"),
		"hybrid":             front("code id_token token"),
		"refresh_token": func(t *testing.T, p *Provider) map[string]any {
			return tokenOf(t, p, values("grant_type", "refresh_token", "refresh_token", code(t, p)["refresh_token"].(string), "foo", "bar"))
		},
		"client_credentials": func(t *testing.T, p *Provider) map[string]any {
			return tokenOf(t, p, values("grant_type", "client_credentials", "scope", "reports", "foo", "bar"))
		},
		"password": func(t *testing.T, p *Provider) map[string]any {
			return tokenOf(t, p, values("grant_type", "password", "username", "alice", "password", "wonderland", "scope", asked, "foo", "bar"))
		},
		"device": func(t *testing.T, p *Provider) map[string]any {
			device := members(t, post(p, "/device_authorization", values("scope", asked, "foo", "bar")))
			v := &visitor{p, map[string]string{}}
			path, form := answerTo(t, v.enter(t, device["user_code"].(string)), "login", "alice", "password", "wonderland")
			path, form = answerTo(t, v.visit(http.MethodPost, path, form), "consent", "allow", "scope", "email", "scope", "reports", "scope", "openid")
			v.visit(http.MethodPost, path, form)
			return tokenOf(t, p, values("grant_type", string(protocol.DeviceCodeGrant), "device_code", device["device_code"].(string), "foo", "bar"))
		},
		"mint": func(t *testing.T, p *Provider) map[string]any {
			m, err := p.Mint(MintRequest{User: "alice", Scopes: strings.Fields(asked)})
			if err != nil {
				t.Fatal(err)
			}
			return map[string]any{"access_token": m.AccessToken, "id_token": m.IDToken, "expires_in": m.ExpiresIn}
		},
	}
}

func members(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code >= 300 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return out
}

func tokenOf(t *testing.T, p *Provider, form url.Values) map[string]any {
	t.Helper()
	return members(t, post(p, "/token", form))
}

// fragmentOf returns the parameters that the browser brings back.
func fragmentOf(t *testing.T, p *Provider, params url.Values) url.Values {
	t.Helper()
	w := direct(p, http.MethodGet, "/authorize?"+params.Encode(), nil)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code/100 != 3 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	out, _ := url.ParseQuery(to.RawQuery + "&" + to.Fragment)
	return out
}

// part is the header (0) or the claims (1) of a JWT.
func part(t *testing.T, token any, n int) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	out := map[string]any{}
	raw, err := base64.RawURLEncoding.DecodeString(parts[min(n, len(parts)-1)])
	if err != nil || len(parts) != 3 || json.Unmarshal(raw, &out) != nil {
		t.Fatalf("no JWT: %v", token)
	}
	return out
}

// contentSet is the same claims for each artifact, which say where they are from.
func contentSet(level string) (persona.AccessToken, persona.IDToken, persona.Userinfo) {
	claims := func(artifact string) persona.Claims {
		return persona.Claims{"by_" + level: map[string]any{"in": artifact, "who": []any{"${client.client_id}", "${user.email}"}}, "level": level, "foo_" + level: "${request.foo}", "grant_" + level: "${grant_type}", "n_" + level: "${user.number}"}
	}
	return persona.AccessToken{Claims: claims("access_token")}, persona.IDToken{Claims: claims("id_token")}, persona.Userinfo{Claims: claims("userinfo")}
}

// contentProvider has claims at every level.
func contentProvider(t *testing.T, format string) *Provider {
	t.Helper()
	var s persona.ScopeTokens
	pr := persona.Persona{SignIn: "auto", SignInAs: "alice", Scopes: map[string]persona.ScopeTokens{}, GrantTypes: []protocol.Grant{"authorization_code", "implicit", "refresh_token", "client_credentials", "password", protocol.DeviceCodeGrant}}
	pr.AccessToken, pr.IDToken, pr.Userinfo = contentSet("provider")
	pr.AccessToken.Format = format
	s.AccessToken, s.IDToken, s.Userinfo = contentSet("scope")
	s.Claims = persona.Claims{"of_scope": "${scope}"}
	pr.Scopes["reports"] = s
	c := store.Client{ID: "app", Secret: "app-secret", GrantTypes: pr.GrantTypes, ResponseTypes: []protocol.ResponseType{"code", "id_token token", "code id_token token"}}
	c.AccessToken, c.IDToken, c.Userinfo = contentSet("client")
	u := store.User{Login: "alice", Password: "wonderland", Claims: map[string]any{"number": int64(9007199254740993)}}
	u.AccessToken, u.IDToken, u.Userinfo = contentSet("user")
	p, _ := op(t, WithProvider(pr), WithClient(c), WithUser(u), WithClaims(func(f ClaimFacts) map[string]any {
		who := ""
		if f.User != nil {
			who = f.User.Email
		}
		return map[string]any{"by_func": string(f.Artifact), "func_facts": f.Client.ID + " " + who + " " + string(f.GrantType) + " " + f.Request.Get("foo"), "level": "func"}
	}))
	return p
}

// TestContentAtEveryLevel walks the grants, the levels and the artifacts.
func TestContentAtEveryLevel(t *testing.T) {
	for name, run := range contentGrants() {
		for _, format := range []string{"jwt", "opaque"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				p := contentProvider(t, format)
				out := run(t, p)
				ofUser := name != "client_credentials"
				introspected := members(t, post(p, "/introspect", values("token", out["access_token"].(string))))
				artifacts := map[string]map[string]any{"access_token": introspected}
				if format == "jwt" {
					token := part(t, out["access_token"], 1)
					for claim, value := range token {
						if !same(value, introspected[claim]) {
							t.Errorf("introspection has %s %v, the token %v", claim, introspected[claim], value)
						}
					}
					for _, required := range []string{"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"} {
						if token[required] == nil {
							t.Errorf("the token has no %s", required)
						}
					}
				}
				if ofUser {
					artifacts["id_token"] = part(t, out["id_token"], 1)
					artifacts["userinfo"] = members(t, direct(p, http.MethodGet, "/userinfo", nil, "Authorization", "Bearer "+out["access_token"].(string)))
				}
				for artifact, claims := range artifacts {
					checkContent(t, name, artifact, ofUser, claims)
				}
			})
		}
	}
}

func checkContent(t *testing.T, grant, artifact string, ofUser bool, claims map[string]any) {
	t.Helper()
	levels := []string{"provider", "scope", "client"}
	who := []any{"app"}
	if ofUser {
		levels, who = append(levels, "user"), append(who, "alice@example.com")
	}
	grantType := map[string]string{"hybrid": "authorization_code", "device": string(protocol.DeviceCodeGrant), "mint": "authorization_code"}[grant]
	if grantType == "" {
		grantType = grant
	}
	if artifact == "userinfo" {
		grantType = "" // that of the grant, which hybrid, implicit and refresh share
	}
	for _, level := range levels {
		if want := map[string]any{"in": artifact, "who": who}; !same(claims["by_"+level], want) {
			t.Errorf("%s: by_%s is %v, want %v", artifact, level, claims["by_"+level], want)
		}
		if grant != "mint" && claims["foo_"+level] != "bar" {
			t.Errorf("%s: the request has foo, the claim of %s %v", artifact, level, claims["foo_"+level])
		}
		if grantType != "" && claims["grant_"+level] != grantType {
			t.Errorf("%s: grant_%s is %v, want %s", artifact, level, claims["grant_"+level], grantType)
		}
		if _, there := claims["n_"+level]; there != ofUser {
			t.Errorf("%s: n_%s is %v", artifact, level, claims["n_"+level])
		}
	}
	if claims["level"] != "func" || claims["by_func"] != artifact {
		t.Errorf("%s: level %v, func %v", artifact, claims["level"], claims["by_func"])
	}
	if facts, _ := claims["func_facts"].(string); !strings.HasPrefix(facts, "app "+strings.Join(texts(who[1:]), "")) {
		t.Errorf("%s: the function knew %q", artifact, facts)
	}
	if of, _ := claims["of_scope"].(string); !strings.Contains(of, "reports") {
		t.Errorf("%s: of_scope %v", artifact, claims["of_scope"])
	}
}

func texts(list []any) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.(string))
	}
	return out
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// TestContentPrecedence lets one level after the other have the last word.
func TestContentPrecedence(t *testing.T) {
	set := func(level string) persona.AccessToken {
		return persona.AccessToken{Claims: persona.Claims{"level": level}}
	}
	p, _ := op(t, WithProvider(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt", Claims: persona.Claims{"level": "provider"}}}))
	level := func() any {
		m, err := p.Mint(MintRequest{User: "alice", Scopes: []string{"openid", "reports"}})
		if err != nil {
			t.Fatal(err)
		}
		return part(t, m.AccessToken, 1)["level"]
	}
	for _, step := range []struct {
		level string
		set   func() error
	}{
		{"provider", func() error { return nil }},
		{"scope", func() error {
			return p.Set(persona.Persona{Scopes: map[string]persona.ScopeTokens{"reports": {AccessToken: set("scope")}}})
		}},
		{"client", func() error {
			return p.SetClient(store.Client{ID: "app", Secret: "app-secret", AccessToken: set("client")})
		}},
		{"user", func() error { return p.SetUser(store.User{Login: "alice", AccessToken: set("user")}) }},
	} {
		if err := step.set(); err != nil || level() != step.level {
			t.Errorf("%s: %v %v", step.level, err, level())
		}
	}
	m, err := p.Mint(MintRequest{User: "alice", Claims: persona.Claims{"level": "request", "mail": "${user.email}"}})
	if c := part(t, m.AccessToken, 1); err != nil || c["level"] != "request" || part(t, m.IDToken, 1)["level"] != "request" {
		t.Errorf("request: %v %v", c, err)
	}
}

// TestContentOfHeaderAndLifetime sets lifetime, format, typ and algorithm for a
// client and a user.
func TestContentOfHeaderAndLifetime(t *testing.T) {
	own := persona.AccessToken{Lifetime: clock.Duration(5 * 60e9), Format: "jwt", Typ: "JWT", SigningAlg: protocol.ES256}
	for name, run := range contentGrants() {
		t.Run(name, func(t *testing.T) {
			p := contentProvider(t, "opaque")
			c := *p.Client()
			c.AccessToken, c.IDToken = own, persona.IDToken{Lifetime: clock.Duration(7 * 60e9), Typ: "$absent", SigningAlg: protocol.EdDSA}
			if err := p.SetClient(c); err != nil {
				t.Fatal(err)
			}
			out := run(t, p)
			if h := part(t, out["access_token"], 0); h["typ"] != "JWT" || h["alg"] != "ES256" {
				t.Errorf("%v", h)
			}
			claims := part(t, out["access_token"], 1)
			if claims["exp"].(float64)-claims["iat"].(float64) != 300 || !same(out["expires_in"], 300) {
				t.Errorf("exp %v, iat %v, expires_in %v", claims["exp"], claims["iat"], out["expires_in"])
			}
			if name == "client_credentials" {
				return
			}
			if h := part(t, out["id_token"], 0); h["typ"] != nil || h["alg"] != "EdDSA" {
				t.Errorf("%v", h)
			}
			if c := part(t, out["id_token"], 1); c["exp"].(float64)-c["iat"].(float64) != 420 {
				t.Errorf("%v", c)
			}
			if keys := post(p, "/jwks", nil); !slices.Contains([]int{http.StatusOK, http.StatusMethodNotAllowed}, keys.Code) {
				t.Errorf("%d", keys.Code)
			}
		})
	}
}

// TestContentThatBreaksTokens overrides registered claims: the provider goes by what
// it issued, and a fault is not that.
func TestContentThatBreaksTokens(t *testing.T) {
	alone := func(claims persona.Claims) (*Provider, string, int64) {
		p, _ := op(t, WithProvider(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt", Claims: claims}}))
		m, err := p.Mint(MintRequest{User: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		return p, m.AccessToken, m.ExpiresIn
	}
	status := func(p *Provider, token string) int {
		return direct(p, http.MethodGet, "/userinfo", nil, "Authorization", "Bearer "+token).Code
	}
	active := func(p *Provider, token string) any {
		return members(t, post(p, "/introspect", values("token", token)))["active"]
	}
	p, token, in := alone(persona.Claims{"exp": map[string]any{"$now": "2m"}, "iss": "https://elsewhere.example"})
	if in != 120 || status(p, token) != 200 || active(p, token) != true {
		t.Errorf("exp in 2m: expires_in %d, userinfo %d, active %v", in, status(p, token), active(p, token))
	}
	if err := p.Clock().Advance(121e9); err != nil || status(p, token) != 401 || active(p, token) != false {
		t.Errorf("after 2m: userinfo %d, active %v", status(p, token), active(p, token))
	}
	p, token, _ = alone(persona.Claims{"exp": "$absent"})
	if _, there := part(t, token, 1)["exp"]; there || status(p, token) != 200 || active(p, token) != true {
		t.Errorf("no exp: userinfo %d, active %v", status(p, token), active(p, token))
	}
	p, token, _ = alone(nil)
	if _, err := p.Fault(fault.Fault{On: protocol.AccessToken, Tamper: &fault.Tamper{Set: map[string]any{"iss": "https://elsewhere.example", "aud": "other"}}}); err != nil {
		t.Skip(err)
	}
	m, err := p.Mint(MintRequest{User: "alice"})
	if err != nil || part(t, m.AccessToken, 1)["aud"] != "other" || status(p, m.AccessToken) != 401 {
		t.Errorf("falsified: %v, userinfo %d", err, status(p, m.AccessToken))
	}
	if c := members(t, post(p, "/introspect", values("token", m.AccessToken))); c["aud"] == "other" || c["iss"] != p.Issuer() {
		t.Errorf("introspection tells the falsified %v", c)
	}
	_ = token
}

// TestContentIsCheckedWhereItIsGiven finds names that do not exist, with the near miss.
func TestContentIsCheckedWhereItIsGiven(t *testing.T) {
	p, _ := op(t)
	for claim, want := range map[string]string{
		"${user.emial}":      "access_token.claims.x: unknown variable ${user.emial}; did you mean ${user.email}?",
		"${usr.email}":       "access_token.claims.x: unknown variable ${usr.email}; did you mean ${user.email}?",
		"${client.clientid}": "access_token.claims.x: unknown variable ${client.clientid}; did you mean ${client.client_id}?",
		"${client.id}":       "access_token.claims.x: unknown variable ${client.id}; did you mean ${client.client_id}?",
		"${grant_typ}":       "access_token.claims.x: unknown variable ${grant_typ}; did you mean ${grant_type}?",
		"${access_token}":    "access_token.claims.x: unknown variable ${access_token}",
		"${user.email":       "access_token.claims.x: ${ without its }",
	} {
		err := p.Set(persona.Persona{AccessToken: persona.AccessToken{Claims: persona.Claims{"x": claim}}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", claim, err)
		}
	}
	for _, claim := range []string{"${user.anything}", "${user.mail}", "$${user.emial}", "${request.foo}", "${client.client_id}", "{$x}"} {
		if err := p.Set(persona.Persona{AccessToken: persona.AccessToken{Claims: persona.Claims{"x": claim}}}); err != nil {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

// TestContentOverTheControlAPI sets the provider, a client and a user, and asks for a
// token of its own kind.
func TestContentOverTheControlAPI(t *testing.T) {
	_, r := newRemote(t)
	for _, set := range [][3]string{
		{"PATCH", "/_/api/provider", `{"access_token": {"format": "jwt", "claims": {"of": "provider", "p": "${grant_type}"}}, "scopes": {"reports": {"claims": {"s": ["${scope}"]}}}}`},
		{"PUT", "/_/api/clients/app", `{"client_secret": "app-secret", "access_token": {"claims": {"of": "client", "c": "${client.client_id}"}}}`},
		{"PUT", "/_/api/users/alice", `{"email": "a@example.com", "claims": {"level": 7}, "access_token": {"claims": {"of": "user", "u": "${user.level}"}}}`},
	} {
		if status, body := r.do(set[0], set[1], set[2]); status >= 300 {
			t.Fatalf("%s: %d %v", set[1], status, body)
		}
	}
	status, out := r.do("POST", "/_/api/tokens", `{"user": "alice", "scope": "openid reports", "claims": {"r": "${user.email}"}, "access_token": {"typ": "JWT", "lifetime": "1m"}}`)
	claims := part(t, out["access_token"], 1)
	want := map[string]any{"of": "user", "p": "authorization_code", "s": []any{"openid reports"}, "c": "app", "u": 7, "r": "a@example.com"}
	for name, value := range want {
		if !same(claims[name], value) {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
	if header := part(t, out["access_token"], 0); status != 201 || header["typ"] != "JWT" || !same(out["expires_in"], 60) {
		t.Errorf("%d %v %v", status, header, out["expires_in"])
	}
	if status, out := r.do("PUT", "/_/api/clients/app", `{"access_token": {"claims": {"x": "${client.name}"}}}`); status != 400 || !strings.Contains(out["detail"].(string), "access_token.claims.x: unknown variable ${client.name}") {
		t.Errorf("%d %v", status, out)
	}
	if _, out := r.do("GET", "/_/api/clients/app", ""); !same(out["access_token"], map[string]any{"claims": map[string]any{"of": "client", "c": "${client.client_id}"}}) {
		t.Errorf("%v", out)
	}
	_, own := r.do("POST", "/register", `{"redirect_uris": ["http://127.0.0.1/cb"], "access_token": {"claims": {"role": "admin"}}}`)
	if own["client_id"] == nil || own["access_token"] != nil {
		t.Errorf("a client that registers itself has %v", own)
	}
}
