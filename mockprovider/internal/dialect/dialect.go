// Package dialect decides how requests and answers look: as the specifications
// define them, or as the real provider that a persona imitates has them.
//
// The interface Dialect has two implementations, so that no endpoint and no grant
// asks whether there is a persona: Specification, which changes nothing, and one
// that is made from the data of a persona (package dialectfile). Begin with Dialect;
// Rules are the choices that need no code.
package dialect

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Dialect is how a provider speaks. It is safe for parallel use and does not
// change.
type Dialect interface {
	Naming
	Requests
	Consents
	Answers
	Errors

	// Rules returns the choices that the specifications leave to a provider.
	Rules() *Rules
}

// DeviceResponse is the answer of the device authorization endpoint, which is
// not an artifact that faults know.
const DeviceResponse protocol.Artifact = "device_authorization_response"

// RefreshToken is a refresh token that is a JWT, which faults do not know either: no
// client can verify it.
const RefreshToken protocol.Artifact = "refresh_token"

// Naming is where a provider is, and what it calls itself.
type Naming interface {
	// Receive returns the context of a request that came by the n-th URL of an
	// endpoint. own has the addresses of the provider.
	Receive(ctx context.Context, own Request, r *http.Request, n int) context.Context
	// Default returns a request by the URLs that clients are told.
	Default(own Request) Request
	// Issuer returns the issuer identifier that the provider has in an answer to
	// a request. user has the claims of the user that the answer is about, where
	// Rules say that they matter.
	Issuer(at Request, user map[string]any) string
	// Realm returns which of its issuers the URL of a request is of: each has
	// tokens of its own. It is empty where the provider has one issuer only, and
	// where the URL does not say which.
	Realm(at Request) string
	// Names reports whether iss is an issuer identifier that the provider may
	// have used at the URL of a request.
	Names(at Request, iss string) bool
	// URLs returns those of an endpoint as the client sees them, the one in the
	// metadata first.
	URLs(at Request, endpoint protocol.Endpoint) []string
	// Audiences returns those that a client assertion may have at some endpoints of
	// the issuer that a request is about (RFC 7523 section 3).
	Audiences(at Request, endpoints ...protocol.Endpoint) []string
	// ByIssuer returns a request that is about one of the provider's issuers, named
	// by its identifier or the path of that, and whether there is such an issuer.
	ByIssuer(own Request, issuer string) (Request, bool)
	// Routes returns the paths of the provider, nil where they are those of the
	// specifications' provider.
	Routes() []Route
	// Metadata returns the metadata document; doc is that of the specifications.
	Metadata(at Request, doc map[string]any, random io.Reader) map[string]any
}

// Source has what conditions and templates of a persona may speak of. It is asked
// only where there are some.
type Source interface {
	Values() template.Values
}

// Clients has what clients have registered.
type Clients interface {
	// RedirectURIs returns those of a client.
	RedirectURIs(clientID string) []string
}

// Requests is what a provider accepts in requests.
type Requests interface {
	// Translate puts a request into the words of the specifications.
	Translate(endpoint protocol.Endpoint, r *http.Request, clients Clients, random io.Reader)
	// Refuses says what an authorization request must not ask for here, empty if
	// there is nothing.
	Refuses(form url.Values, scopes []string) string
	// Prompt returns the values of prompt that count for a request.
	Prompt(sent []string, s Source) []string
	// ClientAuth reports whether clients may authenticate by a method at an
	// endpoint, and whether that needs no secret there. ofDevice tells whether
	// the request belongs to the device grant, where Rules say that it matters.
	ClientAuth(endpoint protocol.Endpoint, method protocol.AuthMethod, ofDevice bool) (accepted, withoutSecret bool)
}

// Consents is what a provider asks its users, and remembers of the answers.
// before is what it remembers, nil if the client was never answered.
type Consents interface {
	// MustAsk reports whether the user has to be asked for the requested scopes.
	MustAsk(before, requested []string, s Source) bool
	// Granted returns the scopes that a user gives who allows some. before
	// matters where Rules say so.
	Granted(before, allowed []string, s Source) []string
	// Remembered returns what is remembered once the user allowed some of the
	// scopes that were asked.
	Remembered(before, allowed, asked []string) []string
	// RefreshDue reports whether the request brings a refresh token, where Rules
	// say that requests decide.
	RefreshDue(s Source) bool
}

// Answers is how a provider writes what it answers.
type Answers interface {
	// Changes returns the members to set or remove in an artifact.
	Changes(artifact protocol.Artifact) template.Changes
	// Parameters changes those of an authorization response.
	Parameters(params url.Values, s Source, random io.Reader)
	// JoinScopes writes scopes as answers have them.
	JoinScopes(scopes []string) string
	// Encode writes the members of an answer in the form that the Accept header
	// of the request chooses. Without a content type the form is JSON.
	Encode(members map[string]any, accept string) (body []byte, contentType string)
}

// Rules are the choices that the specifications leave to a provider. The zero
// value is what the specifications recommend.
type Rules struct {
	Title             string                  // name of the provider, for people
	Address           string                  // issuer identifier of the real provider, without a path
	IssuerByUser      bool                    // the issuer identifier depends on the user
	Responses         []protocol.ResponseType // response types that every client may ask for, in addition to its own
	Prompts           []string                // values of prompt, in addition to those of OIDC Core
	RedirectBelow     bool                    // a redirect URI may be below a registered one
	RedirectElsewhere bool                    // an error goes to a registered redirect URI if the one asked for is not registered
	MessageMode       string                  // response mode that posts the response to the page that waits for it; "" is web_message, none: there is none
	Fragment          string                  // fragment of the redirect URI of authorization responses
	MissingUnknown    bool                    // a code or token that is missing is refused as one that is not known
	KeepRequest       bool                    // grants remember their authorization request
	GrantsByConsents  bool                    // earlier answers of the user change what is granted
	DeviceSecretless  bool                    // a client of the device grant needs no secret
	BasicIdentifier   bool                    // Basic with the client_id only, without a colon, is a client without a secret
	RefreshByRequest  bool                    // the authorization request decides whether there is a refresh token, not the scopes
	RefreshRedirect   bool                    // a redirect_uri of a refresh must be that of the grant
	RefreshByConsents bool                    // a refresh may ask for all that the user has allowed the client
	RedirectOptional  bool                    // a code can be redeemed without the redirect_uri of its request
	AssertionLifetime time.Duration           // how far ahead exp of an assertion that is a grant may be; 0: a year
	UserScope         template.Tree           // scopes of the access token of a user in addition to that of the client, default user_scope
	Popup             *dialectfile.Popup      // how a page has the response posted to it, nil: it has not
	LoopbackAnywhere  bool                    // a client with a loopback redirect URI may use any
	JSONBodies        bool                    // endpoints that take a form take its parameters as JSON too
	SecretTwice       bool                    // the client secret may be in the header and in the body
	RefreshEndsAccess bool                    // a refresh ends the access tokens before it
	RevokeEndsGrant   bool                    // revoking an access token ends the grant
	SignOutEndsGrants bool                    // the end of a sign-in ends the grants that were made with it
	LogoutUnasked     bool                    // the user is not asked whether to sign out
	LogoutOfAnyClient bool                    // a redirect URI may be that of any client, where a request to sign out names none
	LogoutToRedirect  bool                    // a sign-out may lead to the redirect URIs of the client
	LogoutToFirst     bool                    // a request to sign out that names a client only goes to its first redirect URI
	LogoutSignsIn     bool                    // a request to sign out with a response_type goes on as an authorization request
	KeySet            dialectfile.KeySet      // what keys are published with
	IntrospectIDToken bool                    // introspection takes ID tokens
	LogoutByRefresh   bool                    // a client signs its user out by a refresh token
	ExpiredKnown      time.Duration           // how long an expired token is known to have been one
	Tokens            dialectfile.Patterns    // what codes, tokens and identifiers look like
	SecretJWT         *dialectfile.SecretJWT  // what is asked of client secrets that are JWTs, nil: a secret is a text
	Audience          dialectfile.Audience    // how access tokens are asked for a resource
	ClientToken       template.Tree           // the access token of client_credentials, where it is made of the client
	NoSessionFrame    bool                    // check_session_iframe does not exist
	SessionFrameAsks  bool                    // the script of check_session_iframe asks whether client and origin belong together, and compares sid
	Exchange          *dialectfile.Exchange   // a grant type that gives a new access token for a live one
}

// MessageResponse is the response mode that posts the response to the page that waits
// for it, empty where the provider has none.
func (r *Rules) MessageResponse() string {
	switch r.MessageMode {
	case "":
		return string(protocol.WebMessageMode)
	case noMessage:
		return ""
	}
	return r.MessageMode
}

// Of returns the dialect that speaks as d, Specification for nil.
func Of(d *dialectfile.Dialect) Dialect {
	if d == nil {
		return Specification
	}
	return imitate(d)
}

// Cache returns the dialect of a persona, made at its first use. The zero value
// is ready.
type Cache struct{ last atomic.Pointer[imitation] }

// Of returns the dialect that speaks as d, Specification for nil.
func (c *Cache) Of(d *dialectfile.Dialect) Dialect {
	if d == nil {
		return Specification
	}
	if last := c.last.Load(); last != nil && last.Dialect == d {
		return last
	}
	made := imitate(d)
	c.last.Store(made)
	return made
}
