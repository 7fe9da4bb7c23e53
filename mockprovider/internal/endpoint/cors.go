package endpoint

import (
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// sharing says which pages of other origins an endpoint answers (Fetch standard,
// CORS). This file is the only one that decides it.
type sharing uint8

const (
	unshared    sharing = iota // a page of ours: other origins only navigate to it
	sharedByAll                // any origin reads it: it looks at no cookie
	sharedHere                 // origins on this machine and those of allow_origin; any other is refused
)

// crossOrigin writes the headers by which a browser decides whether the page that
// asks may read the answer. It reports whether the request was a preflight, which
// it has answered.
func (i *Issuer) crossOrigin(w http.ResponseWriter, r *http.Request, s sharing) (answered bool) {
	allowed := i.share(w.Header(), r, s)
	if s == unshared || r.Method != http.MethodOptions || r.Header.Get("Origin") == "" {
		return false
	}
	if !allowed {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// share sets the header fields that tell whether another origin may read the
// answer, and reports whether one may. They depend on the request's origin, and so
// does every answer of such an endpoint, with or without one (RFC 9110 section
// 12.5.5).
func (i *Issuer) share(h http.Header, r *http.Request, s sharing) bool {
	if s == unshared {
		return false
	}
	h.Add("Vary", "Origin")
	from := r.Header.Get("Origin")
	if from == "" || i.foreign(r, s) != "" {
		return false
	}
	h.Set("Access-Control-Allow-Origin", "*")
	if s == sharedHere {
		h.Set("Access-Control-Allow-Origin", from)
	}
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
	return true
}

// foreign says which page an endpoint does not answer, or "". It is not enough
// that such a page cannot read the answer: a POST of text needs no preflight.
func (i *Issuer) foreign(r *http.Request, s sharing) string {
	if s != sharedHere {
		return ""
	}
	return origin.CrossSite(r, i.URL, i.Persona().AllowOrigin)
}

// refuseForeign refuses a request of a page that may not send it.
func (r *request) refuseForeign(from string) *oauthError {
	r.x.Decide("origin", false, from, "Fetch standard, CORS")
	e := refuse("access_denied", "This endpoint does not answer "+from+": name its origin in allow_origin of the provider.")
	e.Status = http.StatusForbidden
	return e.as(inJSON)
}
