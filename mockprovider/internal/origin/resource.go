package origin

import (
	"fmt"
	"net/url"
	"strings"
)

// CheckResource refuses the identifier of a protected resource that no request can
// name: resource has absolute URIs without a fragment (RFC 8707 section 2), audience
// has names between spaces.
func CheckResource(name string) error {
	u, err := url.Parse(name)
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) || err != nil:
		return fmt.Errorf("no request can name the resource %q: want an absolute URI such as https://api.example.com", name)
	case strings.Contains(name, "#"):
		return fmt.Errorf("%q has a fragment, and no resource has one (RFC 8707 section 2): leave it out", name)
	case strings.HasPrefix(name, "/"), (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return fmt.Errorf("%q is not an absolute URI: want one such as https://api.example.com (RFC 8707 section 2)", name)
	}
	return nil
}
