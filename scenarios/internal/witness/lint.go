package witness

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// lint is a rule that a client's requests are held to, over the sign-ins that a
// journal shows. It says what it saw.
type lint func(entries []*journal.Entry) (ok bool, saw string)

// Rule is the name of a rule that a client's requests are held to.
type Rule string

// Values lists the rules.
func (Rule) Values(string) []string { return protocol.Strings(slices.Sorted(maps.Keys(lintRules()))) }

// lintRules returns the rules by name.
func lintRules() map[Rule]lint {
	return map[Rule]lint{
		"state-missing-in-request":    requireDefence,
		"state-static-or-predictable": requireFreshState,
		"nonce-sent-unless-code":      requireNonce,
		"nonce-static":                requireFresh(protocol.AuthorizationEndpoint, "nonce", 8),
		"pkce-absent":                 requireInEach("code_challenge, or a nonce in its place (RFC 9700 section 2.1.1)", func(v url.Values) bool { return v.Get("code_challenge") != "" || v.Get("nonce") != "" }),
		"pkce-plain":                  requireInEach("code_challenge_method S256", func(v url.Values) bool { return v.Get("code_challenge_method") == "S256" }),
		"pkce-verifier-reused":        requireFresh(protocol.TokenEndpoint, "code_verifier", 43),
		"scope-openid-present":        requireInEach("the scope openid", func(v url.Values) bool { return slices.Contains(strings.Fields(v.Get("scope")), "openid") }),
		"redirect-uri-stable":         requireSameRedirectURI,
		"secret-in-query":             refuseSecretInURL,
		"ui-bearer-header":            requireBearerHeader,
	}
}

// paramsAt returns the parameters of the requests to an endpoint.
func paramsAt(entries []*journal.Entry, endpoint protocol.Endpoint) []url.Values {
	var out []url.Values
	for _, e := range entries {
		if e.Endpoint == endpoint && (endpoint != protocol.TokenEndpoint || e.Params.Get("grant_type") == "authorization_code") {
			out = append(out, e.Params)
		}
	}
	return out
}

// requireDefence requires at least one defence against forged answers in each
// authorization request (RFC 9700 section 4.7).
func requireDefence(entries []*journal.Entry) (bool, string) {
	for _, v := range paramsAt(entries, protocol.AuthorizationEndpoint) {
		if v.Get("state") == "" && v.Get("code_challenge") == "" && v.Get("nonce") == "" {
			return false, "an authorization request has neither state nor code_challenge nor nonce"
		}
	}
	return true, "each authorization request has a defence against forged answers"
}

// requireFresh requires a parameter to be new in each request, and too long to be
// guessed.
func requireFresh(endpoint protocol.Endpoint, name string, least int) lint {
	return func(entries []*journal.Entry) (bool, string) {
		var seen []string
		for _, v := range paramsAt(entries, endpoint) {
			value := v.Get(name)
			switch {
			case value == "":
				return false, "a request has no " + name
			case slices.Contains(seen, value):
				return false, "the same " + name + " is sent twice"
			case len(value) < least:
				return false, fmt.Sprintf("%s has %d characters: it can be guessed", name, len(value))
			}
			seen = append(seen, value)
		}
		return true, fmt.Sprintf("%d different values of %s", len(seen), name)
	}
}

// requireFreshState requires state to be new in each request, unless code_challenge or
// nonce is: either ties an answer to the browser as well, and state may then carry what
// the app likes (RFC 9700 section 4.7.1).
func requireFreshState(entries []*journal.Entry) (bool, string) {
	ok, saw := requireFresh(protocol.AuthorizationEndpoint, "state", 8)(entries)
	if ok {
		return true, saw
	}
	for _, name := range []string{"code_challenge", "nonce"} {
		if fresh, _ := requireFresh(protocol.AuthorizationEndpoint, name, 8)(entries); fresh {
			return true, saw + ", and a new " + name + " with it"
		}
	}
	return false, saw
}

// requireNonce requires a nonce of a client that receives ID tokens through the
// browser (OIDC Core 3.2.2.1).
func requireNonce(entries []*journal.Entry) (bool, string) {
	for _, v := range paramsAt(entries, protocol.AuthorizationEndpoint) {
		if strings.Contains(v.Get("response_type"), "id_token") && v.Get("nonce") == "" {
			return false, "an authorization request for " + v.Get("response_type") + " has no nonce"
		}
	}
	return true, "a nonce is sent where it must be"
}

func requireInEach(what string, has func(url.Values) bool) lint {
	return func(entries []*journal.Entry) (bool, string) {
		for _, v := range paramsAt(entries, protocol.AuthorizationEndpoint) {
			if !has(v) {
				return false, "an authorization request lacks " + what
			}
		}
		return true, "every authorization request has " + what
	}
}

// requireSameRedirectURI requires a token request to have the redirect URI of its
// authorization request (RFC 6749 section 4.1.3).
func requireSameRedirectURI(entries []*journal.Entry) (bool, string) {
	var asked []string
	for _, v := range paramsAt(entries, protocol.AuthorizationEndpoint) {
		asked = append(asked, v.Get("redirect_uri"))
	}
	for _, v := range paramsAt(entries, protocol.TokenEndpoint) {
		if uri := v.Get("redirect_uri"); !slices.Contains(asked, uri) {
			return false, "the code is redeemed with the redirect_uri " + uri + ", and was asked for with another"
		}
	}
	return true, "redirect_uri is the same in both requests"
}

// refuseSecretInURL requires that no secret is in a URL (RFC 6749 section 2.3.1, RFC
// 6750 section 2.3).
func refuseSecretInURL(entries []*journal.Entry) (bool, string) {
	for _, e := range entries {
		for _, note := range e.Notes {
			if what, _, found := strings.Cut(note, " is in the URL"); found {
				return false, what + " is in the URL of a request to the " + string(e.Endpoint)
			}
		}
	}
	return true, "no secret is in a URL"
}

// requireBearerHeader requires access tokens to be sent in the Authorization header
// (RFC 6750 section 2.1).
func requireBearerHeader(entries []*journal.Entry) (bool, string) {
	for _, e := range entries {
		if e.Endpoint == protocol.UserinfoEndpoint && e.Params.Has("access_token") {
			return false, "userinfo is asked for without the Authorization header, or with the token in the URL or the form"
		}
	}
	return true, "the token is in the Authorization header"
}
