package doctor

import (
	"net/url"
	"strings"
)

func (e *examination) names(d *document) {
	if d.issuer == e.issuer {
		e.ok("issuer", "it calls itself "+d.issuer+", as your app does")
		return
	}
	what := "it calls itself " + d.issuer + ", and your app " + e.issuer
	own, err := url.Parse(d.issuer)
	remedy := "configure your app with the issuer " + d.issuer
	samePath := err == nil && strings.TrimSuffix(own.Path, "/") == strings.TrimSuffix(e.url.Path, "/")
	switch {
	case err != nil || d.issuer == "":
		e.fail("issuer", "its metadata has no issuer (OIDC Discovery section 3)", "this provider cannot be used with discovery")
		return
	case samePath && own.Scheme == e.url.Scheme && own.Host == e.url.Host:
		what += ": they differ in the slash at the end, and clients compare them as texts"
	case own.Scheme != e.url.Scheme && own.Host == e.url.Host:
		what += ": they differ in the scheme"
		remedy += "; behind a proxy that ends TLS start authdrill with --base-url " + e.origin()
	case isLoopback(own.Hostname()) && isLoopback(e.url.Hostname()) && own.Port() == e.url.Port() && samePath:
		what += ": localhost and 127.0.0.1 are two names"
		remedy += ", or start authdrill with --base-url " + e.origin()
	case own.Host == e.url.Host:
		what += ": they differ in the path"
	default:
		what += ": they differ in host or port"
		remedy += ", or start authdrill with --base-url " + e.issuer + " --allow-host " + e.url.Hostname()
	}
	e.fail("issuer", what, remedy)
}
