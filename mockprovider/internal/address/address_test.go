package address

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHostFieldIsMadeOfNameAndPort(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost:9400": true, "127.0.0.1:1": true, "[::1]": true, "[::1]:9400": true, "my_service": true, "Mixed.Case": true,
		"": false, "::1": false, "[::1": false, "[localhost]:1": false, "[fe80::1%25eth0]:1": false, "a:b:1": false, "localhost:": false, "localhost:0": false,
		"localhost:65536": false, "a/b": false, "a b": false, `a"b`: false, "a@b": false, strings.Repeat("a", 256): false, ":80": false,
	} {
		if got := validHost(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestBaseURLHasNoSlashAtItsEnd(t *testing.T) {
	for base, want := range map[string]string{
		"http://localhost:9400": "", "https://id.example.test/auth/v1": "", "http://[::1]:9400": "",
		"http://localhost:9400/": "write http://localhost:9400", "https://id.example.test/auth/": "write https://id.example.test/auth",
		"http://x?y": "no query", "x": "want a scheme", "http://u:p@x": "want a scheme", "http://x/a%2fb": "want a path", "http://x/a/../b": "want a path", "http://::1:80": "want a scheme",
	} {
		switch err := CheckBase(base); {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestClientIsThatOfTheTrustedProxy(t *testing.T) {
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Add("X-Forwarded-For", "192.0.2.66")
	r.Header.Add("X-Forwarded-For", "198.51.100.7, 203.0.113.9")
	for proxies, want := range map[string]string{"": "127.0.0.1", "10.0.0.0/8": "127.0.0.1", "127.0.0.1": "203.0.113.9", "127.0.0.0/8": "203.0.113.9"} {
		trusted, err := ParseProxies(strings.Fields(proxies))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := Of(r, trusted); err != nil || a.Client != want {
			t.Errorf("%s: %+v %v", proxies, a, err)
		}
	}
	for _, bad := range []string{"localhost", "10.0.0.0/33", "fe80::1%eth0", ""} {
		if _, err := ParseProxies([]string{bad}); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{`for=192.0.2.43, for="[2001:db8::1]";proto=https;host="a:1"`, `;;,,=`, `host="\"`, `a="b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, field string) {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Forwarded", field)
		if a, err := Of(r, Local()); err == nil && (CheckBase(a.URL()) != nil) {
			t.Errorf("%q makes %q", field, a.URL())
		}
	})
}
