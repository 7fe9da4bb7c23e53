package mockprovider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// BenchmarkEndpoints is one request to each of the endpoints that clients use
// most, without a network. What it allocates is the same in every run.
func BenchmarkEndpoints(b *testing.B) {
	p, err := New(WithProvider(persona.Persona{SignIn: "auto"}))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.Close() })
	var tokens struct {
		Access string `json:"access_token"`
	}
	answer := post(p, "/token", redemption(autoCode(p)))
	if err := json.Unmarshal(answer.Body.Bytes(), &tokens); err != nil || tokens.Access == "" {
		b.Fatal(err, answer.Body)
	}
	get := func(path string, headers ...string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder { return direct(p, http.MethodGet, path, nil, headers...) }
	}
	for _, e := range []struct {
		name   string
		status int
		ask    func() *httptest.ResponseRecorder
	}{
		{"authorize", http.StatusFound, get("/authorize?" + request().Encode())},
		{"token", http.StatusOK, func() *httptest.ResponseRecorder {
			return post(p, "/token", values("grant_type", "client_credentials"))
		}},
		{"userinfo", http.StatusOK, get("/userinfo", "Authorization", "Bearer "+tokens.Access)},
		{"introspect", http.StatusOK, func() *httptest.ResponseRecorder { return post(p, "/introspect", values("token", tokens.Access)) }},
		{"jwks", http.StatusOK, get("/jwks")},
		{"discovery", http.StatusOK, get("/.well-known/openid-configuration")},
	} {
		b.Run(e.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := e.ask(); w.Code != e.status {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// BenchmarkManyUsers is what users and apps ask for, at a provider of 100,000 users.
func BenchmarkManyUsers(b *testing.B) {
	all := map[string]*store.User{}
	for n := range 100_000 {
		login := fmt.Sprintf("user%06d", n)
		all[login] = &store.User{Login: login, Password: "secret of " + login, Email: login + "@example.com"}
	}
	for _, signIn := range []string{"auto", "interactive"} {
		h, err := NewHost(Options{Log: func(Logged) {}, Defaults: setup.Setup{Users: all, Provider: persona.Persona{SignIn: signIn, NewUsers: "allow"}}})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = h.Close() })
		p, _ := h.Issuer("")
		for _, e := range []struct{ name, path string }{
			{"authorize", "/authorize?" + request().Encode()},
			{"hint", "/authorize?" + request("login_hint", "user099999@example.com").Encode()},
			{"refusal", "/authorize?" + request("redirect_uri", "x").Encode()},
			{"jwks", "/jwks"},
		} {
			ask := func() { direct(p, http.MethodGet, e.path, nil) }
			b.Run(signIn+"/"+e.name, func(b *testing.B) {
				ask() // what is made once
				b.ReportAllocs()
				for b.Loop() {
					ask()
				}
			})
		}
	}
}
