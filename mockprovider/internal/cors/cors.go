// Package cors decides which pages of other origins may read an answer (Fetch standard,
// CORS), and answers their preflights. Begin with Sharing and Site.Answer.
package cors

import (
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// Sharing says which pages of other origins an endpoint answers.
type Sharing uint8

const (
	Unshared    Sharing = iota // a page of ours: other origins only navigate to it
	SharedByAll                // any origin reads it, null included: it looks at no cookie
	SharedHere                 // origins on this machine and those of allow_origin; any other is refused
)

const (
	mostHeaderNames = 100 // that a preflight may ask for
	longestWord     = 100 // characters of a header's name or a method,
	longestOrigin   = 300 // and of an origin
)

// exposed are the header fields that the scripts of a page may read of every answer,
// in addition to those of the answer itself: faults may add them.
const exposed = "WWW-Authenticate, DPoP-Nonce, Retry-After"

// Site is the issuer that endpoints are of.
type Site struct {
	URL     string   // its identifier
	Allowed []string // origins that it is told to allow
}

// Answer writes the headers by which a browser decides whether the page that
// asks may read the answer. It reports whether the request was a preflight, which
// it has answered.
func (site Site) Answer(w http.ResponseWriter, r *http.Request, s Sharing) (answered bool) {
	allowed := site.AllowOrigin(w.Header(), r, s)
	if s == Unshared || r.Method != http.MethodOptions || r.Header.Get("Origin") == "" {
		return false
	}
	answerPreflight(w, r, allowed)
	return true
}

// answerPreflight allows what the page asks for: which methods and headers an
// endpoint takes, its answer says, and the page can read it (Fetch standard, CORS
// protocol).
func answerPreflight(w http.ResponseWriter, r *http.Request, allowed bool) {
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network")
	if !allowed {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	methods := "GET, POST, PUT, DELETE"
	if asked := r.Header.Get("Access-Control-Request-Method"); isToken(asked) && !slices.Contains(strings.Split(methods, ", "), asked) {
		methods += ", " + asked
	}
	h.Set("Access-Control-Allow-Methods", methods)
	if names := requestedHeaders(r); len(names) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(names, ", "))
	}
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true") // a page of another network asks
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

// requestedHeaders returns the names of header fields that a preflight asks for, as
// they are written there. What is not a field name is left out.
func requestedHeaders(r *http.Request) []string {
	var out []string
	for _, line := range r.Header.Values("Access-Control-Request-Headers") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); isToken(name) && len(out) < mostHeaderNames {
				out = append(out, name)
			}
		}
	}
	return out
}

// isToken reports whether a text is a token of HTTP (RFC 9110 section 5.6.2), and
// not too long.
func isToken(text string) bool {
	return text != "" && len(text) <= longestWord && !strings.ContainsFunc(text, func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", c)
	})
}

// AllowOrigin sets the header fields that tell whether another origin may read the
// answer, and reports whether one may. They depend on the request's origin, and so
// does every answer of such an endpoint, with or without one (RFC 9110 section
// 12.5.5). Credentials are allowed, since the endpoint looks at none of the browser's
// own and a script may insist on sending them.
func (site Site) AllowOrigin(h http.Header, r *http.Request, s Sharing) bool {
	if s == Unshared {
		return false
	}
	h.Add("Vary", "Origin")
	from := r.Header.Get("Origin")
	if from == "" || !isOrigin(from) || site.WhyForeign(r, s) != "" {
		return false
	}
	h.Set("Access-Control-Allow-Origin", from)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Expose-Headers", exposed)
	return true
}

// isOrigin reports whether a text is what browsers send as an origin: null, or a
// scheme, a host and perhaps a port (RFC 6454 section 6.2). Apps have schemes of
// their own, such as capacitor://localhost.
func isOrigin(text string) bool {
	scheme, host, ok := strings.Cut(text, "://")
	return text == "null" || ok && len(text) <= longestOrigin && isToken(scheme) && host != "" &&
		!strings.ContainsFunc(host, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"',/\<>?#@`, c) })
}

// Expose lets scripts read the answer's own header fields too. A list that a fault
// has set stays.
func Expose(h http.Header) {
	if h.Get("Access-Control-Allow-Origin") == "" || h.Get("Access-Control-Expose-Headers") != exposed {
		return
	}
	var names []string
	for name := range h {
		if !readable(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	h.Set("Access-Control-Expose-Headers", strings.Join(append([]string{exposed}, names...), ", "))
}

// readable reports whether a header field need not be exposed: any script may
// read it (Fetch standard, CORS-safelisted response-header name), it is exposed
// anyway, or it is for the browser.
func readable(name string) bool {
	switch name {
	case "Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma",
		"Www-Authenticate", "Dpop-Nonce", "Retry-After", "Vary", "Set-Cookie":
		return true
	}
	return strings.HasPrefix(name, "Access-Control-")
}

// WhyForeign says which page an endpoint does not answer, or "". It is not enough
// that such a page cannot read the answer: a POST of text needs no preflight.
func (site Site) WhyForeign(r *http.Request, s Sharing) string {
	if s != SharedHere {
		return ""
	}
	return origin.CrossSite(r, site.URL, site.Allowed)
}
