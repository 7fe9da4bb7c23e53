package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const issuer = "https://op.example"

// provider is a small provider of one user: a transport, without a port, on a
// clock that is only moved by hand.
type provider struct {
	t      testing.TB
	signer jose.Signer
	public jose.JSONWebKey

	mu     sync.Mutex
	now    time.Time
	log    []string // method and path of each request
	issued int

	metadata map[string]any
	claims   map[string]any              // set on ID tokens
	on       map[string]http.HandlerFunc // in place of the provider's own

	nonce, challenge string // of the last authorization request
}

func newProvider(t testing.TB) *provider {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := jose.JSONWebKey{Key: k, KeyID: "k1"}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, signer: signer, public: private.Public(), now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), on: map[string]http.HandlerFunc{}}
	p.metadata = map[string]any{"issuer": issuer, "authorization_response_iss_parameter_supported": true}
	for name, path := range map[string]string{
		"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks", "userinfo_endpoint": "/userinfo",
		"revocation_endpoint": "/revoke", "end_session_endpoint": "/logout",
	} {
		p.metadata[name] = issuer + path
	}
	return p
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
	return ctx.Err()
}

// count is how many requests there were of that method and path.
func (p *provider) count(request string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(p.log), func(l string) bool { return l != request }))
}

// RoundTrip answers a request.
func (p *provider) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		req.Body = http.NoBody
	}
	p.mu.Lock()
	p.log = append(p.log, req.Method+" "+req.URL.Path)
	handler := p.on[req.URL.Path]
	p.mu.Unlock()
	if handler == nil {
		handler = p.serve
	}
	w := httptest.NewRecorder()
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
		answer(w, 200, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{p.public}})
	case "/token":
		p.token(w, r)
	case "/userinfo":
		answer(w, 200, map[string]any{"sub": "alice", "email": "alice@example.com"})
	case "/revoke":
		w.WriteHeader(200)
	case "/api":
		answer(w, 200, map[string]any{"ok": true})
	default:
		http.NotFound(w, r)
	}
}

// token answers any grant with fresh tokens.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	set := map[string]any{}
	switch r.PostFormValue("grant_type") {
	case "refresh_token":
		set["nonce"] = nil
	case "authorization_code":
		if sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier"))); base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			answer(w, 400, map[string]any{"error": "invalid_grant", "error_description": "code_verifier"})
			return
		}
	}
	p.mu.Lock()
	p.issued++
	n := string(rune('0' + p.issued%10))
	p.mu.Unlock()
	set["at_hash"] = half("access-" + n)
	answer(w, 200, map[string]any{
		"access_token": "access-" + n, "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh-" + n, "id_token": p.idToken(set),
	})
}

// idToken signs an ID token with some claims set; nil leaves one out.
func (p *provider) idToken(set map[string]any) string {
	now := p.Now().Unix()
	claims := map[string]any{"iss": issuer, "sub": "alice", "aud": "app", "exp": now + 3600, "iat": now, "nonce": p.nonce}
	maps.Copy(claims, set)
	maps.Copy(claims, p.claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return p.sign(claims)
}

func (p *provider) sign(claims map[string]any) string {
	raw, err := json.Marshal(claims)
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := p.signer.Sign(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// half is the left half of a hash, for at_hash and c_hash.
func half(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
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
