package mockprovider

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
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
