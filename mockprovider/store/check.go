package store

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// checkEffects finds what can never have an effect.
func (c *Client) checkEffects() error {
	return errors.Join(c.CheckMembers(), c.checkKeys(), c.checkSecret(), c.checkAssertions(), c.checkGrants(), c.checkAudience())
}

// CheckMembers finds addresses that no request can match.
func (c *Client) CheckMembers() error {
	var wrong []error
	for _, of := range c.addresses() {
		for n, uri := range of.list {
			if err := checkAddress(uri); err != nil {
				wrong = append(wrong, strict.Member(fmt.Sprintf("%s.%d", of.member, n), err))
			}
		}
	}
	if u, err := url.Parse(c.JWKSURI); c.JWKSURI != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		wrong = append(wrong, strict.Member("jwks_uri", fmt.Errorf("%q is not a URL: want one such as https://app.example.com/jwks", c.JWKSURI)))
	}
	return errors.Join(wrong...)
}

// addressList is a member with URIs that the browser is sent to.
type addressList struct {
	member string
	list   []string
}

func (c *Client) addresses() [2]addressList {
	return [2]addressList{{"redirect_uris", c.RedirectURIs}, {"post_logout_redirect_uris", c.PostLogoutRedirectURIs}}
}

// checkAddress refuses a redirection URI that no request can match (RFC 6749 section
// 3.1.2).
func checkAddress(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case strings.Contains(uri, "*"): // it is judged with the provider's laxness, by package contradiction
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

func (c *Client) checkKeys() error {
	if len(c.JWKS) > 0 && c.JWKSURI != "" {
		return strict.Member("jwks_uri", errors.New("jwks and jwks_uri exclude each other: keep one (RFC 7591 section 2)"))
	}
	return nil
}

// checkSecret finds a secret that the client never proves.
func (c *Client) checkSecret() error {
	if c.Secret == "" || c.AuthMethod != protocol.NoAuthentication {
		return nil
	}
	return strict.Member("client_secret", fmt.Errorf("token_endpoint_auth_method %s uses no secret: leave one of them out", c.AuthMethod))
}

// checkAudience finds resources that no request can name.
func (c *Client) checkAudience() error {
	var wrong []error
	for n, name := range c.Audience {
		if err := origin.CheckResource(name); err != nil {
			wrong = append(wrong, strict.Member(fmt.Sprintf("audience.%d", n), err))
		}
	}
	return errors.Join(wrong...)
}

// checkAssertions finds an algorithm that no assertion of the client can have.
func (c *Client) checkAssertions() error {
	switch method, alg := c.AuthMethod, c.AuthSigningAlg; {
	case alg == "" || method == "":
	case method != protocol.PrivateKeyJWT && method != protocol.ClientSecretJWT:
		return strict.Member("token_endpoint_auth_signing_alg", fmt.Errorf("no assertion is made with token_endpoint_auth_method %s: leave it out, or use private_key_jwt", method))
	case (alg == protocol.HS256) != (method == protocol.ClientSecretJWT):
		return strict.Member("token_endpoint_auth_signing_alg", fmt.Errorf("%s is not an algorithm of %s", alg, method))
	}
	return nil
}

// checkGrants finds a response type without the grant type that it needs (RFC 7591
// section 2.1).
func (c *Client) checkGrants() error {
	var wrong []error
	for n, t := range c.ResponseTypes {
		if missing := c.MissingGrant(t); missing != "" {
			wrong = append(wrong, strict.Member(fmt.Sprintf("response_types.%d", n), fmt.Errorf("%s needs the grant type %s: add it to grant_types (RFC 7591 section 2.1)", t, missing)))
		}
	}
	return errors.Join(wrong...)
}

// MissingGrant returns the grant type that a response type needs, and that is not
// among those that the client names, if it names any (RFC 7591 section 2.1). What comes
// with a code needs no more than that: few providers ask their clients for implicit too.
func (c *Client) MissingGrant(t protocol.ResponseType) protocol.Grant {
	if len(c.GrantTypes) == 0 {
		return ""
	}
	words := strings.Fields(string(t))
	var needed protocol.Grant
	switch {
	case slices.Contains(words, "code"):
		needed = protocol.AuthorizationCodeGrant
	case slices.Contains(words, "token"), slices.Contains(words, "id_token"):
		needed = protocol.ImplicitGrant
	}
	if needed == "" || slices.Contains(c.Grants(), needed) {
		return ""
	}
	return needed
}
