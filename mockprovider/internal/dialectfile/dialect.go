// Package dialectfile has the part of a persona file that describes how a real
// provider differs from the specifications. Begin with Dialect. Package dialect turns
// it into what endpoints and grants use.
package dialectfile

import (
	"reflect"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Dialect describes where a real provider departs from the specifications: its
// paths, its forms of answers and errors, its own resources. A persona's file has
// it in addition to the members of Persona; a provider without one follows the
// specifications.
type Dialect struct {
	Title  string `json:"title,omitempty" doc:"name of the provider, for people"`
	Issuer string `json:"issuer,omitempty" doc:"issuer identifier of the real provider; used in tokens with identity: real"`

	IssuerPath []template.Tree `json:"issuer_path,omitempty" single:"true" doc:"path of the issuer identifier, made of ${path.name} and ${user.claim}: the n-th is that of requests by the n-th URL of an endpoint; default, and where a name has no value, openid.issuer"`

	OpenID OpenID `json:"openid,omitzero" doc:"how a client of OpenID Connect signs in here"`

	Aliases      []string                 `json:"aliases,omitempty" doc:"further host names of the real provider that are no issuers of their own, but may begin an issuer identifier"`
	Path         map[string]template.Tree `json:"path,omitempty" doc:"the value of a named segment of a path, where that is not its own text: a tenant by the name of its domain"`
	FurtherHosts []string                 `json:"hosts,omitempty" doc:"further host names of the real provider, with the same paths"`

	RenameHosts map[string]string `json:"rename_hosts,omitempty" doc:"host names of the persona that is extended, each with the name it has here; that of its issuer needs none where issuer is set"`

	Endpoints Endpoints `json:"endpoints,omitzero" doc:"URLs of the endpoints at the real provider, by their RFC 8414 names; the first of each is in the metadata"`
	Tokens    Patterns  `json:"tokens,omitzero" doc:"what codes, tokens and identifiers look like"`

	Scope                 Scope                `json:"scope,omitzero" doc:"how scopes are written, named and granted"`
	AuthorizationRequest  AuthorizationForm    `json:"authorization_request,omitzero" doc:"what is particular of authorization requests"`
	AuthorizationResponse template.Changes     `json:"authorization_response,omitempty" vocab:"response" doc:"parameters to set in every authorization response, or to remove with $absent"`
	ResponseFragment      string               `json:"response_fragment,omitempty" doc:"fragment behind the redirect URI of every answer"`
	TokenRequest          TokenRequest         `json:"token_request,omitzero" doc:"what is particular of token requests"`
	MetadataResponse      template.Changes     `json:"metadata_response,omitempty" vocab:"response" doc:"members to set in the metadata, or to remove with $absent; members that never change belong in provider.metadata"`
	TokenResponse         template.Changes     `json:"token_response,omitempty" vocab:"response" doc:"members to set in every token response, or to remove with $absent"`
	DeviceResponse        template.Changes     `json:"device_authorization_response,omitempty" vocab:"response" doc:"the same of device authorization responses"`
	RefreshTokenClaims    template.Changes     `json:"refresh_token_claims,omitempty" vocab:"claim" doc:"refresh tokens are JWTs with these claims, and iss, sub, aud, iat, exp and jti, that only the provider can verify"`
	RefreshTokenWhen      []template.Condition `json:"refresh_token_when,omitempty" doc:"a refresh token is issued where one of these holds of the authorization request; consent_shown is there too"`
	Ends                  Ends                 `json:"ends,omitzero" doc:"what ends with what"`
	Encodings             []string             `json:"encodings,omitempty" enum:"json,form,xml" doc:"forms of token responses, chosen by Accept; the first is the default"`
	XMLRoot               string               `json:"xml_root,omitempty" doc:"name of the element around XML answers"`

	Resources []Resource                 `json:"resources,omitempty" doc:"what access tokens are spent on"`
	Calls     []Call                     `json:"calls,omitempty" doc:"operations of an API in JSON that do what an endpoint does"`
	Shapes    Shapes                     `json:"error_shapes,omitzero" doc:"what error answers look like"`
	Errors    map[protocol.Cause]Refusal `json:"errors,omitempty" doc:"what each failure is answered with, by its cause; one that is missing is answered as the specifications have it"`

	KeySet KeySet `json:"jwks_response,omitzero" doc:"what is particular of the key set"`

	Introspection Introspection `json:"introspection_request,omitzero" doc:"what is particular of introspection requests"`

	LogoutRequest LogoutForm `json:"logout_request,omitzero" doc:"what is particular of requests to sign out"`

	Faults map[string]Documented `json:"faults,omitempty" doc:"what the real provider is known to do that an app must survive, by name: a fault named documented: PERSONA/NAME does it"`

	Audience Audience `json:"audience,omitzero" doc:"how access tokens are asked for a protected resource"`

	Facts []Fact `json:"facts,omitempty" doc:"what is known of the real provider, each with its proof"`
}

// OpenID is how a client of OpenID Connect signs in at a persona.
type OpenID struct {
	Issuer string `json:"issuer,omitempty" doc:"path of the issuer identifier, where it has one: OIDC_ISSUER and the bundled client app use it" example:"/realms/master"`
	Scope  string `json:"scope,omitempty" doc:"what the bundled client app asks for; default openid profile email offline_access"`
	Unfit  string `json:"unfit,omitempty" doc:"why the bundled client app cannot sign in here"`
}

// Endpoints are the URLs of a real provider. The issuer answers to the host of
// each URL in addition to its own. {name} matches any segment of a path, and is
// a parameter of the request too.
type Endpoints struct {
	Discovery     []string `json:"discovery,omitempty" single:"true" doc:"OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3"`
	Authorization []string `json:"authorization_endpoint,omitempty" single:"true" doc:"RFC 6749 section 3.1"`
	Token         []string `json:"token_endpoint,omitempty" single:"true" doc:"RFC 6749 section 3.2"`
	JWKS          []string `json:"jwks_uri,omitempty" single:"true" doc:"RFC 7517 section 5"`
	Introspection []string `json:"introspection_endpoint,omitempty" single:"true" doc:"RFC 7662 section 2"`
	Revocation    []string `json:"revocation_endpoint,omitempty" single:"true" doc:"RFC 7009 section 2"`
	EndSession    []string `json:"end_session_endpoint,omitempty" single:"true" doc:"OpenID Connect RP-Initiated Logout 1.0 section 2"`
	CheckSession  []string `json:"check_session_iframe,omitempty" single:"true" doc:"OpenID Connect Session Management 1.0 section 3.3; with it, and openid, authorization responses have session_state"`
	SessionInit   []string `json:"check_session_init,omitempty" single:"true" doc:"/init below check_session_iframe, whose script asks there whether client_id and origin belong together; then session_state is the session's identifier, the sid of tokens"`
	CookieCheck   []string `json:"cookie_check,omitempty" single:"true" doc:"a page for a frame that sets a cookie and goes on to cookie_check_result"`
	CookieResult  []string `json:"cookie_check_result,omitempty" single:"true" doc:"a page that posts supported to the one around it if it has that cookie, else unsupported"`
	Device        []string `json:"device_authorization_endpoint,omitempty" single:"true" doc:"RFC 8628 section 3.1"`
	DevicePage    []string `json:"device_verification,omitempty" single:"true" doc:"the page of RFC 8628 section 3.3"`
}

// Endpoint is one by its name.
type Endpoint struct {
	Name protocol.Endpoint
	URLs []string
}

// endpointNames are the names of the members of Endpoints, in their order.
var endpointNames = sync.OnceValue(func() []protocol.Endpoint {
	var out []protocol.Endpoint
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Endpoints]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, protocol.Endpoint(name))
	}
	return out
})

// All returns the endpoints in the order of a sign-in.
func (e Endpoints) All() []Endpoint {
	urls, out := reflect.ValueOf(e), make([]Endpoint, 0, len(endpointNames()))
	for n, name := range endpointNames() {
		out = append(out, Endpoint{name, urls.Field(n).Interface().([]string)})
	}
	return out
}

// Patterns are what identifiers and tokens look like.
type Patterns struct {
	Code       *template.Pattern `json:"authorization_code,omitempty" doc:"pattern of codes"`
	Access     *template.Pattern `json:"access_token,omitempty" doc:"pattern of opaque access tokens"`
	Refresh    *template.Pattern `json:"refresh_token,omitempty" doc:"pattern of refresh tokens"`
	DeviceCode *template.Pattern `json:"device_code,omitempty" doc:"pattern of device codes"`
	UserCode   *template.Pattern `json:"user_code,omitempty" doc:"pattern of the codes that users enter for a device"`
	UserAccess *template.Pattern `json:"user_access_token,omitempty" doc:"pattern of access tokens of a sign-in with openid; and of a second one with the scopes of the parameter user_scope: ${user_access_token} of a token response"`
	Subject    *template.Pattern `json:"sub,omitempty" doc:"pattern of subject identifiers, of users who have none of their own; the same user always has the same"`
}

// Scope is how a provider writes scopes, and which it grants.
type Scope struct {
	Separators string              `json:"separators,omitempty" doc:"characters between scopes; default a space. Answers use the first"`
	Requests   string              `json:"request_separators,omitempty" doc:"characters between the scopes of requests, where they are others"`
	Default    []string            `json:"default,omitempty" doc:"scopes of a request that names none"`
	Always     []string            `json:"always,omitempty" doc:"scopes that are granted, whatever is asked"`
	With       map[string][]string `json:"with,omitempty" doc:"scopes that are granted with a scope"`
	Unsaid     []string            `json:"unsaid,omitempty" doc:"scopes that answers do not name"`
	OfUser     template.Tree       `json:"of_user,omitzero" doc:"scopes of ${user_access_token}; default the parameter user_scope of the authorization request"`
	Aliases    map[string]string   `json:"aliases,omitempty" doc:"scopes by a short name, with the name that answers have; requests may use either"`

	GrantedBefore    bool                 `json:"empty_means_granted_before,omitempty" doc:"a request that names no scope asks for all that the user granted before, without a page"`
	AddGrantedWhen   []template.Condition `json:"add_granted_when,omitempty" doc:"what the user granted before is granted too where one of these holds of the request"`
	AskDeclinedWhen  []template.Condition `json:"ask_declined_when,omitempty" doc:"what the user declined is asked again only where one of these holds of the request"`
	RemembersDecline bool                 `json:"remembers_decline,omitempty" doc:"what the user declined is not asked again"`
}

// AuthorizationForm is what is particular of authorization requests.
type AuthorizationForm struct {
	LoginHint   string                  `json:"login_hint_parameter,omitempty" doc:"name of the parameter that names the user; default login_hint"`
	Values      map[string][]string     `json:"values,omitempty" doc:"values that a parameter may have; another is refused"`
	Required    []string                `json:"required,omitempty" doc:"parameters that must be there"`
	ConsentWhen []template.Condition    `json:"consent_when,omitempty" doc:"consent is asked again where one of these holds of the request"`
	SignInWhen  []template.Condition    `json:"sign_in_when,omitempty" doc:"the user signs in again where one of these holds of the request"`
	Responses   []protocol.ResponseType `json:"response_types,omitempty" doc:"response types that every client may ask for; default those it is registered for"`
	Response    string                  `json:"default_response_type,omitempty" doc:"response type of a request that names none"`
	MessageMode string                  `json:"message_response_mode,omitempty" enum:"web_message,okta_post_message" doc:"response mode that posts the response to the page that opened the window or has the frame, okta_post_message as bare parameters; default none"`
	FormPostFor []string                `json:"form_post_for,omitempty" doc:"scopes that are refused unless response_mode is form_post"`
	NoneAsks    bool                    `json:"prompt_none_asks,omitempty" doc:"prompt=none skips only the pages that are not needed, and refuses nothing: a user who must sign in or consent is still asked to"`
	Redirect    Redirect                `json:"redirect_uri,omitzero" doc:"how redirect URIs are compared"`
	Popup       *Popup                  `json:"popup,omitempty" doc:"a page may open a window, to which the response is posted"`
}

// Popup is how a page that opens a window has the response posted to it.
type Popup struct {
	Scheme  string        `json:"scheme" required:"true" doc:"scheme of its redirect URIs, which have the scheme and host of the page's origin as host and path; it has to be that of a registered redirect URI, on a loopback address with any port"`
	Redeem  string        `json:"redirect_uri" required:"true" doc:"redirect_uri of the token request; a request may have it too, with the parameter origin: default that of the first registered redirect URI"`
	Message template.Tree `json:"message" required:"true" doc:"what is posted, made of ${response} and the parameters of the redirect URI as ${popup.name}"`
}

// Redirect is how redirect URIs are compared, and what becomes of one that is
// not registered.
type Redirect struct {
	Match    string `json:"match,omitempty" enum:"exact,subdirectory" doc:"exact (default), or any path below a registered one on its host or a host below that"`
	Loopback string `json:"loopback,omitempty" enum:"any" doc:"any: a client that has registered a loopback URI may use any other, on every port and path"`
	Missing  string `json:"missing,omitempty" enum:"registered,first" doc:"a request without one is answered at a registered one, drawn from the seed, or at the first; default as the specifications have it"`
	Mismatch string `json:"mismatch,omitempty" enum:"page,registered" doc:"page (default), or an error sent to the registered URI"`
}

// TokenRequest is what is particular of token requests.
type TokenRequest struct {
	Methods            []string              `json:"methods,omitempty" enum:"GET,POST" doc:"HTTP methods; default POST"`
	ClientAuth         []protocol.AuthMethod `json:"client_authentication,omitempty" enum:"@persona" doc:"how clients may authenticate; default as they are registered"`
	GrantType          string                `json:"default_grant_type,omitempty" doc:"grant type of a request that names none"`
	SecretJWT          *SecretJWT            `json:"client_secret_jwt,omitempty" doc:"the client secret is a JWT that the client makes"`
	Exchange           *Exchange             `json:"exchange,omitempty" doc:"a grant type that gives a new access token for one that lives"`
	ClientAccessToken  template.Tree         `json:"client_access_token,omitzero" doc:"the access token of client_credentials, made of the client"`
	RefreshRedirect    bool                  `json:"redirect_uri_at_refresh,omitempty" doc:"a refresh that names a redirect_uri must name that of its authorization request"`
	BasicIdentifier    bool                  `json:"basic_without_secret,omitempty" doc:"HTTP Basic may have the client_id only, without a colon: a client without a secret"`
	NoSecretForDevices bool                  `json:"no_secret_for_devices,omitempty" doc:"the device grant needs no client secret, nor do refreshes of what it gave"`
	DeviceClientAuth   []protocol.AuthMethod `json:"device_client_authentication,omitempty" enum:"client_secret_basic,client_secret_post,none" doc:"how clients may authenticate where a device asks for its code; default as elsewhere. none: client_id is enough"`
	Encodings          []string              `json:"encodings,omitempty" single:"true" enum:"form,json" doc:"what the body of a request may be, at all endpoints that take a form; default form"`
	InQuery            bool                  `json:"parameters_in_query,omitempty" doc:"the parameters of a POST request may be in the URL too"`
	Redirect           string                `json:"redirect_uri,omitempty" enum:"optional" doc:"optional: a code can be redeemed without the redirect_uri of its authorization request"`
	SecretTwice        bool                  `json:"secret_in_header_and_body,omitempty" doc:"the client secret may be in the body in addition to the Authorization header, which counts"`
	AssertionLifetime  clock.Duration        `json:"assertion_lifetime,omitempty" doc:"how far ahead exp of an assertion may be that is a grant (RFC 7523 section 2.1); default a year"`
	RefreshScope       string                `json:"refresh_scope,omitempty" enum:"consented" doc:"consented: a refresh may ask for all that the user has allowed the client, in whatever sign-in; default what its own sign-in was granted"`
	GrantTypeAliases   map[string]string     `json:"grant_type_aliases,omitempty" doc:"further names of grant types"`
}

// Audience is how access tokens are asked for a protected resource.
type Audience struct {
	Parameters []string `json:"parameters,omitempty" single:"true" enum:"resource,audience" doc:"parameters that name resources; default resource (RFC 8707) and audience"`
	Format     string   `json:"format,omitempty" enum:"opaque,jwt" doc:"format of access tokens that were asked for a resource; default that of provider.access_token"`
	Userinfo   bool     `json:"userinfo_with_openid,omitempty" doc:"with openid, a token for a resource is for the userinfo endpoint too"`
}

// KeySet is what is particular of the published key set.
type KeySet struct {
	Certificate []string      `json:"certificate,omitempty" single:"true" enum:"x5c,x5t,x5t#S256" doc:"members of RSA keys that sign, about a self-signed certificate of the key (RFC 7517 sections 4.7 to 4.9)"`
	Subject     template.Tree `json:"subject,omitzero" doc:"common name of the certificate's subject"`
}

// Introspection is what is particular of introspection requests.
type Introspection struct {
	IDTokens bool `json:"id_tokens,omitempty" doc:"ID tokens are introspected too, by the client that they were issued to"`
}

// LogoutForm is what is particular of requests to sign out.
type LogoutForm struct {
	Redirect     []string `json:"redirect_uri,omitempty" single:"true" doc:"names of the parameter that says where the browser goes afterwards; default post_logout_redirect_uri"`
	Default      string   `json:"default,omitempty" enum:"first" doc:"first: a request that names a client and no URI goes to the first that is registered"`
	Unasked      bool     `json:"unasked,omitempty" doc:"the user is not asked whether to sign out, whoever sends the browser here"`
	OfAnyClient  bool     `json:"of_any_client,omitempty" doc:"a request that names no client may name a redirect URI of any"`
	RedirectURIs bool     `json:"of_redirect_uris,omitempty" doc:"the browser may go to the redirect_uris of a client too"`
	SignInAgain  bool     `json:"sign_in_again,omitempty" doc:"a request with a response_type goes on as an authorization request"`
	RefreshToken bool     `json:"refresh_token,omitempty" doc:"a client signs its user out with a POST request that has the refresh token, and is answered with 204"`
}

// Ends is what ends with what, in addition to what the specifications ask for.
type Ends struct {
	Refresh    string `json:"refresh,omitempty" enum:"access_tokens" doc:"access_tokens: a refresh ends those that were issued before it"`
	Revocation string `json:"revocation,omitempty" enum:"grant" doc:"grant: who revokes an access token ends its grant"`
	SignOut    string `json:"sign_out,omitempty" enum:"grants" doc:"grants: the end of a sign-in ends the grants that were made with it, but for those with offline_access"`
}

// SecretJWT is a client secret that the client makes itself: a JWT of its own
// key, whose sub is the client_id and whose aud is the provider.
type SecretJWT struct {
	Alg      protocol.Algorithm `json:"alg" required:"true" enum:"ES256,RS256,PS256" doc:"JWS algorithm"`
	Lifetime clock.Duration     `json:"lifetime,omitempty" doc:"how far ahead exp may be; default any time"`
}

// Exchange is a grant type of the provider's own.
type Exchange struct {
	GrantType string `json:"grant_type" required:"true" doc:"its name"`
	Parameter string `json:"parameter" required:"true" doc:"the parameter that has the access token"`
}

// Shapes are what error answers look like.
type Shapes struct {
	OAuth Shape `json:"oauth,omitzero" doc:"of the token endpoint and its like; default RFC 6749 section 5.2"`
	API   Shape `json:"api,omitzero" doc:"of resources; default RFC 6750 section 3"`
}

// Shape is what an error answer looks like. Its names are those of a refusal:
// error, error_description, error_uri, status, and those of its values.
type Shape struct {
	Values  map[string]template.Tree `json:"values,omitempty" doc:"names for headers and body, in addition to those of the refusal"`
	Status  int                      `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status of errors that have none of their own; default what the specification asks for the code"`
	Headers map[string]template.Tree `json:"headers,omitempty" vocab:"header" doc:"response headers"`
	Body    template.Tree            `json:"body,omitzero" doc:"the body"`
}

// Refusal is what a failure is answered with.
type Refusal struct {
	Status      int                      `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default what the specification asks for the code"`
	Code        string                   `json:"error,omitempty" doc:"error code"`
	Description template.Tree            `json:"error_description,omitzero" doc:"text for the developer; $absent leaves it out"`
	URI         string                   `json:"error_uri,omitempty" doc:"page about the error"`
	Values      map[string]template.Tree `json:"values,omitempty" doc:"further names for the shape; of an authorization response: further parameters"`
	Headers     map[string]template.Tree `json:"headers,omitempty" vocab:"header" doc:"response headers"`
	Body        template.Tree            `json:"body,omitzero" doc:"the body, in place of the shape's"`
	Deliver     string                   `json:"deliver,omitempty" enum:"page,redirect" doc:"of an authorization request: show a page, or send it to the client"`
}

// Fact is something known of the real provider.
type Fact struct {
	Says   string `json:"fact" required:"true" doc:"what is known"`
	Level  string `json:"level" required:"true" enum:"D,S,O,U" doc:"D: documented by the provider; S: read in the source of a client library; O: observed, in a public report; U: not verified"`
	Source string `json:"source,omitempty" doc:"where"`
}

// Documented is something that a real provider is known to do, and an app must
// survive.
type Documented struct {
	Does   string      `json:"does" required:"true" doc:"what happens, and when"`
	Level  string      `json:"level" required:"true" enum:"D,S,O,U" doc:"as of facts"`
	Source string      `json:"source,omitempty" doc:"where"`
	Fault  fault.Fault `json:"fault" required:"true" doc:"the fault it is"`
}
