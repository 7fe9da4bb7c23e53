package app_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// web is an App and its provider as a browser sees them.
type web struct {
	*clienttest.Provider
	app http.Handler
}

func (w web) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == "op.example" {
		return w.Provider.RoundTrip(req)
	}
	rec := httptest.NewRecorder()
	if req.Host == "" {
		req.Host = req.URL.Host
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	w.app.ServeHTTP(rec, req)
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

const home = "https://app.example/"

func newWeb(t *testing.T, change func(*app.Config)) web {
	t.Helper()
	p := clienttest.NewProvider(t)
	p.On["/authorize"] = func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		back := p.Authorize(q)
		if q.Get("login_hint") == "denied" {
			back = url.Values{"error": {"access_denied"}, "error_description": {"<script>canary</script>"}, "state": {q.Get("state")}, "iss": {clienttest.Issuer}}
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	}
	p.On["/logout"] = func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		http.Redirect(w, r, q.Get("post_logout_redirect_uri")+"?state="+url.QueryEscape(q.Get("state")), http.StatusFound)
	}
	cfg := app.Config{APIURL: clienttest.Issuer + "/api", Config: client.Config{
		Issuer: clienttest.Issuer, ClientID: "app", ClientSecret: "the-client-secret", RedirectURL: home + "callback",
		HTTPClient: &http.Client{Transport: p}, Now: p.Now, Sleep: p.Sleep,
	}}
	if change != nil {
		change(&cfg)
	}
	a, err := app.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return web{p, a}
}

// browser is a user agent with cookies of its own.
type browser struct {
	t    *testing.T
	http *http.Client
	jar  *cookiejar.Jar
	seen []string // addresses, in order
}

func (w web) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, jar: jar}
	b.http = &http.Client{Transport: w, Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		b.seen = append(b.seen, req.URL.String())
		return nil
	}}
	return b
}

type loaded struct {
	status int
	url    string
	header http.Header
	body   string
}

func (b *browser) do(req *http.Request) loaded {
	b.t.Helper()
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return loaded{resp.StatusCode, resp.Request.URL.String(), resp.Header, string(body)}
}

func (b *browser) get(address string) loaded {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) post(address string, form url.Values) loaded {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// press presses the button of a form on the first page.
func (b *browser) press(path string) loaded {
	b.t.Helper()
	page := b.get(home)
	m := regexp.MustCompile(`action="` + path + `"><input type="hidden" name="csrf" value="([^"]+)"`).FindStringSubmatch(page.body)
	if m == nil {
		b.t.Fatalf("no button for %s on\n%s", path, page.body)
	}
	return b.post(home+path[1:], url.Values{"csrf": {m[1]}})
}

func (l loaded) must(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(l.body, s) {
			t.Errorf("%s lacks %q:\n%s", l.url, s, l.body)
		}
	}
}

func (l loaded) mustNot(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(l.body, s) {
			t.Errorf("%s shows %q:\n%s", l.url, s, l.body)
		}
	}
}

func cookiesOf(t *testing.T, w web, path string) []*http.Cookie {
	t.Helper()
	rec := httptest.NewRecorder()
	w.app.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, home[:len(home)-1]+path, nil))
	return rec.Result().Cookies()
}
