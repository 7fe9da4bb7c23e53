package verb

import (
	"net"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/clientapp"
)

// TestBoundElsewhere: the banner says the bound address wherever a URL does not.
func TestBoundElsewhere(t *testing.T) {
	tcp := func(text string) net.Addr {
		a, err := net.ResolveTCPAddr("tcp", text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct{ base, bound, app, appBound, want string }{
		{"http://127.0.0.1:9400", "127.0.0.1:9400", "http://127.0.0.1:9401", "127.0.0.1:9401", ""},
		{"http://[::1]:9400", "[::1]:9400", "", "", ""},
		{"http://localhost:9400", "127.0.0.1:9400", "", "", "127.0.0.1:9400"},
		{"http://127.0.0.1:9400", "0.0.0.0:9400", "http://127.0.0.1:9401", "0.0.0.0:9401", "0.0.0.0:9400, 0.0.0.0:9401"},
		{"http://127.0.0.1:9400", "[::]:9400", "", "", "[::]:9400"},
		{"https://op.example.test", "127.0.0.1:9400", "http://127.0.0.1:9401", "127.0.0.1:9401", "127.0.0.1:9400"},
		{"http://127.0.0.1:80/op", "127.0.0.1:9400", "", "", "127.0.0.1:9400"},
	} {
		app := &clientapp.App{}
		if c.app != "" {
			app = &clientapp.App{URL: c.app, Address: tcp(c.appBound)}
		}
		if got := boundElsewhere(c.base, tcp(c.bound), app); got != c.want {
			t.Errorf("%s at %s, %s at %s: %q, want %q", c.base, c.bound, c.app, c.appBound, got, c.want)
		}
	}
}
