package mockprovider

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

const controlToken = "a-token-for-the-control-api"

func TestControlToken(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true, BaseURL: "http://127.0.0.1:9400", ControlToken: controlToken})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	alone := Start(t, func(o *Options) { o.ControlToken = controlToken })
	for base, c := range map[string]*http.Client{h.BaseURL(): h.HTTPClient(), alone.Issuer(): alone.HTTPClient()} {
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", controlToken}, {"Authorization", "Basic " + controlToken}, {"Cookie", "authdrill_control=" + controlToken}, {"Cookie", "authdrill_control="}} {
			for _, at := range []string{"GET /_/", "GET /_/api/clock", "GET /_/api/openapi.yaml", "GET /_/api/journal/events", "POST /_/api/reset", "POST /_/", "POST /_/api/nothing", "DELETE /_/api/faults"} {
				method, path, _ := strings.Cut(at, " ")
				resp, body := sent(t, c, method, base+path, "", header...)
				if resp.StatusCode != http.StatusUnauthorized || strings.Contains(body, controlToken) {
					t.Errorf("%s with %v: %s", at, header, resp.Status)
				}
				if path != "/_/" && (!strings.Contains(body, "--control-token") || resp.Header.Get("WWW-Authenticate") == "") {
					t.Errorf("%s gives no hint: %s", at, body)
				}
			}
		}
		if resp, body := sent(t, c, "GET", base+"/_/api/clock", "", "Authorization", "bearer "+controlToken); resp.StatusCode != 200 {
			t.Errorf("with the token: %s %s", resp.Status, body)
		}
		if resp, _ := sent(t, c, "GET", base+"/.well-known/openid-configuration", ""); resp.StatusCode != 200 {
			t.Errorf("the provider itself: %s", resp.Status)
		}
	}
	if names := h.Names(); len(names) != 1 {
		t.Errorf("callers without the token made issuers: %q", names)
	}
}

// TestConsoleLogIn exchanges the token for a cookie that opens the console, and
// nothing that changes the issuer without the form's own token.
func TestConsoleLogIn(t *testing.T) {
	p := Start(t, func(o *Options) { o.ControlToken = controlToken })
	b := newBrowser(t, p.HTTPClient())
	resp, page := b.read(b.Get(p.Issuer() + "/_/"))
	if resp.StatusCode != 401 || !strings.Contains(page, `name="token"`) {
		t.Fatalf("%s %s", resp.Status, page)
	}
	if resp, page := b.press(resp, page, "token", "wrong"); resp.StatusCode != 401 || !strings.Contains(page, `role="alert"`) {
		t.Errorf("a wrong token: %s", resp.Status)
	}
	for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"}} {
		if resp, _ := sent(t, p.HTTPClient(), "POST", p.Issuer()+"/_/log-in", "token="+controlToken, append(header, "Content-Type", "application/x-www-form-urlencoded")...); resp.StatusCode != 403 {
			t.Errorf("from %v: %s", header, resp.Status)
		}
	}
	direct := *b.Client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := direct.PostForm(p.Issuer()+"/_/log-in", url.Values{"token": {controlToken}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	cookies := resp.Cookies()
	if resp.StatusCode != 303 || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Path != "/_/" || strings.Contains(cookies[0].Value, controlToken) {
		t.Fatalf("%s %v", resp.Status, cookies)
	}
	if resp, page := b.read(b.Get(p.Issuer() + "/_/")); resp.StatusCode != 200 || !strings.Contains(page, "<h1>Console</h1>") {
		t.Errorf("with the cookie: %s", resp.Status)
	}
	if resp, _ := b.read(b.Get(p.Issuer() + "/_/api/journal")); resp.StatusCode != 200 {
		t.Errorf("the journal with the cookie: %s", resp.Status)
	}
	if resp, _ := b.read(b.Post(p.Issuer()+"/_/api/reset", "application/json", nil)); resp.StatusCode != 401 {
		t.Errorf("a change with the cookie: %s", resp.Status)
	}
	if resp, _ := b.read(b.PostForm(p.Issuer()+"/_/", url.Values{"do": {"reset"}})); resp.StatusCode != 403 {
		t.Errorf("a button without its own token: %s", resp.Status)
	}
	if resp, page := b.read(b.PostForm(p.Issuer()+"/_/", url.Values{"do": {"freeze"}, "csrf": {p.csrf}})); resp.StatusCode != 200 || !strings.Contains(page, "stands still") {
		t.Errorf("a button: %s", resp.Status)
	}
	if text := p.Journal().Text(); strings.Contains(text, controlToken) {
		t.Error("the journal has the token")
	}
}

// TestControlPort serves /_/ on a port of its own, with the same defences.
func TestControlPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := "http://" + listener.Addr().String()
	h, err := NewHost(Options{OnDemand: true, BaseURL: "http://127.0.0.1:9400/auth", ControlURL: at})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	server := NewServer(h.Control())
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	provider := httptest.NewServer(h)
	defer provider.Close()
	for _, path := range []string{"/auth/_/", "/auth/_/api/clock", "/auth/t/acme/_/api/clock"} {
		if resp, body := sent(t, &http.Client{}, "GET", provider.URL+path, ""); resp.StatusCode != 404 || !strings.Contains(body, at) {
			t.Errorf("at the provider %s: %s %s", path, resp.Status, body)
		}
		if resp, body := sent(t, &http.Client{}, "GET", at+path, ""); resp.StatusCode != 200 {
			t.Errorf("at its own port %s: %s %s", path, resp.Status, body)
		}
	}
	if resp, _ := sent(t, &http.Client{}, "GET", at+"/auth/jwks", ""); resp.StatusCode != 404 {
		t.Errorf("the provider at the control port: %s", resp.Status)
	}
	p, _ := h.Issuer("acme")
	if p.ControlURL() != at+"/auth/t/acme/_/api" {
		t.Errorf("it calls itself %s", p.ControlURL())
	}
	if _, page := sent(t, &http.Client{}, "GET", provider.URL+"/auth/t/acme/", ""); !strings.Contains(page, at+"/auth/t/acme/_/") {
		t.Errorf("the front page leads elsewhere: %s", page)
	}
	if resp, body := sent(t, &http.Client{}, "POST", at+"/auth/_/api/issuers", `{"name":"new"}`, "Content-Type", "application/json"); resp.StatusCode != 201 || !strings.Contains(body, at+"/auth/t/new/_/api") {
		t.Errorf("a new issuer: %s", body)
	}
	if resp, _ := sent(t, &http.Client{}, "POST", at+"/auth/_/api/reset", "", "Origin", "https://evil.example"); resp.StatusCode != 403 {
		t.Errorf("from another origin: %s", resp.Status)
	}
	req, _ := http.NewRequest("GET", at+"/auth/_/api/clock", nil)
	req.Host = "evil.example"
	if resp, _ := (&browser{t, &http.Client{}}).read(http.DefaultClient.Do(req)); resp.StatusCode != 403 {
		t.Errorf("under another host name: %s", resp.Status)
	}
}

func TestWaitersAreBounded(t *testing.T) {
	h, r := newRemote(t)
	var open []io.Closer
	for range 64 {
		resp, err := h.HTTPClient().Get(r.base + "/_/api/journal/events")
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v %v", resp, err)
		}
		open = append(open, resp.Body)
	}
	if status, out := r.do("GET", "/_/api/journal/events", ""); status != 503 || !strings.Contains(out["detail"].(string), "64") {
		t.Errorf("one more: %d %v", status, out)
	}
	for _, c := range open {
		_ = c.Close()
	}
}

func TestFaultsAreBounded(t *testing.T) {
	_, r := newRemote(t)
	for range 1000 {
		if status, out := r.do("POST", "/_/api/faults", `{"at":"jwks_uri","connection":"reset"}`); status != 201 {
			t.Fatalf("%d %v", status, out)
		}
	}
	if status, out := r.do("POST", "/_/api/faults", `{"at":"jwks_uri","connection":"reset"}`); status != 409 || !strings.Contains(out["detail"].(string), "1000") {
		t.Errorf("one more: %d %v", status, out)
	}
}

// TestRegistrationsAreBounded: the oldest that registered themselves go, with what
// they need to come back; those of the configuration stay.
func TestRegistrationsAreBounded(t *testing.T) {
	log := &said{}
	p, err := New(func(o *Options) { o.Logf = log.logf }, WithClient(store.Client{ID: "mine"}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for n := range 520 {
		resp, body := sent(t, p.HTTPClient(), "POST", p.Issuer()+"/register", `{"client_name":"n"}`, "Content-Type", "application/json")
		if resp.StatusCode != 201 {
			t.Fatalf("%d: %s %s", n, resp.Status, body)
		}
	}
	if got := len(p.Clients()); got != 502 || log.about("500 clients") != 1 {
		t.Errorf("%d clients, %q", got, log.lines)
	}
	for _, id := range []string{"app", "mine"} {
		if _, ok := p.issuer().Store.Client(id); !ok {
			t.Errorf("%s is gone", id)
		}
	}
}
