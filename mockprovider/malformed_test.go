package mockprovider

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// What a request lacks, and what none may have, is said as what it is (RFC 6749
// sections 4.1.2.1 and 5.2).
func TestMalformedRequests(t *testing.T) {
	p, b := op(t, WithClient(store.Client{ID: "pinned", RedirectURIs: []string{callback}}), WithClient(store.Client{ID: "machine", Secret: "s", GrantTypes: []protocol.Grant{"client_credentials"}}))
	const urlencoded = "application/x-www-form-urlencoded"
	machine := "grant_type=client_credentials"
	for name, tc := range map[string]struct {
		path, kind, body string
		status           int
		want             string
	}{
		"bad escape":             {"/token", urlencoded, machine + "&scope=%zz", 400, "invalid_request"},
		"semicolon":              {"/token", urlencoded, machine + ";scope=openid", 400, "invalid_request"},
		"too large":              {"/token", urlencoded, machine + "&x=" + strings.Repeat("x", 2<<20), 400, "invalid_request"},
		"bad escape in the URL":  {"/token?x=%zz", urlencoded, machine, 400, "invalid_request"},
		"multipart":              {"/token", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--b--\r\n", 400, "invalid_request"},
		"no code":                {"/token", urlencoded, "grant_type=authorization_code", 400, "invalid_request"},
		"no refresh token":       {"/token", urlencoded, "grant_type=refresh_token", 400, "invalid_request"},
		"no device code":         {"/token", urlencoded, "grant_type=" + string(protocol.DeviceCodeGrant), 400, "invalid_request"},
		"scope with a NUL":       {"/token", urlencoded, machine + "&scope=a%00b", 400, "invalid_scope"},
		"scope with a quote":     {"/token", urlencoded, machine + "&scope=%22a%22", 400, "invalid_scope"},
		"scope beyond ASCII":     {"/token", urlencoded, machine + "&scope=caf%C3%A9", 400, "invalid_scope"},
		"nothing to revoke":      {"/revoke", urlencoded, "a=b", 400, "invalid_request"},
		"nothing to introspect":  {"/introspect", urlencoded, "a=b", 400, "invalid_request"},
		"challenge method, PAR":  {"/par", urlencoded, request("code_challenge", "x", "code_challenge_method", "S512").Encode(), 400, "invalid_request"},
		"another known mistake":  {"/token", urlencoded, machine + "&a=1&a=2&b=1&b=2", 400, "invalid_request"},
		"scope that has nothing": {"/token", urlencoded, machine + "&scope=", 200, ""},
	} {
		req, err := http.NewRequest(http.MethodPost, p.Issuer()+tc.path, strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", tc.kind)
		req.SetBasicAuth("app", "app-secret")
		resp, body := b.read(b.Do(req))
		if resp.StatusCode != tc.status || !strings.Contains(body, `"error":"`+tc.want) && tc.want != "" {
			t.Errorf("%s: %s %s", name, resp.Status, body)
		}
	}
	if resp, page := b.read(b.Get(p.Issuer() + "/authorize?client_id=app&nonce=%zz")); resp.StatusCode != 400 || !strings.Contains(page, "cannot be read") {
		t.Errorf("authorize: %s %s", resp.Status, page)
	}
	for _, metadata := range []string{`{"grant_types":["foo"]}`, `{"response_types":["token"],"grant_types":["authorization_code"]}`, `{"subject_type":"pairwise"}`} {
		if resp, body := b.read(b.Post(p.Issuer()+"/register", "application/json", strings.NewReader(metadata))); resp.StatusCode != 400 || !strings.Contains(body, "invalid_client_metadata") {
			t.Errorf("register %s: %s %s", metadata, resp.Status, body)
		}
	}
	for _, path := range []string{"/jwks", "/.well-known/openid-configuration", "/end_session", "/userinfo"} {
		req, err := http.NewRequest(http.MethodDelete, p.Issuer()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, body := b.read(b.Do(req)); resp.StatusCode != 405 || resp.Header.Get("Allow") == "" {
			t.Errorf("DELETE %s: %s %s", path, resp.Status, body)
		}
	}
	if _, _, got := b.authorize(p, request("client_id", "machine")); got.Get("error") != "unauthorized_client" {
		t.Errorf("a client without the grant: %v", got)
	}
	if resp, page, got := b.authorize(p, request("client_id", "pinned", "redirect_uri", strings.Replace(callback, "http:", "https:", 1))); resp.StatusCode != 400 || got != nil {
		t.Errorf("another scheme: %s %v %s", resp.Status, got, page)
	}
}

// Who may ask about a token, and what is said when its user is gone.
func TestIntrospectionIsForClientsThatAuthenticate(t *testing.T) {
	p, b := op(t, WithClient(store.Client{ID: "spa", AuthMethod: "none"}))
	tokens := b.signedIn(p, "scope", "openid email offline_access")
	token := tokens["access_token"].(string)
	if resp, got := b.post(p, "/introspect", values("client_id", "spa", "token", token)); resp.StatusCode != 401 || got["error"] != "invalid_client" {
		t.Errorf("a public client: %s %v", resp.Status, got)
	}
	for _, method := range p.Metadata()["introspection_endpoint_auth_methods_supported"].([]string) {
		if method == "none" {
			t.Error("the metadata offer none")
		}
	}
	if _, narrowed := b.post(p, "/token", values("grant_type", "refresh_token", "refresh_token", tokens["refresh_token"].(string), "scope", "openid"), "app", "app-secret"); payload(t, narrowed["id_token"])["email"] != nil {
		t.Errorf("the ID token of a narrowed refresh: %v", payload(t, narrowed["id_token"]))
	}
	alice, _ := p.issuer().Store.User("alice")
	gone := *alice
	gone.Disabled = true
	p.SetUser(gone)
	if _, got := b.post(p, "/introspect", values("token", token), "app", "app-secret"); got["active"] != false {
		t.Errorf("the user is gone: %v", got)
	}
}

func payload(t *testing.T, token any) (claims map[string]any) {
	t.Helper()
	parsed, err := jwt.ParseSigned(token.(string), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// A code that comes again is a replay also when its time is over (RFC 6749
// section 4.1.2).
func TestALateReplayStillRevokes(t *testing.T) {
	p, b := op(t, WithClock(clock.Frozen(clock.Epoch())))
	resp, page, _ := b.authorize(p, request())
	resp, page = b.press(resp, page, "login", "alice")
	resp, _ = b.press(resp, page, "consent", "allow", "email")
	form := values("grant_type", "authorization_code", "code", answered(resp).Get("code"), "redirect_uri", callback)
	_, tokens := b.post(p, "/token", form, "app", "app-secret")
	p.Clock().Advance(30 * time.Minute)
	if resp, got := b.post(p, "/token", form, "app", "app-secret"); resp.StatusCode != 400 || got["error"] != "invalid_grant" {
		t.Errorf("%s %v", resp.Status, got)
	}
	if _, got := b.post(p, "/introspect", values("token", tokens["access_token"].(string)), "app", "app-secret"); got["active"] != false {
		t.Errorf("still active: %v", got)
	}
}

// signAssertion makes a client assertion that is signed with a secret.
func signAssertion(t *testing.T, client, secret, audience, id string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: client, Subject: client, Audience: jwt.Audience{audience}, ID: id, Expiry: jwt.NewNumericDate(clock.Machine().Add(5 * time.Minute)),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return assertion
}

// TestRegisteredClientSignsAssertions: the secret of a registration is long enough
// to be a key of HS256 (RFC 7518 section 3.2).
func TestRegisteredClientSignsAssertions(t *testing.T) {
	p, b := op(t, WithClock(clock.Running()))
	_, body := b.read(b.Post(p.Issuer()+"/register", "application/json", strings.NewReader(`{"token_endpoint_auth_method":"client_secret_jwt","grant_types":["client_credentials"],"redirect_uris":["http://localhost/cb"]}`)))
	var registered map[string]any
	if err := json.Unmarshal([]byte(body), &registered); err != nil {
		t.Fatal(err)
	}
	id, _ := registered["client_id"].(string)
	secret, _ := registered["client_secret"].(string)
	resp, answer := b.post(p, "/token", values("grant_type", "client_credentials", "client_assertion", signAssertion(t, id, secret, p.Issuer(), "one"),
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
	if resp.StatusCode != http.StatusOK {
		t.Errorf("%s %v", resp.Status, answer)
	}
}

// TestLongListsAreRefused: a scope of one letter is kept at many times its length,
// so no bound on bytes bounds it.
func TestLongListsAreRefused(t *testing.T) {
	p, b := op(t)
	for n, refused := range map[int]bool{256: false, 257: true} {
		scope := strings.TrimSpace(strings.Repeat("a ", n))
		for _, path := range []string{"/token", "/par", "/device_authorization"} {
			form := values("grant_type", "client_credentials", "response_type", "code", "redirect_uri", callback, "state", "a-long-state", "scope", scope)
			resp, answer := b.post(p, path, form, "app", "app-secret")
			if (answer["error"] == "invalid_request") != refused || resp.StatusCode >= 500 {
				t.Errorf("%s with %d scopes: %s %v", path, n, resp.Status, answer)
			}
		}
		resp, body := b.read(b.Get(p.Issuer() + "/authorize?" + request("scope", scope).Encode()))
		if (resp.StatusCode == http.StatusBadRequest) != refused {
			t.Errorf("/authorize with %d scopes: %s %s", n, resp.Status, body)
		}
		for member, value := range map[string]string{"redirect_uris": `"http://localhost/cb"`, "contacts": `""`, "grant_types": `"authorization_code"`} {
			metadata := `{"` + member + `":[` + strings.TrimSuffix(strings.Repeat(value+",", n), ",") + `]}`
			resp, body := b.read(b.Post(p.Issuer()+"/register", "application/json", strings.NewReader(metadata)))
			if (resp.StatusCode == http.StatusBadRequest && strings.Contains(body, "invalid_client_metadata")) != refused {
				t.Errorf("%d %s: %s %s", n, member, resp.Status, body)
			}
		}
	}
}

// An assertion counts once, on whichever clock it is judged (RFC 7523 section 3).
func TestAnAssertionCountsOnce(t *testing.T) {
	p, b := op(t, WithClock(clock.Running()), WithClient(store.Client{ID: "signs", Secret: strings.Repeat("s", 32), AuthMethod: "client_secret_jwt"}))
	ask := func(path, audience, id string) int {
		assertion := signAssertion(t, "signs", strings.Repeat("s", 32), audience, id)
		form := request("client_id", "signs", "grant_type", "client_credentials", "client_assertion", assertion, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		resp, _ := b.post(p, path, form)
		return resp.StatusCode
	}
	if got := ask("/token", p.Issuer(), "one"); got != 200 {
		t.Errorf("the first time: %d", got)
	}
	p.Clock().Advance(2 * time.Hour)
	if first, second := ask("/token", p.Issuer(), "one"), ask("/token", p.Issuer(), "two"); first != 401 || second != 200 {
		t.Errorf("after a move of the clock: again %d, a new one %d", first, second)
	}
	if got := ask("/token", p.Issuer(), "two"); got != 401 {
		t.Errorf("judged by the machine's time, again: %d", got)
	}
	if at, elsewhere := ask("/par", p.Issuer()+"/par", "three"), ask("/token", p.Issuer()+"/par", "four"); at != 201 || elsewhere != 401 {
		t.Errorf("the PAR endpoint as audience: at itself %d, elsewhere %d", at, elsewhere)
	}
}
