package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func options(address string) Options {
	return Options{
		URL: address, Now: clock.Machine, Lookup: func(string) (string, bool) { return "", false }, Timeout: time.Minute,
		Remedy: func(cause, _ string) string { return "remedy of " + cause },
	}
}

// finding returns the first finding of a check and level, or what there was.
func finding(all []Finding, level Level, check string) string {
	var text strings.Builder
	for _, f := range all {
		if f.Level == level && f.Check == check {
			return f.What + " → " + f.Remedy
		}
		_, _ = fmt.Fprintln(&text, f)
	}
	return "no such finding in:\n" + text.String()
}

// other is a provider that is not authdrill: metadata, keys and an answer to preflight
// requests, which a test changes.
type other struct {
	*httptest.Server
	metadata map[string]any
	keys     string
	header   http.Header
	skew     time.Duration
	asked    []string // method, path and the authorization that came
}

func newOther(t *testing.T) *other {
	t.Helper()
	o := &other{keys: `{"keys": [{"kty": "RSA", "kid": "1"}]}`, header: http.Header{"Access-Control-Allow-Origin": {"*"}}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(o.metadata) })
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, o.keys) })
	mux.HandleFunc("/token", func(http.ResponseWriter, *http.Request) {})
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.asked = append(o.asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		for name, values := range o.header {
			w.Header()[name] = values
		}
		w.Header().Set("Date", clock.Machine().Add(o.skew).Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(o.Close)
	o.metadata = map[string]any{
		"issuer": o.URL, "authorization_endpoint": o.URL + "/authorize", "token_endpoint": o.URL + "/token", "jwks_uri": o.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	}
	return o
}

func TestAProviderThatIsWell(t *testing.T) {
	o := newOther(t)
	all, dead := Examine(t.Context(), options(o.URL))
	if dead || Failed(all) {
		t.Errorf("%v", all)
	}
	for _, check := range []string{"proxy", "address", "clock", "discovery", "issuer", "keys", "cors"} {
		if got := finding(all, OK, check); strings.HasPrefix(got, "no such") {
			t.Errorf("%s: %s", check, got)
		}
	}
	for _, request := range o.asked {
		if !strings.HasSuffix(request, " ") || strings.HasPrefix(request, "POST") {
			t.Errorf("another provider was sent %s", request)
		}
	}
}

// TestPlantedFaults has a provider with one fault each, and what must be said of it.
func TestPlantedFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		plant func(*other)
		path  string // after the address, in what the app is told
		level Level
		check string
		want  string
	}{
		"slash at the end":      {nil, "/", Fail, "issuer", "they differ in the slash at the end"},
		"slash in the metadata": {func(o *other) { o.metadata["issuer"] = o.URL + "/" }, "", Fail, "issuer", "the slash at the end"},
		"localhost":             {func(o *other) { o.metadata["issuer"] = strings.Replace(o.URL, "127.0.0.1", "localhost", 1) }, "", Fail, "issuer", "localhost and 127.0.0.1 are two names"},
		"scheme":                {func(o *other) { o.metadata["issuer"] = strings.Replace(o.URL, "http:", "https:", 1) }, "", Fail, "issuer", "they differ in the scheme"},
		"path":                  {func(o *other) { o.metadata["issuer"] = o.URL + "/realms/acme" }, "", Fail, "issuer", "they differ in the path"},
		"another host":          {func(o *other) { o.metadata["issuer"] = "https://op.example.com" }, "", Fail, "issuer", "they differ in host or port"},
		"no issuer":             {func(o *other) { delete(o.metadata, "issuer") }, "", Fail, "issuer", "has no issuer"},
		"path of nobody":        {nil, "/realms/acme", Fail, "issuer", "there is one at http://127.0.0.1:"},
		"discovery document":    {nil, "/.well-known/openid-configuration", Warn, "url", "tell your app the issuer: http://127.0.0.1:"},
		"no jwks_uri":           {func(o *other) { delete(o.metadata, "jwks_uri") }, "", Warn, "metadata", "no jwks_uri"},
		"relative endpoint":     {func(o *other) { o.metadata["token_endpoint"] = "/token" }, "", Fail, "metadata", "token_endpoint is not an absolute URL"},
		"name of a container":   {func(o *other) { o.metadata["token_endpoint"] = "http://op.invalid:9400/token" }, "", Fail, "metadata", "cannot be looked up from here"},
		"no keys":               {func(o *other) { o.keys = `{"keys": []}` }, "", Fail, "keys", "has no keys"},
		"keys that are none":    {func(o *other) { o.keys = `<html>` }, "", Fail, "keys", "no JWK Set"},
		"private key":           {func(o *other) { o.keys = `{"keys": [{"kid": "1", "d": "x"}]}` }, "", Fail, "keys", "published with its private part"},
		"two keys of one name":  {func(o *other) { o.keys = `{"keys": [{"kid": "1"}, {"kid": "1"}]}` }, "", Warn, "keys", "two keys have the kid 1"},
		"no CORS":               {func(o *other) { o.header = http.Header{} }, "", Warn, "cors", "may not ask the token endpoint"},
		"CORS for another":      {func(o *other) { o.header.Set("Access-Control-Allow-Origin", "https://app.example.com") }, "", Warn, "cors", "may not ask"},
		"clock a little off":    {func(o *other) { o.skew = 30 * time.Second }, "", Warn, "clock", "differs from this machine's by "},
		"clock far off":         {func(o *other) { o.skew = -2 * time.Hour }, "", Fail, "clock", "differs from this machine's by -2h"},
		"http":                  {nil, "", Warn, "cookies", "silent renewal"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOther(t)
			if tc.plant != nil {
				tc.plant(o)
			}
			all, _ := Examine(t.Context(), options(o.URL+tc.path))
			if got := finding(all, tc.level, tc.check); !strings.Contains(got, tc.want) {
				t.Errorf("want %s: %s", tc.want, got)
			}
			if Failed(all) != (tc.level == Fail) {
				t.Errorf("failed: %v: %v", Failed(all), all)
			}
		})
	}
}

// TestWhatIsNoProvider: something answers, and not what is looked for.
func TestWhatIsNoProvider(t *testing.T) {
	for name, tc := range map[string]struct {
		answer      func(w http.ResponseWriter, r *http.Request)
		check, want string
	}{
		"HTML": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Server", "nginx")
			_, _ = fmt.Fprint(w, "<html>")
		}, "discovery", "it calls itself nginx"},
		"not found": {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, "discovery", "Not Found"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.com/", http.StatusFound)
		}, "discovery", "redirects to https://elsewhere.example.com/"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<16))); err != nil {
					return
				}
			}
		}, "discovery", "not with JSON"},
		"refused host": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "authdrill does not answer to the host name op. If it should, start it with --allow-host op.", http.StatusForbidden)
		}, "host", "--allow-host 127.0.0.1"},
	} {
		s := httptest.NewServer(http.HandlerFunc(tc.answer))
		all, _ := Examine(t.Context(), options(s.URL))
		s.CloseClientConnections()
		s.Close()
		if got := finding(all, Fail, tc.check); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestNobodyAnswers: the second result is about these.
func TestNobodyAnswers(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, tc := range []struct{ url, check, want string }{
		{"http://" + address, "address", "nothing listens at " + address},
		{"http://op.invalid:9400", "address", "cannot be looked up"},
		{"http://" + silent.Addr().String(), "discovery", "does not answer"},
		{"https://" + silent.Addr().String(), "tls", "handshake fails"},
	} {
		o := options(tc.url)
		o.Timeout = 300 * time.Millisecond
		all, dead := Examine(t.Context(), o)
		if got := finding(all, Fail, tc.check); !strings.Contains(got, tc.want) || dead != (tc.check != "tls") {
			t.Errorf("%s: dead %v: %s", tc.url, dead, got)
		}
	}
	for _, text := range []string{"", "localhost:9400", "ftp://x", "http://", "http://u:p@x", "http://x/?q=1", "http://x/#f", "://"} {
		if all, dead := Examine(t.Context(), options(text)); dead || len(all) != 1 || all[0].Check != "url" || all[0].Level != Fail {
			t.Errorf("%q: %v", text, all)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if all, _ := Examine(ctx, options("http://"+address)); len(all) > 3 {
		t.Errorf("it goes on: %v", all)
	}
}

func TestProxies(t *testing.T) {
	closed := "http://127.0.0.1:1"
	for name, tc := range map[string]struct {
		url   string
		env   map[string]string
		level Level
		want  string
	}{
		"none":             {closed, nil, OK, "no proxy is set"},
		"for http":         {closed, map[string]string{"HTTP_PROXY": "http://user:secret@proxy:3128"}, Warn, "HTTP_PROXY sends requests to proxy:3128"},
		"in small letters": {closed, map[string]string{"http_proxy": "http://proxy:3128"}, Warn, "NO_PROXY=localhost,127.0.0.1,::1"},
		"for all":          {closed, map[string]string{"ALL_PROXY": "socks5://proxy:1080"}, Warn, "ALL_PROXY"},
		"for https only":   {closed, map[string]string{"HTTPS_PROXY": "http://proxy:3128"}, OK, "no proxy is set"},
		"left out":         {closed, map[string]string{"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, 127.0.0.1"}, OK, "NO_PROXY leaves out"},
		"left out, a net":  {closed, map[string]string{"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "127.0.0.0/8"}, OK, "NO_PROXY leaves out"},
		"everything":       {closed, map[string]string{"HTTP_PROXY": "http://proxy:3128", "no_proxy": "*"}, OK, "NO_PROXY leaves out"},
		"another host":     {"http://op.invalid", map[string]string{"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "localhost"}, Warn, "NO_PROXY=op.invalid"},
		"a domain":         {"http://op.invalid", map[string]string{"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": ".invalid"}, OK, "leaves out op.invalid"},
	} {
		o := options(tc.url)
		o.Lookup = func(name string) (string, bool) { v, ok := tc.env[name]; return v, ok }
		o.Timeout = time.Second
		all, _ := Examine(t.Context(), o)
		if got := finding(all, tc.level, "proxy"); !strings.Contains(got, tc.want) || strings.Contains(got, "secret") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestCertificates: each is refused for its own reason.
func TestCertificates(t *testing.T) {
	own, err := certificate.New(clock.Machine())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[certificate.Kind]string{}
	for _, k := range certificate.Kinds() {
		kinds[k] = ""
	}
	for name, tc := range map[string]struct {
		kind  certificate.Kind
		known bool // the authority is authdrill's on this machine
		level Level
		want  string
	}{
		"authdrill's own":  {"", true, Warn, "authdrill's own authority, which this machine does not trust → authdrill ca install; or name it: Node NODE_EXTRA_CA_CERTS=/ca.pem, Python REQUESTS_CA_BUNDLE=/bundle.pem"},
		"of somebody":      {"", false, Fail, "this machine does not trust the authority of the certificate"},
		"expired":          {certificate.Expired, true, Fail, "expired"},
		"from tomorrow":    {certificate.NotYetValid, true, Fail, "set the clock of this machine"},
		"for another name": {certificate.WrongHost, true, Fail, "the certificate is not for 127.0.0.1"},
	} {
		own.Use(tc.kind)
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.TLS, s.Config.ErrorLog = own.Server(), log.New(io.Discard, "", 0)
		s.StartTLS()
		o := options(s.URL)
		o.CAFile, o.CABundle, o.CAInstall = "/ca.pem", "/bundle.pem", "authdrill ca install"
		if tc.known {
			o.Authority = own.PEM()
		}
		all, _ := Examine(t.Context(), o)
		s.Close()
		if got := finding(all, tc.level, "tls"); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	all, dead := Examine(t.Context(), options("https"+strings.TrimPrefix(plain.URL, "http")))
	if got := finding(all, Fail, "tls"); !strings.Contains(got, "does not speak TLS") || dead {
		t.Errorf("plain HTTP: %v %s", dead, got)
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	all, _ = Examine(t.Context(), options("http"+strings.TrimPrefix(secure.URL, "https")))
	if got := finding(all, Fail, "tls"); !strings.Contains(got, "write the issuer as https://") {
		t.Errorf("TLS: %s", got)
	}
}

// TestAuthdrillKnowsMore: its clock and its last refusals, with what was registered.
func TestAuthdrillKnowsMore(t *testing.T) {
	p := mockprovider.Start(t, mockprovider.WithClient(store.Client{ID: "web", RedirectURIs: []string{"http://127.0.0.1:3000/callback", "https://app.example.com/cb"}}))
	if all, _ := Examine(t.Context(), options(p.Issuer())); Failed(all) || !strings.Contains(finding(all, OK, "refused"), "no request was refused") {
		t.Errorf("%v", all)
	}
	ask := func(query string) {
		t.Helper()
		resp, err := http.Get(p.Issuer() + "/authorize?response_type=code&" + query)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	ask("client_id=nobody")
	ask("client_id=web&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%2F")
	if err := p.Clock().Advance(3 * time.Hour); err != nil {
		t.Fatal(err)
	}
	all, _ := Examine(t.Context(), options(p.Issuer()))
	for _, tc := range []struct {
		level       Level
		check, want string
	}{
		{Fail, "redirect_uri", "request 4 of web sent the redirect URI https://app.example.com/cb/; registered: http://127.0.0.1:3000/callback, https://app.example.com/cb; it differs from https://app.example.com/cb in the slash at the end"},
		{Warn, "refused", "nobody: invalid_client: not registered → remedy of authorize.client_unknown"},
		{Warn, "clock", "3h0m0s from this machine's"},
	} {
		if got := finding(all, tc.level, tc.check); !strings.Contains(got, tc.want) {
			t.Errorf("want %s: %s", tc.want, got)
		}
	}
	p.Clock().Freeze(true)
	all, _ = Examine(t.Context(), options(p.Issuer()))
	if got := finding(all, Warn, "clock"); !strings.Contains(got, "is frozen") {
		t.Error(got)
	}
}

func TestControlTokenGoesToTheControlAPI(t *testing.T) {
	p := mockprovider.Start(t, func(o *mockprovider.Options) { o.ControlToken = "a-token" })
	all, _ := Examine(t.Context(), options(p.Issuer()))
	if got := finding(all, Warn, "control"); !strings.Contains(got, "--control-token") {
		t.Error(got)
	}
	o := options(p.Issuer())
	o.Token = "a-token"
	if all, _ = Examine(t.Context(), o); !strings.HasPrefix(finding(all, OK, "refused"), "no request") {
		t.Errorf("%v", all)
	}
}
