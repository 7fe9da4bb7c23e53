package witness

import (
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/scenarios/result"
)

// longestValue is the length of the longest value that is shown of a request as it is.
const longestValue = 60

// noteRequests adds to each cause the browser's request to the app that showed it. A
// value that is another one in each sign-in is a word in capitals there, so that two
// drills show the same.
func (j *Judgement) noteRequests() {
	for i := range j.causes {
		c := &j.causes[i]
		if h := showing(j.hops, c); h != nil && c.Request == "" {
			c.Request, c.Cookies = h.Method+" "+withPlaceholders(h.URL), h.Sent
		}
	}
}

// showing returns the request that showed a cause: the one that was answered so, the
// last one where the cause is in an answer of another page, else the one that brought
// the authorization response; nil where it was none of a browser.
func showing(hops []Hop, c *result.Cause) *Hop {
	is := isAuthorizationResponse
	switch {
	case c.Rule == "app.logout_token" || c.Rule == noStart.rule || c.Witness == recovery:
		return nil
	case c.Rule == serverError.rule:
		is = func(h *Hop) bool { return describeServerError(h) == c.Saw }
	case c.Rule == "app.api" || c.Rule == "app.admin" || strings.HasPrefix(c.Rule, "steps."):
		is = func(*Hop) bool { return true }
	}
	var last *Hop
	for i := range hops {
		if is(&hops[i]) {
			last = &hops[i]
		}
	}
	if last == nil && len(hops) > 0 {
		last = &hops[len(hops)-1]
	}
	return last
}

// isAuthorizationResponse reports whether a request brings a response of the
// authorization endpoint to the app (RFC 6749 sections 4.1.2 and 4.1.2.1, JARM).
func isAuthorizationResponse(h *Hop) bool {
	q := h.URL.Query()
	return slices.ContainsFunc([]string{"code", "error", "state", "response"}, q.Has)
}

// withPlaceholders returns an address with the name of each secret or changing value in
// its place. An empty value stays.
func withPlaceholders(u *url.URL) string {
	at := *u
	at.User, at.Fragment, at.RawFragment = nil, "", ""
	parts := strings.Split(at.RawQuery, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if value != "" && (err != nil || changes(plain, value)) {
			parts[i] = name + "=" + placeholder(plain)
		}
	}
	at.RawQuery = strings.Join(parts, "&")
	return at.String()
}

// changes reports whether a parameter has another value in each sign-in, or one that
// is not to be shown.
func changes(name, value string) bool {
	return len(value) > longestValue || mask.IsSecret(name) || slices.Contains([]string{"state", "nonce", "session_state", "response"}, name)
}

// placeholder returns the name of a parameter in capitals.
func placeholder(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(name))
}
