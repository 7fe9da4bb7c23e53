package origin

import (
	"net/http"
	"testing"
)

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"http://localhost:3000": true, "https://app.localhost": true, "http://127.0.0.1": true, "http://127.9.8.7:1": true, "http://[::1]:8080": true,
		"http://[::ffff:127.0.0.1]": true, "http://LOCALHOST": true,
		"https://example.com": false, "http://localhost.example.com": false, "http://127.0.0.1.example.com": false, "http://10.0.0.1": false,
		"null": false, "": false, "file://": false, "http://": false, "localhost": false, "http://notlocalhost": false,
	} {
		if Loopback(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func TestCheck(t *testing.T) {
	for text, fine := range map[string]bool{
		"https://app.example.com": true, "http://app.example.com:3000": true, "http://[2001:db8::1]:80": false, "http://[2001:db8::1]:8080": true,
		"https://app.example.com/": false, "https://app.example.com:443": false, "https://App.example.com": false, "app.example.com": false,
		"*": false, "https://*.example.com": false, "http://localhost:*": false, "null": false, "": false, "https://user@app.example.com": false, "https://app.example.com?x": false, "ftp://app.example.com": false,
	} {
		if err := Check(text); (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCrossSite(t *testing.T) {
	for _, c := range []struct {
		origin, referer, site string
		foreign               bool
	}{
		{"", "", "", false}, {"", "", "none", false}, {"", "", "same-origin", false}, {"", "", "cross-site", true}, {"", "", "same-site", true},
		{"http://localhost:3000", "", "cross-site", false}, {"https://evil.example", "", "", true}, {"null", "", "cross-site", true},
		{"", "http://localhost:3000/page", "cross-site", false}, {"", "https://evil.example/127.0.0.1", "", true}, {"", "about:blank", "", true},
		{"https://op.example.com", "", "same-origin", false}, {"https://app.example.com", "", "cross-site", false}, {"", "https://app.example.com/x", "cross-site", false},
	} {
		r := &http.Request{Header: http.Header{}}
		for name, value := range map[string]string{"Origin": c.origin, "Referer": c.referer, "Sec-Fetch-Site": c.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := CrossSite(r, "https://op.example.com/auth", []string{"https://app.example.com"}); (got != "") != c.foreign {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
