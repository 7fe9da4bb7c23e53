package mockprovider

import (
	"fmt"
	"net/http"
	"net/url"
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

// place is a path of a provider, for TestCrossOriginEverywhere.
type place struct {
	endpoint protocol.Endpoint // empty: there is nothing
	path     string
}

func (at place) isPage() bool {
	return slices.Contains([]protocol.Endpoint{
		protocol.AuthorizationEndpoint, protocol.EndSessionEndpoint, protocol.DeviceVerification, protocol.SignIn, protocol.Home, protocol.Canary,
		protocol.CheckSessionIframe, protocol.CheckSessionInit, protocol.CookieCheck, protocol.CookieCheckResult,
	}, at.endpoint)
}

// places are all paths of a persona's provider: endpoints, resources, pages, and one
// where there is nothing.
func places(p persona.Persona) []place {
	var out []place
	add := func(e protocol.Endpoint, path string) {
		for n, segment := range []string{"{rest...}", "{ticket}", "{client_id}", "{$}"} {
			path = strings.ReplaceAll(path, segment, []string{"x", "x", "x", ""}[n])
		}
		out = append(out, place{e, strings.NewReplacer("{", "", "}", "").Replace(path)})
	}
	d := p.Dialect
	for _, r := range protocol.Routes() {
		own := slices.Contains([]protocol.Endpoint{protocol.SignIn, protocol.Canary, protocol.Home, protocol.DeviceVerification}, r.Endpoint)
		if d == nil || own && !(r.Endpoint == protocol.Home && len(d.Calls) > 0) { // some call the front page
			add(r.Endpoint, r.Path)
		}
	}
	if d != nil {
		for _, e := range d.Endpoints.All() {
			for _, address := range e.URLs {
				u, _ := url.Parse(address)
				add(e.Name, u.Path)
			}
		}
		for k := range d.Resources {
			for _, address := range d.Resources[k].URLs {
				u, _ := url.Parse(address)
				add(d.Resources[k].Name(), u.Path)
			}
		}
	}
	if d != nil {
		for _, c := range d.Calls {
			for _, address := range c.URLs {
				u, _ := url.Parse(address)
				add(c.Endpoint, u.Path)
			}
		}
	}
	if slices.ContainsFunc(out, func(at place) bool { return at.path == "/" && !at.isPage() }) {
		out = slices.DeleteFunc(out, func(at place) bool { return at.endpoint == protocol.Home }) // a resource is there too, for other methods
	}
	all := slices.Clone(out)
	return append(slices.DeleteFunc(out, func(page place) bool { // a resource has that path, at another host name
		return page.isPage() && slices.ContainsFunc(all, func(at place) bool { return at.path == page.path && !at.isPage() })
	}), place{path: "/there/is/nothing"})
}

// corsFaults are faults that answer in place of an endpoint, or change its answer.
func corsFaults() []fault.Fault {
	text := "an answer"
	return []fault.Fault{
		{Error: &fault.OAuthError{Code: "slow_down", Status: 429}},
		{Refuse: "token.code_expired"},
		{Refuse: "google:token.code_expired"},
		{Respond: &fault.Respond{Status: 503, Body: &text, Headers: map[string]string{"X-Trace": "1", "Retry-After": "2"}}},
		{Wire: &fault.Wire{Headers: map[string]string{"X-Trace": "1"}}},
		{Wire: &fault.Wire{LengthOff: 1}},
		{Connection: "truncate"},
	}
}

// TestCrossOriginEverywhere walks each path of each persona, with what goes well and
// with every kind of error: a script of another origin reads each answer that is not
// a page of the browser's session, and never such a page (Fetch standard, CORS
// protocol).
func TestCrossOriginEverywhere(t *testing.T) {
	for n, name := range persona.Names() {
		if testing.Short() && n%4 > 0 {
			continue // a quarter of the personas, where it has to be quick
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings, err := persona.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			p := Start(t, WithProvider(settings))
			for _, at := range places(settings) {
				checkAnswers(t, p, at, "")
				checkPreflights(t, p, at)
				if at.endpoint == "" || !slices.Contains(protocol.Values[protocol.Endpoint]("fault"), string(at.endpoint)) {
					continue
				}
				for _, f := range corsFaults() {
					f.At, f.Times = at.endpoint, new(int)
					if _, err := p.Fault(f); err != nil {
						continue // not at that endpoint
					}
					checkAnswers(t, p, at, f.String())
					p.ClearFaults()
				}
			}
		})
	}
}

func checkAnswers(t *testing.T, p *Provider, at place, with string) {
	t.Helper()
	for _, c := range []struct{ method, body, kind string }{
		{"GET", "", ""}, {"POST", "", ""}, {"PUT", "{}", "application/json"}, {"PATCH", "x", "text/plain"}, {"DELETE", "", ""}, {"OPTIONS", "", ""},
		{"POST", "grant_type=authorization_code&code=x&client_id=app&client_secret=wrong", "application/x-www-form-urlencoded"},
		{"POST", "grant_type=client_credentials&client_id=app&client_secret=app-secret&token=x", "application/x-www-form-urlencoded"},
		{"POST", "a=%zz", "application/x-www-form-urlencoded"}, {"POST", "{", "application/json"}, {"POST", strings.Repeat("x", 70<<10), "application/x-www-form-urlencoded"},
	} {
		if at.path == "/" && !at.isPage() && c.method == "GET" {
			continue // the home page
		}
		if with != "" && (c.method == "OPTIONS" || c.kind == "text/plain" || len(c.body) > 100) {
			continue
		}
		origins := []string{"", "https://app.example", "http://localhost:5173", "null", "capacitor://localhost", "https://a.example https://b.example"}
		if with != "" {
			origins = origins[:2]
		}
		for _, origin := range origins {
			what := fmt.Sprintf("%s %s of %q from %q, %s", c.method, at.path, c.body[:min(len(c.body), 20)], origin, with)
			resp := answerAt(t, p, at, c.method, c.body, "Content-Type", c.kind, "Origin", origin, "Authorization", "Bearer x")
			h := resp.Header
			readable := h.Get("Access-Control-Allow-Origin")
			open := origin != "" && !strings.Contains(origin, " ")
			if at.endpoint == protocol.RegistrationEndpoint {
				open = origin == "http://localhost:5173"
			}
			switch {
			case at.isPage():
				if text := fmt.Sprint(h); strings.Contains(text, "Access-Control") {
					t.Errorf("%s: a page has %s", what, text)
				}
			case !slices.Contains(varies(h), "Origin"):
				t.Errorf("%s: %s, Vary %q", what, resp.Status, h.Values("Vary"))
			case open != (readable == origin && readable != ""), open != (h.Get("Access-Control-Allow-Credentials") == "true"), !open && readable != "":
				t.Errorf("%s: %s, readable by %q, credentials %q", what, resp.Status, readable, h.Get("Access-Control-Allow-Credentials"))
			case open && c.method != "OPTIONS":
				checkExposed(t, what, resp)
			}
		}
	}
}

// checkExposed: scripts read each header field that the answer has for them.
func checkExposed(t *testing.T, what string, resp *http.Response) {
	t.Helper()
	exposed := strings.Split(resp.Header.Get("Access-Control-Expose-Headers"), ", ")
	for _, name := range []string{"WWW-Authenticate", "DPoP-Nonce", "Retry-After"} {
		if !slices.Contains(exposed, name) {
			t.Errorf("%s: exposed are %q, not %s", what, exposed, name)
		}
	}
	for name := range resp.Header {
		if strings.HasPrefix(name, "X-") && name != "X-Content-Type-Options" && !slices.Contains(exposed, name) {
			t.Errorf("%s: exposed are %q, not %s", what, exposed, name)
		}
	}
}

func varies(h http.Header) []string { return strings.Split(strings.Join(h.Values("Vary"), ", "), ", ") }

// answerAt is an answer without its body, which may be cut short.
func answerAt(t *testing.T, p *Provider, at place, method, body string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, p.Issuer()+at.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n+1 < len(header); n += 2 {
		if header[n+1] != "" {
			req.Header.Set(header[n], header[n+1])
		}
	}
	c := p.HTTPClient()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(method, at.path, err)
	}
	_ = resp.Body.Close()
	return resp
}

// checkPreflights: what a script asks for is allowed, and nothing else is repeated.
func checkPreflights(t *testing.T, p *Provider, at place) {
	t.Helper()
	for _, c := range []struct {
		method, headers string
		allowed         []string // header names
	}{
		{"POST", "auth0-client,content-type", []string{"auth0-client", "content-type"}},
		{"GET", "authorization", []string{"authorization"}}, {"PATCH", "DPoP, X-Okta-User-Agent-Extended", []string{"DPoP", "X-Okta-User-Agent-Extended"}},
		{"POST", "", nil}, {"", "x-amz-target,x-amz-user-agent", []string{"x-amz-target", "x-amz-user-agent"}},
		{"POST", "ok,<script>,a b,\u00e4,,*", []string{"ok", "*"}}, {"PO ST", strings.Repeat("x", 101) + ",y", []string{"y"}},
	} {
		resp := answerAt(t, p, at, "OPTIONS", "", "Origin", "http://localhost:5173", "Access-Control-Request-Method", c.method,
			"Access-Control-Request-Headers", c.headers, "Access-Control-Request-Private-Network", "true")
		h := resp.Header
		methods, names := strings.Split(h.Get("Access-Control-Allow-Methods"), ", "), strings.Split(h.Get("Access-Control-Allow-Headers"), ", ")
		if h.Get("Access-Control-Allow-Headers") == "" {
			names = nil
		}
		switch {
		case at.isPage():
			if strings.Contains(fmt.Sprint(h), "Access-Control") {
				t.Errorf("preflight for the page %s: %v", at.path, h)
			}
		case resp.StatusCode != 204, h.Get("Access-Control-Allow-Origin") != "http://localhost:5173", h.Get("Access-Control-Allow-Credentials") != "true",
			h.Get("Access-Control-Allow-Private-Network") != "true":
			t.Errorf("preflight for %s: %s %v", at.path, resp.Status, h)
		case !slices.Equal(names, c.allowed):
			t.Errorf("preflight for %s with %q allows the headers %q", at.path, c.headers, names)
		case slices.Contains(methods, c.method) == (c.method == "" || strings.Contains(c.method, " ")):
			t.Errorf("preflight for %s with %q allows the methods %q", at.path, c.method, methods)
		}
		for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
			if !at.isPage() && !slices.Contains(varies(h), name) {
				t.Errorf("preflight for %s: Vary %q", at.path, h.Values("Vary"))
			}
		}
	}
}

// TestPreflightIsBounded: a preflight cannot have any number of names repeated.
func TestPreflightIsBounded(t *testing.T) {
	p := Start(t)
	resp := answerAt(t, p, place{path: "/token"}, "OPTIONS", "", "Origin", "https://app.example", "Access-Control-Request-Method", "POST",
		"Access-Control-Request-Headers", strings.Repeat("x-header,", 1000))
	if n := len(strings.Split(resp.Header.Get("Access-Control-Allow-Headers"), ",")); n != 100 {
		t.Errorf("%d names", n)
	}
}

// TestFaultDropsCORS: what a fault says of these headers is what is sent.
func TestFaultDropsCORS(t *testing.T) {
	p := Start(t)
	for _, f := range []fault.Fault{
		{At: protocol.TokenEndpoint, Respond: &fault.Respond{Status: 500, Headers: map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Expose-Headers": "X-Own"}}},
		{At: protocol.TokenEndpoint, Wire: &fault.Wire{Headers: map[string]string{"Access-Control-Allow-Origin": "https://elsewhere.example"}}},
	} {
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
		h := answerAt(t, p, place{path: "/token"}, "POST", "", "Origin", "https://app.example").Header
		if got := h.Values("Access-Control-Allow-Origin"); len(got) == 1 && got[0] == "https://app.example" {
			t.Errorf("%s: the answer is still readable: %v", f.String(), h)
		}
		if f.Respond != nil && h.Get("Access-Control-Expose-Headers") != "X-Own" {
			t.Errorf("%s: %v", f.String(), h)
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
