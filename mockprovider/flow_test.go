package mockprovider

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is the least that can sign in: cookies, forms, redirects up to the
// client.
type browser struct {
	t *testing.T
	*http.Client
}

func newBrowser(t *testing.T, c *http.Client) *browser {
	jar, _ := cookiejar.New(nil) // cannot fail without options
	c.Jar = jar
	c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/callback") {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &browser{t, c}
}

func (b *browser) read(resp *http.Response, err error) (*http.Response, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp, string(body)
}

// press sends the first form of a page with an answer.
func (b *browser) press(at *http.Response, page, name, value string, more ...string) (*http.Response, string) {
	b.t.Helper()
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page)
	if action == nil {
		b.t.Fatalf("no form: %s", page)
	}
	form := url.Values{name: {value}}
	for _, hidden := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(hidden[1], hidden[2])
	}
	for _, s := range more {
		form.Add("scope", s)
	}
	to, err := at.Request.URL.Parse(action[1])
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(b.PostForm(to.String(), form))
}

func (b *browser) json(resp *http.Response, body string) map[string]any {
	b.t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		b.t.Fatalf("%s: %s", resp.Status, body)
	}
	return out
}

func TestAWholeSignIn(t *testing.T) {
	for name, start := range map[string]func(t *testing.T) (*Provider, *http.Client){
		"over loopback": func(t *testing.T) (*Provider, *http.Client) { p := Start(t); return p, &http.Client{} },
		"without a port": func(t *testing.T) (*Provider, *http.Client) {
			p, err := New(WithSeed(7))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			return p, p.HTTPClient()
		},
		"at a tenant with a path": func(t *testing.T) (*Provider, *http.Client) {
			h, err := NewHost(Options{OnDemand: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close() })
			c := h.HTTPClient()
			b := newBrowser(t, c)
			b.read(b.Get(h.BaseURL() + "/t/realms/acme/.well-known/openid-configuration"))
			p, ok := h.Issuer("realms/acme")
			if !ok {
				t.Fatalf("no issuer on demand: %v", h.Names())
			}
			_, body := b.read(b.Get(h.BaseURL() + "/.well-known/oauth-authorization-server/t/realms/acme"))
			if !strings.Contains(body, `"issuer":"`+p.Issuer()+`"`) {
				t.Fatalf("path insertion: %s", body)
			}
			return p, c
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := start(t)
			b := newBrowser(t, c)
			resp, page := b.read(b.Get(p.Issuer() + "/authorize?" + url.Values{
				"client_id": {"app"}, "response_type": {"code"}, "scope": {"openid email offline_access"},
				"redirect_uri": {"http://127.0.0.1:1/callback"}, "state": {"a-state"}, "nonce": {"a-nonce"},
			}.Encode()))
			resp, page = b.press(resp, page, "login", "alice")
			resp, _ = b.press(resp, page, "consent", "allow", "email", "offline_access")
			back, err := resp.Location()
			if resp.StatusCode != http.StatusFound {
				t.Errorf("redirected with %s, as no provider does", resp.Status)
			}
			if err != nil || back.Query().Get("state") != "a-state" || back.Query().Get("iss") != p.Issuer() {
				t.Fatalf("%v %v\n%s", resp.Status, back, p.Journal().Text())
			}
			tokens := b.json(b.read(b.PostForm(p.Issuer()+"/token", url.Values{
				"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {"http://127.0.0.1:1/callback"},
				"client_id": {"app"}, "client_secret": {"app-secret"},
			})))
			if tokens["token_type"] != "Bearer" || tokens["expires_in"] != 3600.0 || tokens["id_token"] == nil || tokens["refresh_token"] == nil {
				t.Fatalf("%v\n%s", tokens, p.Journal().Text())
			}
			req, _ := http.NewRequest("GET", p.Issuer()+"/userinfo", nil)
			req.Header.Set("Authorization", "Bearer "+tokens["access_token"].(string))
			if got := b.json(b.read(b.Do(req))); got["email"] != "alice@example.com" || got["sub"] != "alice" || got["name"] != nil {
				t.Fatalf("userinfo: %v", got)
			}
			if entries := p.Journal().Entries(); len(entries) != 5 && name != "at a tenant with a path" || entries[len(entries)-1].Login != "L1" {
				t.Errorf("the journal does not bind the exchanges:\n%s", p.Journal().Text())
			}
		})
	}
}
