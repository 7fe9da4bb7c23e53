package mockprovider

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// said collects the lines of a host.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) logf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// about counts the lines with a text.
func (s *said) about(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, line := range s.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func TestIssuerNames(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	b := newBrowser(t, h.HTTPClient())
	for name, fine := range map[string]bool{
		"acme": true, "realms/acme": true, "A-z.0_9~": true, strings.Repeat("x", 200): true, strings.Repeat("x", 201): false, strings.Repeat("x", 60_000): false,
		strings.Repeat("x/", 100) + "x": false, "a b": false, "ü": false, "a%00b": false, "a:b": false, "a@b": false, "a;b": false, "a,b": false, "a=b": false, "a!b": false, "a'b": false, "<b>": false, "a\"b": false,
	} {
		path := "/t/" + name + "/jwks"
		resp, _ := b.read(b.Get(h.BaseURL() + strings.ReplaceAll(path, " ", "%20")))
		if (resp.StatusCode == 200) != fine {
			t.Errorf("GET %.40q: %s", name, resp.Status)
		}
		plain := strings.ReplaceAll(name, "%00", "\x00")
		if _, err := h.Create(plain, setup.Setup{}); (err == nil || err == control.ErrExists) != fine {
			t.Errorf("Create %.40q: %v", plain, err)
		}
	}
	before := len(h.Names())
	for _, path := range []string{"/t/one%2Ftwo/jwks", "/t/%6fne/jwks"} {
		if resp, _ := b.read(b.Get(h.BaseURL() + path)); resp.StatusCode != 404 || len(h.Names()) != before {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestUnusedIssuersAreDropped(t *testing.T) {
	log := &said{}
	h, err := NewHost(Options{OnDemand: true, MaxIssuers: 3, Logf: log.logf})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if _, err := h.Create("kept", setup.Setup{}); err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, h.HTTPClient())
	for _, name := range []string{"a", "b", "c", "a", "d", "a", "e", "f"} {
		if resp, body := b.read(b.Get(h.BaseURL() + "/t/" + name + "/jwks")); resp.StatusCode != 200 {
			t.Fatalf("%s: %s %s", name, resp.Status, body)
		}
	}
	if names := h.Names(); !slices.Equal(names, []string{"", "a", "e", "f", "kept"}) {
		t.Errorf("there are %q", names)
	}
	if log.about("3 issuers") != 1 || len(log.lines) != 1 {
		t.Errorf("it says %q", log.lines)
	}
	for _, name := range []string{"a", "e", "f"} {
		h.Delete(name)
	}
	for _, name := range []string{"g", "h", "i"} {
		b.read(b.Get(h.BaseURL() + "/t/" + name + "/jwks"))
	}
	if names := h.Names(); !slices.Equal(names, []string{"", "g", "h", "i", "kept"}) {
		t.Errorf("after deletions there are %q", names)
	}
}

// TestPagesOfOthersMakeNoIssuer: whatever an image, a form or a script of another
// web site asks for.
func TestPagesOfOthersMakeNoIssuer(t *testing.T) {
	h, err := NewHost(Options{OnDemand: true, BaseURL: "http://127.0.0.1:9400", Stimulus: wrongNonce, Defaults: setup.Setup{Provider: allowing("https://app.example.com")}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for n, c := range []struct {
		header []string
		made   bool
	}{
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, false},
		{[]string{"Sec-Fetch-Site", "same-site"}, false},
		{[]string{"Origin", "https://evil.example"}, false}, {[]string{"Origin", "null"}, false},
		{[]string{"Referer", "https://evil.example/page", "Sec-Fetch-Site", "cross-site"}, false}, {[]string{"Referer", "https://evil.example/page"}, false},
		{nil, true}, {[]string{"Sec-Fetch-Site", "none"}, true}, {[]string{"Sec-Fetch-Site", "same-origin", "Referer", "http://127.0.0.1:9400/"}, true},
		{[]string{"Origin", "http://localhost:3000", "Sec-Fetch-Site", "cross-site"}, true}, {[]string{"Origin", "https://app.example.com", "Sec-Fetch-Site", "cross-site"}, true},
	} {
		for k, path := range []string{"/t/n%d/jwks", "/t/n%d/", "/t/n%d/token", "/.well-known/openid-configuration/t/n%d", "/t/n%d/_/", "/t/n%d/_/api/clock", "/t/n%d/a/jwks"} {
			before := len(h.Names())
			path = fmt.Sprintf(path, 100*n+k)
			resp, body := sent(t, h.HTTPClient(), "GET", h.BaseURL()+path, "", c.header...)
			if made := len(h.Names()) > before; made != c.made || c.made == (resp.StatusCode == 404) {
				t.Errorf("%v %s: %s, made %v: %s", c.header, path, resp.Status, made, body)
			}
		}
	}
	before := len(h.Names())
	if resp, _ := sent(t, h.HTTPClient(), "GET", h.BaseURL()+"/x/idt-nonce-wrong/jwks", "", "Origin", "https://evil.example"); resp.StatusCode != 404 || len(h.Names()) != before {
		t.Errorf("an entry: %s", resp.Status)
	}
	if resp, _ := sent(t, h.HTTPClient(), "GET", h.BaseURL()+"/x/idt-nonce-wrong/jwks", ""); resp.StatusCode != 200 {
		t.Errorf("an entry: %s", resp.Status)
	}
}

func allowing(origins ...string) persona.Persona { return persona.Persona{AllowOrigin: origins} }
