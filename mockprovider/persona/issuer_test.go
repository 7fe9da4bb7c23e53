package persona_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// TestIssuerOfEveryArtifact walks every persona with every grant that it has,
// and compares the issuer that each artifact names with the one in the metadata
// that the client discovered.
func TestIssuerOfEveryArtifact(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range persona.Names() {
		base, err := persona.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range []string{"local", "real", "host"} {
			if base.Dialect == nil && mode != "local" {
				continue
			}
			for _, path := range discoveries(base) {
				t.Run(name+"/"+mode+path, func(t *testing.T) {
					w := newWalker(t, base, mode, path)
					w.key = key
					w.walk()
				})
			}
		}
	}
}

// discoveries are the paths at which a persona can be discovered, with some
// values of the segments that it names; "" is a persona without any.
func discoveries(base persona.Persona) []string {
	if base.Dialect == nil {
		return []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
	}
	values := map[string][]string{
		"{realm}": {"master", "staff"}, "{pool}": {"us-east-1_example", "eu-west-1_Other"}, "{server}": {"default", "aus1"},
		"{tenant}": {"9188040d-6c67-4c5b-b112-36a304b66dad", "72f988bf-86f1-41af-91ab-2d7cd011db47", "common", "organizations", "consumers"},
	}
	out := []string{}
	for _, address := range base.Dialect.Endpoints.Discovery {
		u, _ := url.Parse(address)
		paths := []string{u.Path}
		for name, all := range values {
			if !strings.Contains(u.Path, name) {
				continue
			}
			paths = nil
			for _, value := range all {
				paths = append(paths, strings.ReplaceAll(u.Path, name, value))
			}
		}
		out = append(out, paths...)
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// discovered holds the issuer to OpenID Connect Discovery 1.0 section 4.3: it is
// the URL of the document, without the well-known path, which RFC 8414 section 3.1
// inserts before the issuer's own.
func (w *walker) discovered(address string) {
	w.t.Helper()
	issuer, wellKnown, _ := strings.Cut(address, "/.well-known/")
	if _, path, _ := strings.Cut(wellKnown, "/"); path != "" {
		issuer += "/" + path
	}
	if w.told && w.base.Dialect != nil {
		issuer = strings.TrimSuffix(issuer, w.base.Dialect.OpenID.Issuer) + w.base.Dialect.OpenID.Issuer
	}
	tenant := strings.Contains(address, "/common/") || strings.Contains(address, "/organizations/") || strings.Contains(address, "/consumers/")
	if w.issuer != issuer && !tenant {
		w.t.Errorf("issuer %s at %s", w.issuer, address)
	}
}

// register gives the client every grant that the provider has.
func (w *walker) register() {
	c := store.Client{
		ID: w.id, Secret: w.player.key, RedirectURIs: []string{playerCallback},
		ResponseTypes: []protocol.ResponseType{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"},
	}
	offered := w.op.Persona()
	c.GrantTypes = slices.DeleteFunc(append(protocol.UsualGrants(), protocol.PasswordGrant), func(g protocol.Grant) bool { return capability.LacksGrant(&offered, g) != nil })
	c.ResponseTypes = slices.DeleteFunc(c.ResponseTypes, func(r protocol.ResponseType) bool { return c.MissingGrant(r) != "" })
	if err := w.op.SetClient(c); err != nil {
		w.t.Error(err)
	}
}

func (w *walker) walk() {
	w.register()
	if w.offers("authorization_code") {
		w.code()
	}
	w.frontChannel()
	if w.offers("client_credentials") {
		w.granted("client_credentials", url.Values{"grant_type": {"client_credentials"}})
	}
	if w.offers(protocol.DeviceCodeGrant) && w.doc["device_authorization_endpoint"] != nil {
		w.device(w.scope())
	}
	if w.offers("password") {
		w.op.SetUser(store.User{Login: "alice", Password: "secret"})
		w.granted("password", url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"secret"}, "scope": {w.scope()}})
	}
	w.withoutRequest()
	w.assertions()
}

func (w *walker) names(where string, got any) {
	w.t.Helper()
	if got != w.issuer {
		w.t.Errorf("%s names %v, want %s", where, got, w.issuer)
	}
}

// artifacts holds the tokens of a response to the issuer.
func (w *walker) artifacts(where string, tok map[string]any) {
	w.t.Helper()
	if tok["id_token"] != nil {
		w.names(where+": ID token", claimsOf(w.t, tok["id_token"])["iss"])
	}
	access := text(tok["access_token"])
	if strings.Count(access, ".") == 2 {
		w.names(where+": access token", claimsOf(w.t, access)["iss"])
	}
	if w.doc["introspection_endpoint"] == nil || tok["access_token"] == nil {
		return
	}
	for _, token := range []string{access, text(tok["refresh_token"])} {
		resp, body := w.authenticated("introspection_endpoint", url.Values{"token": {token}})
		if resp.StatusCode != 200 {
			continue // a resource of the persona's own
		}
		if iss := object(w.t, body)["iss"]; iss != nil {
			w.names(where+": introspection", iss)
		}
	}
}

// granted asks the token endpoint, and returns its response.
func (w *walker) granted(where string, form url.Values) map[string]any {
	w.t.Helper()
	resp, body := w.authenticated("token_endpoint", form)
	if resp.StatusCode != 200 {
		w.t.Errorf("%s: %s %s", where, resp.Status, body)
		return nil
	}
	tok := object(w.t, body)
	w.artifacts(where, tok)
	return tok
}

func (w *walker) code() {
	w.t.Helper()
	got := w.authorization(nil)
	tok := w.granted("code", url.Values{"grant_type": {"authorization_code"}, "code": {got.Get("code")}, "redirect_uri": {playerCallback}, "code_verifier": {verifier}})
	if tok["refresh_token"] != nil {
		w.granted("refresh", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}})
	}
	if tok["id_token"] == nil {
		return
	}
	if end := text(w.doc["end_session_endpoint"]); w.doc["end_session_endpoint"] != nil {
		resp, body := w.send("GET", end+"?id_token_hint="+text(tok["id_token"]), nil)
		if resp.StatusCode != 200 || strings.Contains(body, "cannot be used") {
			w.t.Errorf("logout: %s %s", resp.Status, body)
		}
	}
	if again := w.authorization(url.Values{"id_token_hint": {text(tok["id_token"])}}); strings.Contains(again.Get("error_description"), "id_token_hint cannot") {
		w.t.Errorf("id_token_hint: %v", again)
	}
}

// frontChannel takes tokens from the authorization endpoint.
func (w *walker) frontChannel() {
	w.t.Helper()
	if !w.offers("implicit") {
		return
	}
	for _, types := range []string{"token", "id_token", "id_token token", "code id_token", "code token", "code id_token token"} {
		got := w.authorization(url.Values{"response_type": {types}})
		switch got.Get("error") {
		case "":
		case "unsupported_response_type", "unauthorized_client", "invalid_request", "access_denied":
			continue // the persona has none of it
		default:
			w.t.Errorf("%s: %v", types, got)
		}
		tok := map[string]any{}
		for _, name := range []string{"id_token", "access_token"} {
			if got.Has(name) {
				tok[name] = got.Get(name)
			}
		}
		w.artifacts(types, tok)
	}
}

func (w *walker) device(scope string) map[string]any {
	w.t.Helper()
	resp, body := w.authenticated("device_authorization_endpoint", url.Values{"scope": {scope}})
	if resp.StatusCode != 200 {
		w.t.Errorf("device: %s %s", resp.Status, body)
		return nil
	}
	d := object(w.t, body)
	b := &agent.Agent{Transport: w.http.Transport}
	page, err := b.Visit(w.t.Context(), agent.Request{URL: w.url("/device")})
	if err == nil {
		page, err = page.Enter(w.t.Context(), url.Values{"user_code": {text(d["user_code"])}})
	}
	if err == nil {
		page, err = page.Login(w.t.Context(), "alice", "")
	}
	if err == nil {
		_, err = page.Consent(w.t.Context(), true, nil)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.granted("device", url.Values{"grant_type": {string(protocol.DeviceCodeGrant)}, "device_code": {text(d["device_code"])}})
}

// withoutRequest makes tokens that no request asks for.
func (w *walker) withoutRequest() {
	w.t.Helper()
	if !w.told {
		return
	}
	m, err := w.op.Mint(mockprovider.MintRequest{ClientID: w.id, User: "alice", Scopes: strings.Fields(w.scope())})
	if err != nil {
		w.t.Fatal(err)
	}
	made := map[string]any{"id_token": m.IDToken, "access_token": m.AccessToken}
	logout, err := w.op.LogoutToken("alice", w.id, "", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if strings.HasPrefix(w.issuer, w.op.Issuer()) || w.base.Dialect == nil || w.op.Persona().Identity == "real" {
		w.artifacts("mint", made)
		w.names("logout token", claimsOf(w.t, logout)["iss"])
	}
}

// assertions authenticates clients by JWTs, for the issuer and for the token
// endpoint.
func (w *walker) assertions() {
	w.t.Helper()
	for _, method := range []string{"client_secret_jwt", "private_key_jwt"} {
		if m := w.methods(); w.doc["token_endpoint"] == nil || len(m) > 0 && !slices.Contains(m, protocol.AuthMethod(method)) {
			continue
		}
		for _, audience := range []string{w.issuer, text(w.doc["token_endpoint"])} {
			w.assertedFor(method, audience, true)
		}
	}
}

// assertedFor authenticates a client by a JWT that is meant for an audience, and
// holds the token endpoint to accept or refuse that.
func (w *walker) assertedFor(method, audience string, accepted bool) {
	w.t.Helper()
	const secret = "a-secret-of-at-least-thirty-two-bytes"
	set, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: w.key.Public(), KeyID: "k", Algorithm: "ES256"}}})
	w.op.SetClient(store.Client{ID: "client_secret_jwt", AuthMethod: "client_secret_jwt", Secret: secret, RedirectURIs: []string{playerCallback}})
	w.op.SetClient(store.Client{ID: "private_key_jwt", AuthMethod: "private_key_jwt", JWKS: set, RedirectURIs: []string{playerCallback}})
	key := jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}
	if method == "private_key_jwt" {
		key = jose.SigningKey{Algorithm: jose.ES256, Key: w.key}
	}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	now := w.op.Clock().Now().Unix()
	claims, _ := json.Marshal(map[string]any{"iss": method, "sub": method, "aud": audience, "exp": now + 60, "iat": now, "jti": method + audience})
	signed, err := signer.Sign(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	assertion, _ := signed.CompactSerialize()
	_, body := w.send("POST", text(w.doc["token_endpoint"]), url.Values{
		"grant_type": {"authorization_code"}, "code": {"nonsense"}, "redirect_uri": {playerCallback},
		"client_assertion": {assertion}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
	want := protocol.CauseTokenCodeUnknown
	if !accepted {
		want = protocol.CauseTokenClientAuthenticationWrong
	}
	entries := w.op.Journal().Entries()
	if cause := entries[len(entries)-1].Cause; cause != want {
		w.t.Errorf("%s for %s: cause %s, want %s: %s", method, audience, cause, want, body)
	}
}
