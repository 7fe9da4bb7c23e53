package clientauth

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// RedirectAllowed reports whether a client may be answered at uri: it is
// registered to the letter (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1), or
// differs only in the port of a loopback address (RFC 8252 section 7.3), or the
// client has registered none and uri is on this machine. A client that is not
// registered is answered at every URI that is absolute and without a fragment.
func (g *Registry) RedirectAllowed(ctx context.Context, c *store.Client, uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(uri, "#") {
		return false
	}
	switch {
	case c.Unregistered:
		return !IsScript(u)
	case slices.Contains(c.RedirectURIs, uri), len(c.RedirectURIs) == 0 && loopback(u):
		return true
	case slices.ContainsFunc(c.RedirectURIs, func(registered string) bool { return samePortApart(uri, u, registered) }):
		return true
	case g.isBelowRegistered(c, u), g.names.Rules().LoopbackAnywhere && loopback(u) && slices.ContainsFunc(c.RedirectURIs, isLoopback):
		return true
	case g.isPopupOf(c, u):
		return true
	case g.isLax("any-redirect-uri"):
		exchange.From(ctx).Lax("any-redirect-uri")
		return true
	}
	return false
}

// IsScript reports whether a browser that is sent to a URI would run it.
func IsScript(u *url.URL) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(u.Scheme))
}

// isBelowRegistered reports whether a redirect URI is below one that a client has
// registered, where the dialect allows that.
func (g *Registry) isBelowRegistered(c *store.Client, u *url.URL) bool {
	return g.names.Rules().RedirectBelow && slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		r, err := url.Parse(registered)
		return err == nil && isSameOrigin(u, r) && isBelow(u.EscapedPath(), r.EscapedPath())
	})
}

// isPopupOf reports whether a redirect URI means a page that waits for a message,
// at the origin of one that the client has registered.
func (g *Registry) isPopupOf(c *store.Client, u *url.URL) bool {
	page, err := url.Parse(g.names.Rules().PopupOrigin(u))
	if err != nil || page.Host == "" {
		return false
	}
	return len(c.RedirectURIs) == 0 && loopback(page) || slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		r, err := url.Parse(registered)
		return err == nil && r.Scheme == page.Scheme && (strings.EqualFold(r.Host, page.Host) || loopback(r) && loopback(page))
	})
}

// isSameOrigin reports whether a URI has the scheme and port of another one, on
// its host or a host below it. On a loopback address the port may be any.
func isSameOrigin(u, of *url.URL) bool {
	samePort := u.Port() == of.Port() || loopback(of)
	sameHost := u.Hostname() == of.Hostname() || strings.HasSuffix(u.Hostname(), "."+of.Hostname())
	return u.Scheme == of.Scheme && u.User == nil && samePort && sameHost
}

// isBelow reports whether a path is another one, or in its folder.
func isBelow(path, of string) bool {
	folder := strings.TrimSuffix(of, "/") + "/"
	return (path == of || strings.HasPrefix(path, folder)) && !strings.Contains(path, "..")
}

// samePortApart: on a loopback address the port may be any (RFC 8252 section 7.3),
// and nothing else.
func samePortApart(uri string, u *url.URL, registered string) bool {
	r, err := url.Parse(registered)
	return err == nil && strings.HasPrefix(uri, r.Scheme+"://") && loopback(u) && loopback(r) && u.Hostname() == r.Hostname() && u.User == nil &&
		u.EscapedPath() == r.EscapedPath() && u.RawQuery == r.RawQuery
}

func isLoopback(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && loopback(u)
}

func loopback(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
