package client

// The bugs in the requests of the front and the back channel.
const (
	StateNotSent           Bug = "state-not-sent"
	StateStatic            Bug = "state-static"
	NonceNotSent           Bug = "nonce-not-sent"
	NonceStatic            Bug = "nonce-static"
	PKCENotSent            Bug = "pkce-not-sent"
	PKCEPlain              Bug = "pkce-plain"
	VerifierStatic         Bug = "verifier-static"
	PKCEVerifierWrong      Bug = "pkce-verifier-wrong"
	SecretInQuery          Bug = "secret-in-query"
	AuthMethodWrong        Bug = "auth-method-wrong"
	AssertionAudienceWrong Bug = "assertion-audience-wrong"
	OpenIDNotAsked         Bug = "openid-not-asked"
	RedirectURIDiffers     Bug = "redirect-uri-differs"
	BasicNotEncoded        Bug = "basic-not-form-encoded"
	ClientAuthRetried      Bug = "client-auth-retried"
)
