package doctor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
)

func (e *examination) members(d *document) {
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"} {
		if _, ok := d.members[name]; !ok {
			e.warn("metadata", "the metadata have no "+name+" (OIDC Discovery section 3)", "clients that need it have to be told it")
		}
	}
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
		address := d.text(name)
		u, err := url.Parse(address)
		switch {
		case address == "":
		case err != nil || u.Scheme == "" || u.Host == "":
			e.fail("metadata", name+" is not an absolute URL: "+address, "correct it at the provider")
		case u.Hostname() != e.url.Hostname():
			e.checkReachable(name, u)
		}
	}
}

func (e *examination) checkReachable(name string, u *url.URL) {
	ctx, cancel := context.WithTimeout(e.ctx, e.Timeout)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, u.Hostname()); err != nil {
		e.fail("metadata", name+" is at "+u.Host+", a name that cannot be looked up from here", "start authdrill with a --base-url that the app and the browser both reach")
	}
}

func (e *examination) keySet(d *document) {
	address := d.text("jwks_uri")
	if address == "" {
		return
	}
	r, err := e.ask(http.MethodGet, address)
	if err != nil {
		e.fail("keys", address+" does not answer: "+rootOf(err), "the app verifies tokens with these keys: it must reach them")
		return
	}
	var set struct{ Keys []map[string]any }
	if r.status != http.StatusOK || json.Unmarshal(r.body, &set) != nil {
		e.fail("keys", address+" answers "+http.StatusText(r.status)+" and no JWK Set (RFC 7517 section 5)", "check jwks_uri of the metadata")
		return
	}
	seen := map[string]bool{}
	for _, key := range set.Keys {
		kid, _ := key["kid"].(string)
		switch {
		case key["d"] != nil || key["k"] != nil:
			e.fail("keys", "the key "+kid+" is published with its private part", "replace it at once: anyone can sign with it")
			return
		case kid != "" && seen[kid]:
			e.warn("keys", "two keys have the kid "+kid, "clients cannot tell them apart")
		}
		seen[kid] = true
	}
	if len(set.Keys) == 0 {
		e.fail("keys", address+" has no keys", "tokens cannot be verified")
		return
	}
	e.ok("keys", address+" has "+plural(len(set.Keys), "key"))
}

func (e *examination) crossOrigin(d *document) {
	const from = "http://localhost:5173"
	address := d.text("token_endpoint")
	if address == "" {
		return
	}
	r, err := e.ask(http.MethodOptions, address, "Origin", from, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	if err != nil {
		e.warn("cors", address+" does not answer a preflight request: "+rootOf(err), "apps in browsers cannot ask it for tokens")
		return
	}
	allowed := r.header.Get("Access-Control-Allow-Origin")
	if allowed == "*" || allowed == from {
		e.ok("cors", "apps in browsers may ask the token endpoint")
		return
	}
	e.warn("cors", "apps in browsers at "+from+" may not ask the token endpoint", "register the origin at the provider, or ask for tokens at your own server")
}
