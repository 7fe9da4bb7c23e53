package store

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// checkEffects finds what can never have an effect.
func (c *Client) checkEffects() error {
	for _, check := range []func() error{c.checkAddresses, c.checkKeys, c.checkAssertions, c.checkGrants} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) checkAddresses() error {
	for member, list := range map[string][]string{"redirect_uris": c.RedirectURIs, "post_logout_redirect_uris": c.PostLogoutRedirectURIs} {
		for n, uri := range list {
			if err := checkAddress(uri); err != nil {
				return strict.Member(fmt.Sprintf("%s.%d", member, n), err)
			}
		}
	}
	if u, err := url.Parse(c.JWKSURI); c.JWKSURI != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return strict.Member("jwks_uri", fmt.Errorf("%q is not a URL: want one such as https://app.example.com/jwks", c.JWKSURI))
	}
	return nil
}

// checkAddress refuses a redirection URI that no request can match (RFC 6749 section
// 3.1.2).
func checkAddress(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case strings.Contains(uri, "*"): // it is judged with the provider's laxness: Pattern
		return nil
	case err != nil:
		return fmt.Errorf("%q cannot be read as a URI: want one such as http://127.0.0.1:3000/callback", uri)
	case u.Scheme == "", (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return fmt.Errorf("%q is not an absolute URI: want one such as http://127.0.0.1:3000/callback (RFC 6749 section 3.1.2)", uri)
	case strings.Contains(uri, "#"):
		return fmt.Errorf("%q has a fragment, and none is ever sent (RFC 6749 section 3.1.2): leave it out", uri)
	}
	return nil
}

// Pattern returns the member and the first URI of a client that is a pattern: URIs
// are compared as strings, so that nothing matches it.
func (c *Client) Pattern() (member, uri string, ok bool) {
	for _, of := range []struct {
		member string
		list   []string
	}{{"redirect_uris", c.RedirectURIs}, {"post_logout_redirect_uris", c.PostLogoutRedirectURIs}} {
		if n := slices.IndexFunc(of.list, func(uri string) bool { return strings.Contains(uri, "*") }); n >= 0 {
			return fmt.Sprintf("%s.%d", of.member, n), of.list[n], true
		}
	}
	return "", "", false
}

func (c *Client) checkKeys() error {
	if len(c.JWKS) > 0 && c.JWKSURI != "" {
		return strict.Member("jwks_uri", errors.New("jwks and jwks_uri exclude each other: keep one (RFC 7591 section 2)"))
	}
	return nil
}

// checkAssertions finds an algorithm that no assertion of the client can have.
func (c *Client) checkAssertions() error {
	switch method, alg := c.AuthMethod, c.AuthSigningAlg; {
	case alg == "" || method == "":
	case method != protocol.PrivateKeyJWT && method != protocol.ClientSecretJWT:
		return strict.Member("token_endpoint_auth_signing_alg", fmt.Errorf("no assertion is made with token_endpoint_auth_method %s: leave it out, or use private_key_jwt", method))
	case alg.IsSymmetric() != (method == protocol.ClientSecretJWT):
		return strict.Member("token_endpoint_auth_signing_alg", fmt.Errorf("%s is not an algorithm of %s", alg, method))
	}
	return nil
}

// checkGrants finds a response type without the grant type that it needs (RFC 7591
// section 2.1).
func (c *Client) checkGrants() error {
	for n, t := range c.ResponseTypes {
		if missing := c.MissingGrant(t); missing != "" {
			return strict.Member(fmt.Sprintf("response_types.%d", n), fmt.Errorf("%s needs the grant type %s: add it to grant_types (RFC 7591 section 2.1)", t, missing))
		}
	}
	return nil
}

// MissingGrant returns the grant type that a response type needs, and that is not
// among those that the client names, if it names any (RFC 7591 section 2.1). What comes
// with a code needs no more than that: few providers ask their clients for implicit too.
func (c *Client) MissingGrant(t protocol.ResponseType) protocol.Grant {
	words := strings.Fields(string(t))
	var needed protocol.Grant
	switch {
	case slices.Contains(words, "code"):
		needed = protocol.AuthorizationCodeGrant
	case slices.Contains(words, "token"), slices.Contains(words, "id_token"):
		needed = protocol.ImplicitGrant
	}
	if needed == "" || len(c.GrantTypes) == 0 || c.MayUse(needed) {
		return ""
	}
	return needed
}
