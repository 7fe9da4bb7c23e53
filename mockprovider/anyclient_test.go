package mockprovider

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// anyClient starts a provider that signs alice in by itself.
func anyClient(t *testing.T, lax ...string) (*Provider, *http.Client) {
	t.Helper()
	p := Start(t, WithProvider(persona.Persona{SignIn: "auto", Lax: lax}), WithClient(store.Client{ID: "mine", Secret: "mine-secret", RedirectURIs: []string{"https://mine.test/cb"}}))
	return p, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// authorized sends an authorization request and returns the answer's parameters,
// nil where the browser was not sent back.
func authorized(t *testing.T, c *http.Client, p *Provider, params ...string) url.Values {
	t.Helper()
	form := url.Values{"response_type": {"code"}, "scope": {"openid"}, "nonce": {"a-nonce"}, "state": {"a-state"}}
	for n := 0; n < len(params); n += 2 {
		form.Set(params[n], params[n+1])
	}
	resp, err := c.Get(p.Issuer() + "/authorize?" + form.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	to, err := resp.Location()
	if err != nil || !strings.HasPrefix(resp.Header.Get("Location"), form.Get("redirect_uri")) {
		return nil
	}
	if to.Fragment != "" {
		values, _ := url.ParseQuery(to.Fragment)
		return values
	}
	return to.Query()
}

func TestAnyClientSignsIn(t *testing.T) {
	for name, tc := range map[string]struct {
		id, uri     string
		credentials url.Values
	}{
		"no secret":      {"spa", "http://localhost:5173/", url.Values{"client_id": {"spa"}}},
		"a secret":       {"web", "https://app.example.test/auth/callback?tenant=1", url.Values{"client_id": {"web"}, "client_secret": {"anything"}}},
		"another one":    {"app-2", "com.example.app:/callback", url.Values{"client_id": {"app-2"}, "client_secret": {"anything"}}},
		"odd name":       {"https://client.example.test/metadata.json", "https://client.example.test/cb", url.Values{"client_id": {"https://client.example.test/metadata.json"}}},
		"an assertion":   {"signer", "https://a.test/cb", url.Values{"client_id": {"signer"}, "client_assertion": {"x.y.z"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}},
		"name of spaces": {"my first app", "https://a.test/cb", url.Values{"client_id": {"my first app"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, lax := range []bool{true, false} {
				var rules []string
				if lax {
					rules = []string{"any-client"}
				}
				p, c := anyClient(t, rules...)
				answer := authorized(t, c, p, "client_id", tc.id, "redirect_uri", tc.uri, "scope", "openid offline_access")
				form := url.Values{"grant_type": {"authorization_code"}, "code": {answer.Get("code")}, "redirect_uri": {tc.uri}}
				for member, values := range tc.credentials {
					form[member] = values
				}
				resp, err := c.PostForm(p.Issuer()+"/token", form)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if got := resp.StatusCode == http.StatusOK; got != lax || (answer != nil) != lax {
					t.Errorf("lax %v: %v %s\n%s", lax, answer, resp.Status, p.Journal().Text())
				}
				known := slices.ContainsFunc(p.Clients(), func(c *store.Client) bool { return c.ID == tc.id })
				if known != lax {
					t.Errorf("lax %v: registered %v", lax, known)
				}
			}
		})
	}
}

func TestAnyClientHasItsLimits(t *testing.T) {
	p, c := anyClient(t, "any-client")
	for name, params := range map[string][]string{
		"relative URI":            {"client_id", "new", "redirect_uri", "/callback"},
		"fragment":                {"client_id", "new", "redirect_uri", "https://a.test/cb#here"},
		"script":                  {"client_id", "new", "redirect_uri", "javascript:alert(1)"},
		"no client_id":            {"client_id", "", "redirect_uri", "https://a.test/cb"},
		"control character":       {"client_id", "a\x01", "redirect_uri", "https://a.test/cb"},
		"endless name":            {"client_id", strings.Repeat("a", 201), "redirect_uri", "https://a.test/cb"},
		"URI of a registered one": {"client_id", "mine", "redirect_uri", "https://a.test/cb"},
	} {
		if answer := authorized(t, c, p, params...); answer != nil {
			t.Errorf("%s: %v", name, answer)
		}
	}
	for secret, want := range map[string]int{"wrong": 401, "mine-secret": 200} {
		resp, err := c.PostForm(p.Issuer()+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"mine"}, "client_secret": {secret}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("a registered client with the secret %s: %s", secret, resp.Status)
		}
	}
	if answer := authorized(t, c, p, "client_id", "implicit", "redirect_uri", "https://a.test/cb", "response_type", "id_token token"); answer.Get("id_token") == "" {
		t.Errorf("every response type: %v", answer)
	}
	_, page := sent(t, c, "GET", p.Issuer()+"/authorize?response_type=code&client_id=new&redirect_uri=/callback", "")
	if !strings.Contains(page, "the client may have any that is absolute") {
		t.Errorf("the reason of a refused URI:\n%s", page)
	}
}

// TestAnyClientEndsWithTheRule: a client that came with the rule goes with it, one
// that is registered under its name meanwhile stays, and all go at a reset.
func TestAnyClientEndsWithTheRule(t *testing.T) {
	p, c := anyClient(t, "any-client")
	code := func(id string) string {
		return authorized(t, c, p, "client_id", id, "redirect_uri", "http://127.0.0.1:1/cb").Get("code")
	}
	if code("one") == "" || code("two") == "" {
		t.Fatal(p.Journal().Text())
	}
	if err := p.Overlay(setup.Setup{Provider: persona.Persona{Lax: []string{}}, Clients: map[string]*store.Client{"two": {Secret: "x"}}}); err != nil {
		t.Fatal(err)
	}
	if code("one") != "" || code("two") == "" || code("three") != "" {
		t.Errorf("without the rule:\n%s", p.Journal().Text())
	}
	if err := p.Reset(); err != nil {
		t.Fatal(err)
	}
	if len(p.Clients()) != 2 || code("two") == "" {
		t.Errorf("after a reset: %d clients", len(p.Clients()))
	}
}

// TestAnyClientsAreBounded: the latest 500 are kept, and the console says what they
// are.
func TestAnyClientsAreBounded(t *testing.T) {
	log := &said{}
	p, err := New(func(o *Options) { o.Logf = log.logf }, WithProvider(persona.Persona{Lax: []string{"any-client"}}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for n := range 520 {
		_, _ = sent(t, p.HTTPClient(), "POST", p.Issuer()+"/token", "grant_type=client_credentials&client_id="+fmt.Sprintf("c%03d", n), "Content-Type", "application/x-www-form-urlencoded")
	}
	if got := len(p.Clients()); got != 501 || log.about("500 clients") != 1 {
		t.Errorf("%d clients, %q", got, log.lines)
	}
	if _, page := sent(t, p.HTTPClient(), "GET", p.Issuer()+"/_/", ""); !strings.Contains(page, "c519") || strings.Contains(page, ">c019<") || !strings.Contains(page, "not enforced: any-client") || !strings.Contains(page, "any, not registered") {
		t.Error("the console does not show them")
	}
}
