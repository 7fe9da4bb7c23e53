package mockprovider

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// bodies are the operations of the control API that read one, but for those that
// wait.
func bodies() []string {
	return []string{
		"POST /_/api/issuers", "POST /_/api/clock/advance", "POST /_/api/clock/set", "PATCH /_/api/provider", "PUT /_/api/users/dora", "PUT /_/api/clients/web",
		"POST /_/api/faults", "POST /_/api/attack", "POST /_/api/keys/rotate", "POST /_/api/grants/revoke", "POST /_/api/tokens", "POST /_/api/journal/query",
	}
}

// FuzzControlBody: whatever a body has, the answer is JSON and not a failure of the
// server, and the issuer goes on.
func FuzzControlBody(f *testing.F) {
	for n := range bodies() {
		for _, body := range []string{
			``, `{}`, `[]`, `null`, `{"name":"acme","users":{"":null}}`, `{"by":"1h"}`, `{"by":"99999999h"}`, `{"to":"2199-12-31T23:59:59Z"}`, `{"to":"0000-01-01T00:00:00Z"}`,
			`{"access_token":{"lifetime":"-1ns"},"jwks":{"rotate_every":"1ns"}}`, `{"at":"token_endpoint","error":"slow_down","times":0}`, `{"at":"jwks_uri","delay":"1h"}`,
			`{"user":"alice","scope":"openid","claims":{"a":{"$absent":true}}}`, `{"params":{"a":{"$matches":"("}}}`, `{"alg":"ES256","plan":"publish_late"}`,
			`{"jwks":{"keys":[{}]},"jwks_uri":"http://127.0.0.1:1"}`, `{"allow_origin":"null"}`, `{"name":"a/../b"}`, "{\"name\":\"\x00\"}", `{"email_verified":1e999}`,
			strings.Repeat(`{"a":`, 1000), `{"metadata":{"issuer":"$absent"}}`,
		} {
			f.Add(byte(n), body)
		}
	}
	f.Fuzz(func(t *testing.T, n byte, body string) {
		h, err := NewHost(Options{BaseURL: "http://127.0.0.1:9400"})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		method, path, _ := strings.Cut(bodies()[int(n)%len(bodies())], " ")
		r := httptest.NewRequest(method, h.BaseURL()+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" || w.Code != 204 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s %q: %d %s", method, path, body, w.Code, w.Body)
		}
		for _, name := range h.Names() {
			if err := checkName(name); err != nil {
				t.Fatal(err)
			}
		}
		after := httptest.NewRecorder()
		h.ServeHTTP(after, httptest.NewRequest("GET", h.BaseURL()+"/_/api/clock", nil))
		if after.Code != 200 {
			t.Fatalf("afterwards: %d %s", after.Code, after.Body)
		}
	})
}

// FuzzRoute: a request is answered under the names of this server only, makes only
// issuers that may be made, and never fails the server.
func FuzzRoute(f *testing.F) {
	for _, host := range []string{"127.0.0.1:9400", "localhost", "LOCALHOST:1", "a.localhost", "[::1]:80", "evil.example", "127.0.0.1.evil.example", "[::1", ":", "", "accounts.google.com", "127.0.0.1@evil.example"} {
		for _, path := range []string{
			"/", "/jwks", "/t/acme/jwks", "/t/acme", "/t/a/b/_/api/clock", "/_/", "/_/log-in", "//evil.example/_/", "/t//jwks", "/t/../jwks", "/t/%2e%2e/jwks", "/t/a%2Fb/token",
			"/x/idt-nonce-wrong/jwks", "/x//", "/.well-known/openid-configuration/t/acme", "/.well-known/oauth-authorization-server/x/y", "/resource/_/api", "/t/\x00/jwks", "/interaction/x", "/register/x", "*", "/t/" + strings.Repeat("a/", 120) + "jwks",
		} {
			f.Add("GET", host, path, "")
			f.Add("POST", host, path, "https://evil.example")
		}
	}
	f.Fuzz(func(t *testing.T, method, host, path, from string) {
		h, err := NewHost(Options{BaseURL: "http://127.0.0.1:9400", OnDemand: true, Stimulus: wrongNonce})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		u, err := url.ParseRequestURI(path)
		if err != nil || strings.Contains(path, "/journal/") {
			return // it does not reach a handler, or waits
		}
		r := &http.Request{Method: method, URL: u, RequestURI: path, Host: host, Header: http.Header{}, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "127.0.0.1:1"}
		if from != "" {
			r.Header.Set("Origin", from)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		ours := origin.LoopbackHost(origin.Hostname(host))
		switch {
		case w.Code >= 500:
			t.Fatalf("%s %s %s: %d %s", method, host, path, w.Code, w.Body)
		case !ours && w.Code != 403 && method != http.MethodConnect:
			t.Fatalf("%s %s answers to %q: %d", method, path, host, w.Code)
		}
		if to := w.Header().Get("Location"); to != "" {
			target, err := u.Parse(to)
			if err != nil || target.Host != "" && target.Host != "127.0.0.1:9400" {
				t.Fatalf("%s leads to %s", path, to)
			}
		}
		for _, name := range h.Names() {
			if strings.HasPrefix(name, attackPath) {
				continue
			}
			if err := checkName(name); err != nil || name != "" && (!ours || from != "" && !origin.Allowed(from, h.BaseURL(), nil)) {
				t.Fatalf("%s from %q at %q made the issuer %q: %v", path, from, host, name, err)
			}
		}
	})
}
