// Package clienttest has a small provider for tests of the client and its mutants.
//
// Provider is an http.RoundTripper without a network. A test changes its fields to
// make it answer wrongly. Begin with NewProvider and Provider.SignIn.
package clienttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/mutant"
)

// The provider, and its user.
const (
	Issuer = "https://op.example"
	UserA  = "alice"
)

// Provider is a small provider that does as it is told: a transport, without a
// port, on a clock that is only moved by hand.
type Provider struct {
	T          testing.TB
	now, began time.Time

	mu       sync.Mutex
	Log      []string     // method and path of each request
	Forms    []url.Values // of each POST
	Requests []*http.Request
	Sleeps   []time.Duration
	issued   int

	Signer Key
	Keys   []any // published JWKs

	Metadata map[string]any
	Header   map[string]any // set on ID tokens
	Claims   map[string]any // set on ID tokens; nil removes
	Tokens   map[string]any // set on token responses; nil removes
	Resign   func(header, claims map[string]any) string
	On       map[string]http.HandlerFunc // in place of the provider's own
	Fail     func(*http.Request) error   // no answer

	Nonce     string // of the last authorization request
	challenge string
}

// NewProvider makes a provider with a key of its own.
func NewProvider(t testing.TB) *Provider {
	p := &Provider{T: t, now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Signer: NewKey(t, "k1"), On: map[string]http.HandlerFunc{}}
	p.began = p.now
	p.Publish(nil)
	p.Metadata = map[string]any{"issuer": Issuer, "authorization_response_iss_parameter_supported": true}
	for name, path := range map[string]string{
		"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks", "userinfo_endpoint": "/userinfo",
		"introspection_endpoint": "/introspect", "revocation_endpoint": "/revoke", "end_session_endpoint": "/logout",
		"device_authorization_endpoint": "/device", "pushed_authorization_request_endpoint": "/par",
	} {
		p.Metadata[name] = Issuer + path
	}
	return p
}

// Publish makes the signer's key the only one that is published.
func (p *Provider) Publish(set map[string]any) { p.Keys = []any{p.Signer.JWK(p.T, set)} }

// Client makes a client of the provider, or a known-bad one.
func (p *Provider) Client(t testing.TB, change func(*client.Config), mutants ...string) *client.Client {
	t.Helper()
	cfg := client.Config{
		Issuer: Issuer, ClientID: "app", ClientSecret: "s3cret:+%", RedirectURL: "https://app.example/callback",
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

// Now is the time on the provider's clock.
func (p *Provider) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// Advance moves the clock.
func (p *Provider) Advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// Sleep moves the clock, and notes by how much.
func (p *Provider) Sleep(ctx context.Context, d time.Duration) error {
	p.Advance(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Sleeps = append(p.Sleeps, d)
	return ctx.Err()
}

// Count is how many requests there were of that method and path.
func (p *Provider) Count(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, l := range p.Log {
		if l == what {
			n++
		}
	}
	return n
}

// Form is the last form that was posted.
func (p *Provider) Form() url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Forms[len(p.Forms)-1]
}

// Request is the last request.
func (p *Provider) Request() *http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Requests[len(p.Requests)-1]
}

// RoundTrip answers a request.
func (p *Provider) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	p.mu.Lock()
	p.Log = append(p.Log, req.Method+" "+req.URL.Path)
	p.Requests = append(p.Requests, req)
	if req.Method == http.MethodPost {
		_ = req.ParseForm()
		p.Forms = append(p.Forms, req.PostForm)
	}
	handler := p.On[req.URL.Path]
	p.mu.Unlock()
	if p.Fail != nil {
		if err := p.Fail(req); err != nil {
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

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		Answer(w, 200, p.Metadata)
	case "/jwks":
		Answer(w, 200, map[string]any{"keys": p.Keys})
	case "/token":
		p.Token(w, r)
	case "/userinfo":
		Answer(w, 200, map[string]any{"sub": UserA, "email": "alice@example.com"})
	case "/introspect":
		Answer(w, 200, map[string]any{"active": true})
	case "/revoke":
		w.WriteHeader(200)
	case "/par":
		Answer(w, 201, map[string]any{"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 60})
	case "/device":
		Answer(w, 200, map[string]any{"device_code": "d", "user_code": "ABCD", "verification_uri": Issuer + "/d", "expires_in": 600, "interval": 5})
	case "/api":
		Answer(w, 200, map[string]any{"ok": true})
	default:
		http.NotFound(w, r)
	}
}

// Token answers any grant with fresh tokens.
func (p *Provider) Token(w http.ResponseWriter, r *http.Request) {
	if v := r.PostForm.Get("code_verifier"); r.PostForm.Get("grant_type") == "authorization_code" && p.challenge != "" {
		sum := sha256.Sum256([]byte(v))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			Answer(w, 400, map[string]any{"error": "invalid_grant", "error_description": "code_verifier"})
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
	m["id_token"] = p.IDToken(set, "access-"+n)
	Overlay(m, p.Tokens)
	Answer(w, 200, m)
}

// IDToken signs an ID token; nil claims are left out.
func (p *Provider) IDToken(set map[string]any, access string) string {
	now := p.Now().Unix()
	claims := map[string]any{
		"iss": Issuer, "sub": UserA, "aud": "app", "exp": now + 3600, "iat": now, "nonce": p.Nonce, "auth_time": p.began.Unix(),
	}
	if access != "" {
		claims["at_hash"] = Half(access)
	}
	Overlay(claims, set)
	Overlay(claims, p.Claims)
	header := map[string]any{"alg": string(p.Signer.Alg), "kid": p.Signer.ID, "typ": "JWT"}
	Overlay(header, p.Header)
	if p.Resign != nil {
		return p.Resign(header, claims)
	}
	return Sign(p.T, p.Signer, header, claims)
}

// Half is the left half of a hash, for at_hash and c_hash.
func Half(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Sign makes a JWT with any header and any claims.
func Sign(t testing.TB, k Key, header, claims map[string]any) string {
	t.Helper()
	input := Encode(t, header) + "." + Encode(t, claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(Signature(t, k, input))
}

// Encode makes a part of a JWT.
func Encode(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Overlay sets members; nil removes one.
func Overlay(m, set map[string]any) {
	for name, v := range set {
		if v == nil {
			delete(m, name)
		} else {
			m[name] = v
		}
	}
}

// Answer writes a JSON document.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Always answers every request alike.
func Always(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// MustURL parses a URL.
func MustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// Begin begins a sign-in, and returns the response the provider would give.
func (p *Provider) Begin(c *client.Client, o client.AuthorizeOptions) (*client.Authorization, url.Values, error) {
	a, err := c.Authorize(context.Background(), o)
	if err != nil {
		return nil, nil, err
	}
	return a, p.Authorize(a.Params), nil
}

// Authorize answers an authorization request.
func (p *Provider) Authorize(request url.Values) url.Values {
	p.Nonce, p.challenge = request.Get("nonce"), ""
	if request.Get("code_challenge_method") == "S256" {
		p.challenge = request.Get("code_challenge")
	}
	response := url.Values{"iss": {Issuer}}
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
			set["c_hash"] = Half(response.Get("code"))
		}
		response.Set("id_token", p.IDToken(set, response.Get("access_token")))
	}
	return response
}

// SignIn is a whole sign-in, with a change to the response on the way.
func (p *Provider) SignIn(c *client.Client, o client.AuthorizeOptions, change func(url.Values)) (*client.Session, error) {
	a, response, err := p.Begin(c, o)
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(response)
	}
	return c.Callback(context.Background(), a, response)
}

// Rejected is the name of the check that an error is about.
func Rejected(err error) string {
	if err == nil {
		return "accepted"
	}
	var r *client.Rejection
	if errors.As(err, &r) {
		return r.Check
	}
	return "another error: " + err.Error()
}
