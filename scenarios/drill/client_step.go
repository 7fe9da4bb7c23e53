package drill

import "github.com/authdrill/authdrill/mockprovider/protocol"

// Request parameters that the specifications define have a key of their own.
// `params` has all others, and replaces any parameter to send it wrongly.

// AuthorizationRequest is what a client asks of the authorization endpoint (RFC
// 6749 section 4.1.1, OIDC Core section 3.1.2.1). What is absent is chosen by the
// client: its own client_id and redirect_uri, the scope openid profile email, and a
// fresh state, nonce and code_challenge.
type AuthorizationRequest struct {
	Client       string                `json:"client,omitempty" doc:"client_id of the client that asks; default app"`
	Scope        string                `json:"scope,omitempty" doc:"scopes, separated by spaces"`
	Resource     []string              `json:"resource,omitempty" single:"true" doc:"protected resources that the tokens are for, in the token request too (RFC 8707 section 2)"`
	ResponseType protocol.ResponseType `json:"response_type,omitempty" doc:"default code"`
	ResponseMode protocol.ResponseMode `json:"response_mode,omitempty" doc:"how the response is brought back"`
	RedirectURI  string                `json:"redirect_uri,omitempty" doc:"where the response is brought"`
	Prompt       string                `json:"prompt,omitempty" doc:"none, login, consent, select_account, separated by spaces"`
	MaxAge       *int                  `json:"max_age,omitempty" min:"0" doc:"seconds since the user last signed in, at most"`
	LoginHint    string                `json:"login_hint,omitempty" doc:"user that is expected"`
	IDTokenHint  string                `json:"id_token_hint,omitempty" doc:"ID token of the user that is expected"`
	ACRValues    string                `json:"acr_values,omitempty" doc:"authentication contexts asked for, separated by spaces"`
	Display      string                `json:"display,omitempty" enum:"page,popup,touch,wap" doc:"kind of page"`
	UILocales    string                `json:"ui_locales,omitempty" doc:"languages of the page, separated by spaces"`
	Claims       *ClaimsRequest        `json:"claims,omitempty" doc:"the claims parameter as a mapping (OIDC Core section 5.5)"`
	Method       string                `json:"method,omitempty" enum:"GET,POST" doc:"how the request is sent; default GET"`
	Params       map[string]any        `json:"params,omitempty" vocab:"oauth-param" match:"param" doc:"further parameters, or others than the client would send; $absent leaves one out, $keep leaves it as it is, and an empty text is sent as an empty value"`
}

// ClaimsRequest asks for claims one by one (OIDC Core section 5.5).
type ClaimsRequest struct {
	UserInfo map[string]*ClaimRequest `json:"userinfo,omitempty" vocab:"claim" empty:"true" doc:"claims wanted from userinfo"`
	IDToken  map[string]*ClaimRequest `json:"id_token,omitempty" vocab:"claim" empty:"true" doc:"claims wanted in the ID token"`
}

// ClaimRequest says how a claim is requested; an empty one requests it as a
// voluntary claim.
type ClaimRequest struct {
	Essential *bool    `json:"essential,omitempty" doc:"whether the client cannot do without"`
	Value     string   `json:"value,omitempty" doc:"the one value that will do"`
	Values    []string `json:"values,omitempty" doc:"values that will do, the best first"`
}

// SignIn is a whole sign-in: the authorization request, the user's answers on the
// provider's pages, and the callback.
type SignIn struct {
	User     string   `json:"user,omitempty" short:"true" doc:"login of the user; default alice"`
	Password string   `json:"password,omitempty" doc:"what the user types; default the user's password"`
	Consent  *Consent `json:"consent,omitempty" doc:"the user's answer to the consent page; default allow"`

	Browser string `json:"browser,omitempty" doc:"the browser that signs in, by name; each has its own cookies; default main"`
	Issuer  string `json:"issuer,omitempty" enum:"first,second" doc:"the provider of an app that has two; default the first"`
	Times   int    `json:"times,omitempty" min:"1" max:"100" doc:"one after another, each in a fresh browser; default once in this one"`
	Until   string `json:"until,omitempty" enum:"response" doc:"response: hold the authorization response back, for a later callback"`
	As      string `json:"as,omitempty" doc:"name of the response that is held back; default that of the browser"`
	Must    bool   `json:"must,omitempty" doc:"where the app does not show this user afterwards, not even once the user before has signed out, the entry is not exercised"`

	AuthorizationRequest
}

// Authorize sends the browser to the authorization endpoint.
type Authorize struct {
	Browser string `json:"browser,omitempty" doc:"the browser that is sent, by name; default main"`

	AuthorizationRequest
}

// Callback brings the authorization response to the client.
type Callback struct {
	URL      string         `json:"url,omitempty" doc:"the whole URL; default where the provider sent the browser"`
	Response string         `json:"response,omitempty" short:"true" doc:"name of the response that sign_in held back; default the last one"`
	Browser  string         `json:"browser,omitempty" doc:"the browser that brings it, by name; default main"`
	Method   string         `json:"method,omitempty" enum:"GET,HEAD,POST" doc:"default as the provider sent it"`
	Parallel int            `json:"parallel,omitempty" min:"1" max:"20" doc:"how many times at once; default once"`
	Discard  bool           `json:"discard,omitempty" doc:"the browser forgets the answer, as one that only prefetches"`
	Params   map[string]any `json:"params,omitempty" vocab:"oauth-param" match:"param" doc:"parameters to set in the response; $absent takes one away, $keep leaves it as it is, and an empty text is an empty value; ${name.param} is that of another response, and takes it away where that has none"`
}

// Refresh exchanges a refresh token for new tokens.
type Refresh struct {
	RefreshToken string         `json:"refresh_token,omitempty" doc:"default the one the client holds"`
	Scope        string         `json:"scope,omitempty" doc:"scopes to ask for; default none, which keeps those granted"`
	Resource     []string       `json:"resource,omitempty" single:"true" doc:"protected resources to narrow the access token to (RFC 8707 section 2.2); default all that were granted"`
	Client       string         `json:"client,omitempty" doc:"client_id of the client that refreshes; default the one that signed in last"`
	Parallel     int            `json:"parallel,omitempty" min:"1" max:"1000" doc:"how many times at once; what is seen is that of the first success, else of the last failure"`
	Direct       bool           `json:"direct,omitempty" doc:"each of parallel sends a request of its own instead of waiting for the first"`
	Params       map[string]any `json:"params,omitempty" vocab:"oauth-param" match:"param" doc:"further parameters, or others than the client would send; $absent leaves one out, $keep leaves it as it is, and an empty text is sent as an empty value"`
}

// Call uses an access token at a protected resource.
type Call struct {
	Endpoint    string            `json:"endpoint,omitempty" short:"true" enum:"userinfo" oneof:"target,optional" doc:"userinfo, the endpoint of OIDC Core section 5.3, which is the default of the bundled client"`
	API         string            `json:"api,omitempty" oneof:"target,optional" doc:"path of the protected test API" example:"/me"`
	Requires    string            `json:"requires,omitempty" doc:"scope that the API asks for"`
	AutoRefresh *bool             `json:"auto_refresh,omitempty" doc:"refresh first when the token has expired, and once when it is refused; default false"`
	Token       string            `json:"token,omitempty" doc:"access token; default the one the client holds"`
	In          string            `json:"in,omitempty" enum:"header,body" doc:"how the token is sent (RFC 6750 sections 2.1 and 2.2); default header"`
	Method      string            `json:"method,omitempty" enum:"GET,POST,PUT,PATCH,DELETE" doc:"default GET, POST with in: body"`
	Headers     map[string]string `json:"headers,omitempty" vocab:"header" doc:"further request headers"`
	Client      string            `json:"client,omitempty" doc:"client whose token it is; default the one that signed in last"`
	Browser     string            `json:"browser,omitempty" doc:"the browser that opens the app's api page, by name; default main"`
	Times       int               `json:"times,omitempty" min:"1" max:"100" doc:"one after another; default once"`
	Parallel    int               `json:"parallel,omitempty" min:"1" max:"1000" doc:"how many times at once; what is seen is that of the first that fails, else of the last answer"`
}

// Introspect asks the provider about a token.
type Introspect struct {
	Token         string `json:"token,omitempty" short:"true" doc:"default the client's access token"`
	TokenTypeHint string `json:"token_type_hint,omitempty" doc:"access_token or refresh_token"`
	Client        string `json:"client,omitempty" doc:"client that asks; default the one that signed in last"`
}

// Revoke revokes a token.
type Revoke struct {
	Token         string `json:"token,omitempty" short:"true" doc:"default the client's refresh token, or its access token if it has none"`
	TokenTypeHint string `json:"token_type_hint,omitempty" doc:"access_token or refresh_token"`
	Client        string `json:"client,omitempty" doc:"client that asks; default the one that signed in last"`
}

// Logout ends the session at the provider.
type Logout struct {
	PostLogoutRedirectURI string         `json:"post_logout_redirect_uri,omitempty" doc:"where the browser goes afterwards; default the client's page"`
	IDTokenHint           string         `json:"id_token_hint,omitempty" doc:"default the client's ID token"`
	State                 string         `json:"state,omitempty" doc:"brought back unchanged"`
	Confirm               *bool          `json:"confirm,omitempty" doc:"what the user answers if the provider asks; default yes"`
	Client                string         `json:"client,omitempty" doc:"client that asks; default the one that signed in last"`
	Browser               string         `json:"browser,omitempty" doc:"the browser that signs out, by name; default main"`
	Params                map[string]any `json:"params,omitempty" vocab:"oauth-param" match:"param" doc:"further parameters, or others than the client would send; $absent leaves one out, $keep leaves it as it is, and an empty text is sent as an empty value"`
}

// Device is a sign-in on a device without a browser.
type Device struct {
	User     string   `json:"user,omitempty" short:"true" doc:"login of the user; default alice"`
	Password string   `json:"password,omitempty" doc:"what the user types; default the user's password"`
	Scope    string   `json:"scope,omitempty" doc:"scopes, separated by spaces"`
	Consent  *Consent `json:"consent,omitempty" doc:"the user's answer; default allow"`
	Client   string   `json:"client,omitempty" doc:"client_id; default app"`
}

// Request is any HTTP request.
type Request struct {
	Method  string            `json:"method,omitempty" doc:"default GET, POST with a body"`
	URL     string            `json:"url" short:"true" required:"true" doc:"a URL, or a path at the issuer"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"request headers"`
	Form    map[string]any    `json:"form,omitempty" vocab:"oauth-param" oneof:"body,optional" doc:"body as a form; a list sends a parameter several times"`
	JSON    any               `json:"json,omitempty" vocab:"request-body" oneof:"body,optional" doc:"body as JSON"`
	Body    string            `json:"body,omitempty" oneof:"body,optional" doc:"body as text"`
	Basic   *Basic            `json:"basic,omitempty" doc:"HTTP Basic authentication, form-encoded first as RFC 6749 section 2.3.1 asks"`
}

// Basic is a user name and a password.
type Basic struct {
	Username string `json:"username" required:"true" doc:"user name, or client_id"`
	Password string `json:"password" required:"true" doc:"password, or client secret"`
}
