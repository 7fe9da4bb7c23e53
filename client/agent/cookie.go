package agent

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// jar keeps cookies by RFC 6265bis, which net/http/cookiejar does not know:
// SameSite, and Secure cookies over http to this machine.
type jar []*cookie

type cookie struct {
	name, value, domain, path string
	hostOnly, secure          bool
	sameSite                  http.SameSite
	expires                   time.Time // zero: with the browser
}

// maxCookieAge is in seconds: browsers keep no cookie longer than 400 days (RFC
// 6265bis section 5.5).
const maxCookieAge = 400 * 24 * 3600

// maxCookieSize is the length of name and value together: browsers ignore a cookie that
// is longer (RFC 6265bis section 5.6).
const maxCookieSize = 4096

// store keeps what a response sets (RFC 6265bis section 5.7).
func (j *jar) store(u *url.URL, set []*http.Cookie, now time.Time) {
	for _, c := range set {
		k := &cookie{
			name: c.Name, value: c.Value, domain: u.Hostname(), hostOnly: true, path: defaultPath(u.Path),
			secure: c.Secure, sameSite: c.SameSite,
		}
		if k.sameSite == 0 || k.sameSite == http.SameSiteDefaultMode {
			k.sameSite = http.SameSiteLaxMode // what browsers take a missing attribute for
		}
		if d := strings.ToLower(strings.TrimPrefix(c.Domain, ".")); d != "" && d != k.domain {
			suffix, _ := publicsuffix.PublicSuffix(d)
			if net.ParseIP(u.Hostname()) != nil || !strings.HasSuffix(u.Hostname(), "."+d) || suffix == d {
				continue
			}
			k.domain, k.hostOnly = d, false
		}
		if strings.HasPrefix(c.Path, "/") {
			k.path = c.Path
		}
		if !mayBeSet(k, c, u) {
			continue
		}
		switch {
		case c.MaxAge < 0:
			k.expires = now
		case c.MaxAge > 0:
			k.expires = now.Add(time.Duration(min(c.MaxAge, maxCookieAge)) * time.Second)
		case !c.Expires.IsZero():
			k.expires = c.Expires
		}
		j.replace(k, now)
	}
}

// mayBeSet checks the size of a cookie, and what it needs of its origin: Secure and the
// prefixes of its name (RFC 6265bis section 4.1.3).
func mayBeSet(k *cookie, c *http.Cookie, u *url.URL) bool {
	trusted := u.Scheme == "https" || isLoopback(u.Hostname())
	switch {
	case len(c.Name)+len(c.Value) > maxCookieSize,
		(c.Secure || k.sameSite == http.SameSiteNoneMode) && !trusted,
		k.sameSite == http.SameSiteNoneMode && !c.Secure,
		strings.HasPrefix(c.Name, "__Secure-") && !c.Secure,
		strings.HasPrefix(c.Name, "__Host-") && (!c.Secure || !k.hostOnly || k.path != "/"):
		return false
	}
	return true
}

func (j *jar) replace(k *cookie, now time.Time) {
	kept := (*j)[:0]
	for _, old := range *j {
		if old.name != k.name || old.domain != k.domain || old.path != k.path {
			kept = append(kept, old)
		}
	}
	if k.expires.IsZero() || k.expires.After(now) {
		kept = append(kept, k)
	}
	*j = kept
}

// attach adds the cookies of a navigation (RFC 6265bis section 5.8.3). from is
// the page it comes from: one of another site gets no Strict cookie, and Lax
// ones only with a safe method.
func (j jar) attach(req *http.Request, from *url.URL, now time.Time) {
	crossSite := from != nil && SiteRelation(from, req.URL) == "cross-site"
	// Longer paths come first (section 5.8.3, step 2).
	slices.SortStableFunc(j, func(a, b *cookie) int { return len(b.path) - len(a.path) })
	for _, k := range j {
		host := req.URL.Hostname()
		switch {
		case !k.expires.IsZero() && !k.expires.After(now),
			k.hostOnly && host != k.domain,
			!k.hostOnly && host != k.domain && !strings.HasSuffix(host, "."+k.domain),
			!pathMatches(req.URL.Path, k.path),
			k.secure && req.URL.Scheme != "https" && !isLoopback(host),
			crossSite && k.sameSite == http.SameSiteStrictMode,
			crossSite && k.sameSite == http.SameSiteLaxMode && req.Method != http.MethodGet:
			continue
		}
		req.AddCookie(&http.Cookie{Name: k.name, Value: k.value})
	}
}

func defaultPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

func pathMatches(path, cookie string) bool {
	if path == "" {
		path = "/"
	}
	return path == cookie || strings.HasPrefix(path, cookie) && (strings.HasSuffix(cookie, "/") || path[len(cookie)] == '/')
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
