package client_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/mutant"
)

const (
	issuer = "https://op.example"
	userA  = "alice"
)

// provider is a small provider that does as it is told: a transport, without a
// port, on a clock that is only moved by hand.
type provider struct {
	t          testing.TB
	now, began time.Time

	mu       sync.Mutex
	log      []string     // method and path of each request
	forms    []url.Values // of each POST
	requests []*http.Request
	sleeps   []time.Duration
	issued   int

	signer key
	keys   []any // published JWKs

	metadata map[string]any
	header   map[string]any // set on ID tokens
	claims   map[string]any // set on ID tokens; nil removes
	tokens   map[string]any // set on token responses; nil removes
	resign   func(header, claims map[string]any) string
	on       map[string]http.HandlerFunc // in place of the provider's own
	fail     func(*http.Request) error   // no answer

	nonce, challenge string // of the last authorization request
}

type key struct {
	id      string
	private any
	alg     jose.SignatureAlgorithm
}

func newKey(t testing.TB, id string) key {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key{id, k, jose.ES256}
}

func newRSAKey(t testing.TB, id string, bits int) key {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key{id, k, jose.RS256}
}

// jwk is the public key as it is published, with some members set.
func (k key) jwk(t testing.TB, set map[string]any) map[string]any {
	t.Helper()
	raw, err := jose.JSONWebKey{Key: k.private, KeyID: k.id}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		delete(m, secret)
	}
	maps.Copy(m, set)
	return m
}

func newProvider(t testing.TB) *provider {
	p := &provider{t: t, now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), signer: newKey(t, "k1"), on: map[string]http.HandlerFunc{}}
	p.began = p.now
	p.publish(nil)
	p.metadata = map[string]any{"issuer": issuer, "authorization_response_iss_parameter_supported": true}
	for name, path := range map[string]string{
		"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks", "userinfo_endpoint": "/userinfo",
		"introspection_endpoint": "/introspect", "revocation_endpoint": "/revoke", "end_session_endpoint": "/logout",
		"device_authorization_endpoint": "/device", "pushed_authorization_request_endpoint": "/par",
	} {
		p.metadata[name] = issuer + path
	}
	return p
}

// publish makes the signer's key the only one that is published.
func (p *provider) publish(set map[string]any) { p.keys = []any{p.signer.jwk(p.t, set)} }

func (p *provider) client(t testing.TB, change func(*client.Config), mutants ...string) *client.Client {
	t.Helper()
	cfg := client.Config{
		Issuer: issuer, ClientID: "app", ClientSecret: "s3cret:+%", RedirectURL: "https://app.example/callback",
		HTTPClient: &http.Client{Transport: p}, Now: p.Now, Sleep: p.Sleep,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := mutant.New(cfg, mutants...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *provider) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *provider) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *provider) Sleep(ctx context.Context, d time.Duration) error {
	p.advance(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sleeps = append(p.sleeps, d)
	return ctx.Err()
}

// count is how many requests there were of that method and path.
func (p *provider) count(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, l := range p.log {
		if l == what {
			n++
		}
	}
	return n
}

// form is the last form that was posted, and request the last request.
func (p *provider) form() url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.forms[len(p.forms)-1]
}

func (p *provider) request() *http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[len(p.requests)-1]
}

// RoundTrip answers a request.
func (p *provider) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	p.mu.Lock()
	p.log = append(p.log, req.Method+" "+req.URL.Path)
	p.requests = append(p.requests, req)
	if req.Method == http.MethodPost {
		_ = req.ParseForm()
		p.forms = append(p.forms, req.PostForm)
	}
	handler := p.on[req.URL.Path]
	p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(req); err != nil {
			return nil, err
		}
	}
	w := httptest.NewRecorder()
	if handler == nil {
		handler = p.serve
	}
	handler(w, req)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer(w, 200, p.metadata)
	case "/jwks":
		answer(w, 200, map[string]any{"keys": p.keys})
	case "/token":
		p.token(w, r)
	case "/userinfo":
		answer(w, 200, map[string]any{"sub": userA, "email": "alice@example.com"})
	case "/introspect":
		answer(w, 200, map[string]any{"active": true})
	case "/revoke":
		w.WriteHeader(200)
	case "/par":
		answer(w, 201, map[string]any{"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 60})
	case "/device":
		answer(w, 200, map[string]any{"device_code": "d", "user_code": "ABCD", "verification_uri": issuer + "/d", "expires_in": 600, "interval": 5})
	case "/api":
		answer(w, 200, map[string]any{"ok": true})
	default:
		http.NotFound(w, r)
	}
}

// token answers any grant with fresh tokens.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	if v := r.PostForm.Get("code_verifier"); r.PostForm.Get("grant_type") == "authorization_code" && p.challenge != "" {
		sum := sha256.Sum256([]byte(v))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			answer(w, 400, map[string]any{"error": "invalid_grant", "error_description": "code_verifier"})
			return
		}
	}
	p.mu.Lock()
	p.issued++
	n := string(rune('0' + p.issued%10))
	p.mu.Unlock()
	m := map[string]any{"access_token": "access-" + n, "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh-" + n}
	set := map[string]any{}
	if r.PostForm.Get("grant_type") == "refresh_token" {
		set["nonce"] = nil
	}
	m["id_token"] = p.idToken(set, "access-"+n)
	overlay(m, p.tokens)
	answer(w, 200, m)
}

// idToken signs an ID token; nil claims are left out.
func (p *provider) idToken(set map[string]any, access string) string {
	now := p.Now().Unix()
	claims := map[string]any{
		"iss": issuer, "sub": userA, "aud": "app", "exp": now + 3600, "iat": now, "nonce": p.nonce, "auth_time": p.began.Unix(),
	}
	if access != "" {
		claims["at_hash"] = half(access)
	}
	overlay(claims, set)
	overlay(claims, p.claims)
	header := map[string]any{"alg": string(p.signer.alg), "kid": p.signer.id, "typ": "JWT"}
	overlay(header, p.header)
	if p.resign != nil {
		return p.resign(header, claims)
	}
	return sign(p.t, p.signer, header, claims)
}

// half is the left half of a hash, for at_hash and c_hash.
func half(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// sign makes a JWT with any header and any claims.
func sign(t testing.TB, k key, header, claims map[string]any) string {
	t.Helper()
	input := encode(t, header) + "." + encode(t, claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(signature(t, k, input))
}

func encode(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// overlay sets members; nil removes one.
func overlay(m, set map[string]any) {
	for name, v := range set {
		if v == nil {
			delete(m, name)
		} else {
			m[name] = v
		}
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// always answers every request alike.
func always(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// begin begins a sign-in, and returns the response the provider would give.
func (p *provider) begin(c *client.Client, o client.AuthorizeOptions) (*client.Authorization, url.Values, error) {
	a, err := c.Authorize(context.Background(), o)
	if err != nil {
		return nil, nil, err
	}
	return a, p.authorize(a.Params), nil
}

// authorize answers an authorization request.
func (p *provider) authorize(request url.Values) url.Values {
	p.nonce, p.challenge = request.Get("nonce"), ""
	if request.Get("code_challenge_method") == "S256" {
		p.challenge = request.Get("code_challenge")
	}
	response := url.Values{"iss": {issuer}}
	if state := request.Get("state"); state != "" {
		response.Set("state", state)
	}
	types := strings.Fields(request.Get("response_type"))
	for _, part := range types {
		switch part {
		case "code":
			response.Set("code", "code-1")
		case "token":
			response.Set("access_token", "front")
			response.Set("token_type", "bearer")
			response.Set("expires_in", "60")
		}
	}
	if slices.Contains(types, "id_token") {
		set := map[string]any{}
		if response.Has("code") {
			set["c_hash"] = half(response.Get("code"))
		}
		response.Set("id_token", p.idToken(set, response.Get("access_token")))
	}
	return response
}

// signIn is a whole sign-in, with a change to the response on the way.
func (p *provider) signIn(c *client.Client, o client.AuthorizeOptions, change func(url.Values)) (*client.Session, error) {
	a, response, err := p.begin(c, o)
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(response)
	}
	return c.Callback(context.Background(), a, response)
}

// rejected is the name of the check that an error is about.
func rejected(err error) string {
	if err == nil {
		return "accepted"
	}
	var r *client.Rejection
	if errors.As(err, &r) {
		return r.Check
	}
	return "another error: " + err.Error()
}
