package doctor

import (
	"net/url"
	"strings"
)

// readURL reads what the app is told, and takes off what is not a part of an issuer.
func (e *examination) readURL() bool {
	text := strings.TrimSpace(e.URL)
	for _, suffix := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		if base, found := strings.CutSuffix(text, suffix); found {
			e.warn("url", "this is the address of the discovery document", "tell your app the issuer: "+base)
			text = base
		}
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		e.fail("url", "this is not an http or https URL: "+text, "write it as "+WithScheme(text, "http://127.0.0.1:9400"))
		return false
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		e.fail("url", "an issuer has no query, no fragment and no user (RFC 8414 section 2)", "leave them out: "+u.Scheme+"://"+u.Host+u.Path)
		return false
	}
	e.url, e.issuer = u, text
	return true
}

// WithScheme is the URL that a text without a scheme most likely means, otherwise if it
// means none.
func WithScheme(text, otherwise string) string {
	if u, err := url.Parse("http://" + text); err == nil && u.Hostname() != "" && !strings.Contains(text, "://") {
		return u.String()
	}
	return otherwise
}

// urlOf is an address below the issuer.
func (e *examination) urlOf(path string) string { return strings.TrimSuffix(e.issuer, "/") + path }

// origin is where the issuer is, without its path.
func (e *examination) origin() string { return e.url.Scheme + "://" + e.url.Host }
