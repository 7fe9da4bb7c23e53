package mockprovider

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// sent is a request with headers, over the provider's own transport.
func sent(t *testing.T, c *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n+1 < len(header); n += 2 {
		req.Header.Set(header[n], header[n+1])
	}
	b := newBrowser(t, c)
	return b.read(b.Do(req))
}

func TestRegisterAnswersItsOwnOrigins(t *testing.T) {
	p := Start(t, WithProvider(persona.Persona{AllowOrigin: []string{"https://app.example.com"}}))
	metadata := `{"client_name":"New","redirect_uris":["http://127.0.0.1/cb"]}`
	for _, c := range []struct {
		origin, kind string
		status       int
	}{
		{"", "application/json", 201},
		{"http://localhost:3000", "application/json", 201}, {"https://127.4.5.6", "application/json", 201}, {"http://[::1]:9", "application/json", 201},
		{"http://app.localhost:8080", "application/json", 201}, {"https://app.example.com", "application/json", 201}, {p.Issuer(), "application/json", 201},
		{"https://evil.example", "application/json", 403}, {"https://evil.example", "text/plain", 403}, {"null", "application/json", 403},
		{"http://localhost.evil.example", "application/json", 403}, {"https://app.example.com:444", "application/json", 403}, {"http://app.example.com", "application/json", 403},
	} {
		before := len(p.Clients())
		header := []string{"Content-Type", c.kind}
		if c.origin != "" {
			header = append(header, "Origin", c.origin)
		}
		resp, body := sent(t, p.HTTPClient(), "POST", p.Issuer()+"/register", metadata, header...)
		made := len(p.Clients()) - before
		readable := resp.Header.Get("Access-Control-Allow-Origin")
		switch {
		case resp.StatusCode != c.status, !slices.Contains(resp.Header.Values("Vary"), "Origin"):
			t.Errorf("%s %s: %s %v", c.origin, c.kind, resp.Status, resp.Header)
		case c.status == 403 && (made != 0 || readable != "" || !strings.Contains(body, `"error":"access_denied"`)):
			t.Errorf("%s %s: %d clients made, readable by %q: %s", c.origin, c.kind, made, readable, body)
		case c.status == 201 && (made != 1 || readable != c.origin):
			t.Errorf("%s: %d clients made, readable by %q", c.origin, made, readable)
		}
		if c.origin == "" {
			continue
		}
		if resp, _ := sent(t, p.HTTPClient(), "OPTIONS", p.Issuer()+"/register", "", "Origin", c.origin, "Access-Control-Request-Method", "POST"); (resp.StatusCode == 204) != (c.status == 201) || !slices.Contains(resp.Header.Values("Vary"), "Origin") {
			t.Errorf("preflight of %s: %s", c.origin, resp.Status)
		}
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Referer", "https://evil.example/"}} {
		if resp, body := sent(t, p.HTTPClient(), "POST", p.Issuer()+"/register", metadata, append(header, "Content-Type", "application/json")...); resp.StatusCode != 403 {
			t.Errorf("%v: %s %s", header, resp.Status, body)
		}
	}
}

// TestVaryOrigin: whatever may be read by other origins says that it depends on
// theirs, with or without one, errors and what faults make of an answer included.
func TestVaryOrigin(t *testing.T) {
	p := Start(t)
	for _, at := range []protocol.Endpoint{protocol.JWKSURI, protocol.TokenEndpoint, protocol.IntrospectionEndpoint} {
		length := fault.Fault{At: at, Times: new(int), Wire: &fault.Wire{LengthOff: 1}}
		if at == protocol.TokenEndpoint {
			length = fault.Fault{At: at, Times: new(int), Error: &fault.OAuthError{Code: "slow_down"}}
		}
		if at == protocol.IntrospectionEndpoint {
			length = fault.Fault{At: at, Times: new(int), Connection: "truncate"}
		}
		length.ID = string(at)
		if _, err := p.Fault(length); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		for _, path := range []string{
			"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/token", "/userinfo", "/introspect", "/revoke",
			"/device_authorization", "/par", "/register", "/register/nothing", "/resource/x",
		} {
			for _, method := range []string{"GET", "POST"} {
				for _, origin := range []string{"", "https://evil.example", "http://localhost:3000"} {
					req, err := http.NewRequest(method, p.Issuer()+path, nil)
					if err != nil {
						t.Fatal(err)
					}
					if origin != "" {
						req.Header.Set("Origin", origin)
					}
					resp, err := p.HTTPClient().Do(req)
					if err != nil {
						t.Fatal(err)
					}
					_ = resp.Body.Close() // some are cut short
					if !slices.Contains(resp.Header.Values("Vary"), "Origin") {
						t.Errorf("%s %s from %q: %s, Vary %q", method, path, origin, resp.Status, resp.Header.Values("Vary"))
					}
					open := !strings.HasPrefix(path, "/register")
					if got := resp.Header.Get("Access-Control-Allow-Origin"); origin == "https://evil.example" && open != (got == "*") {
						t.Errorf("%s %s from %s: readable by %q", method, path, origin, got)
					}
				}
			}
		}
		p.ClearFaults()
	}
}

func TestAllowOriginIsChecked(t *testing.T) {
	if _, err := New(WithProvider(persona.Persona{AllowOrigin: []string{"https://app.example.com/"}})); err == nil || !strings.Contains(err.Error(), "allow_origin") && !strings.Contains(err.Error(), "invalid origin") {
		t.Errorf("in Go: %v", err)
	}
	_, r := newRemote(t)
	if status, out := r.do("PATCH", "/_/api/provider", `{"allow_origin":["*"]}`); status != 400 || !strings.Contains(out["detail"].(string), "invalid origin") {
		t.Errorf("over the API: %d %v", status, out)
	}
	if status, out := r.do("PATCH", "/_/api/provider", `{"allow_origin":"https://app.example.com"}`); status != 200 {
		t.Errorf("over the API: %d %v", status, out)
	}
}
