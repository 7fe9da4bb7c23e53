package drill

import "github.com/authdrill/authdrill/mockprovider/strict"

// Expect is what must be seen of a step. An absent key is not checked; a step that
// has no key at all must succeed. Values are compared as package match does, and Node
// knows where each is in the file.
type Expect struct {
	Status  any `json:"status,omitempty" match:"true" of:"integer" doc:"HTTP status of the answer"`
	Headers any `json:"headers,omitempty" match:"true" of:"object" vocab:"header" doc:"headers of the answer"`
	JSON    any `json:"json,omitempty" match:"true" vocab:"response" doc:"body of the answer as JSON"`
	Body    any `json:"body,omitempty" match:"true" of:"string" doc:"body of the answer as text"`

	Error            any `json:"error,omitempty" match:"true" of:"string" doc:"OAuth error code of the answer, wherever it is"`
	ErrorDescription any `json:"error_description,omitempty" match:"true" of:"string" doc:"its description"`
	Duration         any `json:"duration,omitempty" match:"true" of:"string" doc:"time the step took on the issuer's clock" example:"{$gte: 2s}"`

	AuthorizationRequest  any `json:"authorization_request,omitempty" match:"true" of:"object" vocab:"oauth-param" doc:"parameters the client sent to the authorization endpoint"`
	AuthorizationResponse any `json:"authorization_response,omitempty" match:"true" of:"object" vocab:"oauth-param" doc:"parameters the browser brought back"`
	TokenResponse         any `json:"token_response,omitempty" match:"true" of:"object" vocab:"response" doc:"members of the token response"`

	IDToken         *Token        `json:"id_token,omitempty" doc:"the ID token, or $absent"`
	AccessToken     *Token        `json:"access_token,omitempty" doc:"the access token, read if it is a JWT, or $absent"`
	WWWAuthenticate *Challenge    `json:"www_authenticate,omitempty" doc:"the challenge of a protected resource (RFC 6750 section 3), or $absent"`
	Client          *ClientExpect `json:"client,omitempty" doc:"what the bundled client makes of it"`
	App             *AppExpect    `json:"app,omitempty" doc:"what the app under test makes of it"`

	Node *strict.Node `json:"-"`
}

// Token is what is expected of a token. Whole is $any or $absent, in place of
// the members.
type Token struct {
	Whole  any `json:"-" short:"true" match:"true" of:"matcher"`
	Header any `json:"header,omitempty" match:"true" of:"object" vocab:"jose-header" doc:"members of the JOSE header"`
	Claims any `json:"claims,omitempty" match:"true" of:"object" vocab:"claim" doc:"claims"`
	Valid  any `json:"valid,omitempty" match:"true" of:"boolean" doc:"whether signature, issuer, audience and times are right"`
}

// Challenge is what is expected of a WWW-Authenticate header.
type Challenge struct {
	Whole            any `json:"-" short:"true" match:"true" of:"matcher"`
	Scheme           any `json:"scheme,omitempty" match:"true" of:"string" doc:"Bearer, Basic, DPoP"`
	Error            any `json:"error,omitempty" match:"true" of:"string" doc:"error code"`
	ErrorDescription any `json:"error_description,omitempty" match:"true" of:"string" doc:"its description"`
	Scope            any `json:"scope,omitempty" match:"true" of:"string" doc:"scopes that would be needed"`
	Realm            any `json:"realm,omitempty" match:"true" of:"string" doc:"protection space"`
	ResourceMetadata any `json:"resource_metadata,omitempty" match:"true" of:"string" doc:"where the resource is described (RFC 9728 section 5.1)"`
}

// ClientExpect is what the bundled client must make of a step.
type ClientExpect struct {
	Outcome      string `json:"outcome,omitempty" enum:"signed_in,rejected" doc:"whether somebody is signed in afterwards"`
	Error        any    `json:"error,omitempty" match:"true" of:"string" doc:"OAuth error the client was told"`
	Reason       any    `json:"reason,omitempty" match:"true" of:"string" doc:"why the client refused, in its words"`
	Check        any    `json:"check,omitempty" match:"true" of:"string" doc:"name of the client's check that failed"`
	Clause       any    `json:"clause,omitempty" match:"true" of:"string" doc:"clause the failed check is of"`
	GrantedScope any    `json:"granted_scope,omitempty" match:"true" of:"string" doc:"scopes asked for and granted, separated by spaces"`
	MissingScope any    `json:"missing_scope,omitempty" match:"true" of:"string" doc:"scopes asked for and not granted, separated by spaces"`
	Sub          any    `json:"sub,omitempty" match:"true" of:"string" doc:"subject of the signed-in user"`
}

// AppExpect is what the app under test must make of a step.
type AppExpect struct {
	SignedIn any `json:"signed_in,omitempty" match:"true" of:"boolean" doc:"whether the app says that the user is signed in"`
	Page     any `json:"page,omitempty" match:"true" of:"string" doc:"text of the page the app shows"`
	Status   any `json:"status,omitempty" match:"true" of:"integer" doc:"HTTP status of that page"`
}
