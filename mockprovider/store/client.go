// Package store has the clients and users that an issuer knows, in the words of the
// specifications. Begin with Client and User.
package store

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Client is a registered client in the words of RFC 7591 section 2 and OpenID
// Connect Dynamic Client Registration 1.0 section 2. A member that is absent
// has the default those specifications give it, unless its comment says else.
type Client struct {
	ID           string   `json:"client_id,omitempty" doc:"client identifier; in a file the key of the mapping"`
	Secret       string   `json:"client_secret,omitempty" empty:"true" doc:"client secret; a client that has none, an empty one or null is public, unless it has a key: token_endpoint_auth_method: private_key_jwt. Only app has one of its own accord"`
	Name         string   `json:"client_name,omitempty" doc:"name shown on the sign-in and consent pages"`
	URI          string   `json:"client_uri,omitempty" doc:"home page of the client"`
	LogoURI      string   `json:"logo_uri,omitempty" doc:"logo of the client"`
	PolicyURI    string   `json:"policy_uri,omitempty" doc:"privacy policy of the client"`
	TermsURI     string   `json:"tos_uri,omitempty" doc:"terms of service of the client"`
	Contacts     []string `json:"contacts,omitempty" doc:"e-mail addresses of the people responsible"`
	RedirectURIs []string `json:"redirect_uris,omitempty" doc:"redirection URIs, compared as strings, any port on a loopback address (RFC 8252 section 7.3); none registered: any loopback URI"`

	GrantTypes    []protocol.Grant        `json:"grant_types,omitempty" doc:"grants the client may use; default authorization_code, refresh_token, client_credentials and the device grant"`
	ResponseTypes []protocol.ResponseType `json:"response_types,omitempty" doc:"response types the client may ask for; default code"`
	Scope         string                  `json:"scope,omitempty" doc:"scopes the client may ask for, separated by spaces; default any"`

	Audience []string `json:"audience,omitempty" single:"true" doc:"protected resources the client may ask tokens for with the parameter resource, or audience; default any"`

	AuthMethod     protocol.AuthMethod `json:"token_endpoint_auth_method,omitempty" doc:"the one client authentication method accepted; absent: basic or post when there is a secret, else none; a method without the secret or the key that it needs is an error"`
	AuthSigningAlg protocol.Algorithm  `json:"token_endpoint_auth_signing_alg,omitempty" doc:"algorithm a client assertion must use; default any that fits the method"`
	JWKS           json.RawMessage     `json:"jwks,omitempty" vocab:"key-set" of:"object" doc:"public keys of the client as a JWK Set, for private_key_jwt"`
	JWKSURI        string              `json:"jwks_uri,omitempty" doc:"where the client publishes its JWK Set"`

	IDTokenAlg  protocol.Algorithm `json:"id_token_signed_response_alg,omitempty" enum:"@signing" doc:"algorithm of the client's ID tokens; default the provider's"`
	UserinfoAlg protocol.Algorithm `json:"userinfo_signed_response_alg,omitempty" enum:"@signing" doc:"answer userinfo as a JWT signed with this algorithm; default JSON"`

	DefaultMaxAge   int  `json:"default_max_age,omitempty" min:"0" doc:"seconds a sign-in stays fresh when the request has no max_age"`
	RequireAuthTime bool `json:"require_auth_time,omitempty" doc:"always put auth_time into ID tokens"`
	RequirePAR      bool `json:"require_pushed_authorization_requests,omitempty" doc:"refuse authorization requests that were not pushed (RFC 9126 section 6)"`

	PostLogoutRedirectURIs []string `json:"post_logout_redirect_uris,omitempty" doc:"where the browser may be sent after sign-out; none registered: any loopback URI"`
	SubjectType            string   `json:"subject_type,omitempty" enum:"public" doc:"subject identifier type"`
	ApplicationType        string   `json:"application_type,omitempty" enum:"web,native" doc:"kind of application"`
	SoftwareID             string   `json:"software_id,omitempty" doc:"identifier of the client software"`
	SoftwareVersion        string   `json:"software_version,omitempty" doc:"version of the client software"`

	AccessToken persona.AccessToken `json:"access_token,omitzero" doc:"the client's access tokens: laid over access_token of the provider and of the scopes"`
	IDToken     persona.IDToken     `json:"id_token,omitzero" doc:"the client's ID tokens: laid over id_token of the provider and of the scopes; its signing_alg counts more than id_token_signed_response_alg"`
	Userinfo    persona.Userinfo    `json:"userinfo,omitzero" doc:"what the client is told at the userinfo endpoint: laid over userinfo of the provider and of the scopes"`
	// Node is where a file or a request body has the client, until it is read.
	Node *strict.Node `json:"-"`

	// Registered numbers the clients that registered themselves. It is 0 for a
	// client of the configuration: only those widen what the provider fetches.
	Registered uint64 `json:"-"`

	// Unregistered is set if the client was never registered: lax: [any-client] made
	// the provider accept the first request that named it. Any credentials and any
	// redirect URI will do.
	Unregistered bool `json:"-"`
}

// Check finds what a client is registered with and can never have an effect; the
// error names the member. It makes a client public whose client_secret is there and
// empty or null: it lies over another one that may have a secret.
func (c *Client) Check() error {
	if n := c.Node; n != nil && c.Secret == "" && c.AuthMethod == "" && n.Find("client_secret") != n {
		c.AuthMethod = protocol.NoAuthentication
	}
	c.Node = nil
	return c.checkEffects()
}

// Public reports whether the client has no means to authenticate (RFC 6749 section 2.1).
func (c *Client) Public() bool {
	return c.AuthMethod == protocol.NoAuthentication || c.AuthMethod == "" && c.Secret == ""
}

// Grants returns the grant types the client may use.
func (c *Client) Grants() []protocol.Grant {
	if len(c.GrantTypes) > 0 {
		return c.GrantTypes
	}
	grants := make([]protocol.Grant, 0, 5)
	grants = append(grants, protocol.AuthorizationCodeGrant, protocol.RefreshTokenGrant, protocol.DeviceCodeGrant)
	if slices.ContainsFunc(c.ResponseTypes, func(r protocol.ResponseType) bool { return strings.Contains(string(r), "token") }) {
		grants = append(grants, protocol.ImplicitGrant)
	}
	if !c.Public() {
		grants = append(grants, protocol.ClientCredentialsGrant)
	}
	return grants
}

// Responses returns the response types the client may ask for, each with its
// words in alphabetical order.
func (c *Client) Responses() []protocol.ResponseType {
	if len(c.ResponseTypes) == 0 {
		return []protocol.ResponseType{"code"}
	}
	out := make([]protocol.ResponseType, len(c.ResponseTypes))
	for i, r := range c.ResponseTypes {
		words := strings.Fields(string(r))
		slices.Sort(words)
		out[i] = protocol.ResponseType(strings.Join(words, " "))
	}
	return out
}

// AuthMethods returns the client authentication methods accepted of the client
// (OIDC Core section 9).
func (c *Client) AuthMethods() []protocol.AuthMethod {
	switch {
	case c.AuthMethod != "":
		return []protocol.AuthMethod{c.AuthMethod}
	case c.Secret != "":
		return []protocol.AuthMethod{protocol.ClientSecretBasic, protocol.ClientSecretPost}
	}
	return []protocol.AuthMethod{protocol.NoAuthentication}
}
