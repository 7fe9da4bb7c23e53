package fetch

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// anywhere allows everything, so that what is refused is refused for another reason.
func anywhere(string) bool { return true }

func TestOnlyAllowedHosts(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Errorf("credentials are sent: %v", r.Header)
		}
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}))
	defer s.Close()
	f := &Fetcher{Allowed: func(hostPort string) bool { return hostPort == origin.HostPort(s.URL) }}
	if got, err := f.Get(t.Context(), s.URL+"/jwks"); err != nil || string(got) != `{"keys":[]}` {
		t.Fatalf("%q %v", got, err)
	}
	u, _ := url.Parse(s.URL)
	for _, raw := range []string{
		"http://127.0.0.1:22/", "http://localhost:" + u.Port() + "/", "http://169.254.169.254/latest/", "https://" + u.Host + "@example.com/",
		"http://user:secret@" + u.Host + "/", "http://user@" + u.Host + "/", s.URL + "/#fragment",
		"file:///etc/passwd", "ftp://" + u.Host, "gopher://" + u.Host, "//" + u.Host, u.Host, "", "http://", "http://%zz", "http://[::1", "javascript:alert(1)",
	} {
		if got, err := f.Get(t.Context(), raw); err == nil {
			t.Errorf("%s: %q", raw, got)
		}
		if f.Check(raw) == nil {
			t.Errorf("%s: Check lets it pass", raw)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the server was asked %d times", asked.Load())
	}
}

func TestAnswersThatAreNotTaken(t *testing.T) {
	released := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/fine", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "http://127.0.0.1:22/", http.StatusPermanentRedirect)
		case "/large":
			_, _ = w.Write(make([]byte, mostRead+1))
		case "/header":
			w.Header().Set("X-Large", strings.Repeat("x", 2*mostRead))
		case "/missing":
			http.NotFound(w, r)
		case "/late":
			<-released
		case "/slow":
			_, _ = w.Write([]byte(`{"keys":`))
			_ = http.NewResponseController(w).Flush()
			<-released
		case "/largest":
			_, _ = w.Write(make([]byte, mostRead))
		default:
			_, _ = w.Write([]byte("fine"))
		}
	}))
	defer s.Close()
	defer close(released)
	f := &Fetcher{Allowed: anywhere, Within: 100 * time.Millisecond}
	for _, path := range []string{"/redirect", "/moved", "/large", "/header", "/missing", "/late", "/slow"} {
		if got, err := f.Get(t.Context(), s.URL+path); err == nil {
			t.Errorf("%s: %d bytes", path, len(got))
		}
	}
	f.Within = 0
	for path, want := range map[string]int{"/fine": 4, "/largest": mostRead} {
		if got, err := f.Get(t.Context(), s.URL+path); err != nil || len(got) != want {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
}

// TestNamesThatTurnOutToBeHere: a name is not this machine or its network, whatever
// its resolver says, nor at the second look.
func TestNamesThatTurnOutToBeHere(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the name led here") }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, text := range []string{
		"127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1",
		"::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd00::1", "fe80::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
	} {
		f := &Fetcher{Allowed: anywhere, Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr(text)}, nil
		}}
		if _, err := f.Get(t.Context(), "http://keys.example.com:"+port+"/"); err == nil || !strings.Contains(err.Error(), "only this machine") {
			t.Errorf("%s: %v", text, err)
		}
	}
	looks := 0
	ended, cancel := context.WithCancel(t.Context())
	f := &Fetcher{Allowed: anywhere, Resolve: func(context.Context, string) ([]netip.Addr, error) {
		looks++
		cancel() // before anything is dialled
		return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
	}}
	if _, err := f.dial(ended, "tcp", "keys.example.com:443"); err == nil || looks != 1 || strings.Contains(err.Error(), "lookup") {
		t.Errorf("%d look-ups for one connection, %v", looks, err)
	}
}

// TestLoopbackNamesNeedNoResolver: localhost is this machine, whatever a resolver
// would say (RFC 6761 section 6.3).
func TestLoopbackNamesNeedNoResolver(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("here")) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	f := &Fetcher{Allowed: anywhere, Resolve: func(_ context.Context, name string) ([]netip.Addr, error) {
		t.Errorf("%s is looked up", name)
		return nil, nil
	}}
	for _, host := range []string{"localhost", "LOCALHOST", "app.localhost", "127.0.0.1"} {
		if got, err := f.Get(t.Context(), "http://"+host+":"+port); err != nil || string(got) != "here" {
			t.Errorf("%s: %q %v", host, got, err)
		}
	}
	if _, err := f.Get(t.Context(), "http://169.254.169.254/"); err == nil {
		t.Error("a link-local address is asked")
	}
}

// TestNamesOfTheLocalNetwork: a service of a compose file or a cluster has a private
// address, and no name of the Internet may turn out to be one.
func TestNamesOfTheLocalNetwork(t *testing.T) {
	for _, c := range []struct {
		name, address string
		want          bool
	}{
		{"app", "172.18.0.3", true}, {"app.default.svc.cluster.local", "10.1.2.3", true}, {"app.internal.", "fd00::3", true},
		{"app", "127.0.0.1", false}, {"app", "169.254.169.254", false}, {"metadata.google.internal", "169.254.169.254", false},
		{"app.example.com", "172.18.0.3", false}, {"local", "10.0.0.1", true}, {"notlocal.example", "10.0.0.1", false},
	} {
		f := &Fetcher{Resolve: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr(c.address)}, nil
		}}
		if found, err := f.addresses(t.Context(), c.name); (err == nil) != c.want {
			t.Errorf("%s at %s: %v, %v", c.name, c.address, found, err)
		}
	}
}
