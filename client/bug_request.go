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

func requestBugs() []BugInfo {
	return []BugInfo{
		{StateNotSent, "request", "RFC 6749 section 10.12", "sends no state"},
		{StateStatic, "request", "RFC 6749 section 10.12", "sends the same state every time"},
		{NonceNotSent, "request", "OIDC Core 15.5.2", "sends no nonce"},
		{NonceStatic, "request", "OIDC Core 15.5.2", "sends the same nonce every time"},
		{PKCENotSent, "request", "RFC 9700 section 2.1.1", "sends no code challenge"},
		{PKCEPlain, "request", "RFC 7636 section 4.2", "sends the code verifier itself as its challenge"},
		{VerifierStatic, "request", "RFC 7636 section 7.1", "uses the same code verifier every time"},
		{PKCEVerifierWrong, "token request", "RFC 7636 section 4.5", "sends another code verifier than the one it made the challenge of"},
		{SecretInQuery, "token request", "RFC 6749 section 2.3.1", "sends its secret in the URL"},
		{AuthMethodWrong, "token request", "OIDC Core 9", "proves who it is by another method than the one it is registered for"},
		{AssertionAudienceWrong, "token request", "RFC 7523 section 3", "makes its assertions for somebody else"},
		{OpenIDNotAsked, "request", "OIDC Core 3.1.2.1", "does not ask for the scope openid"},
		{RedirectURIDiffers, "token request", "RFC 6749 section 4.1.3", "sends another redirect URI with the code than it asked with"},
		{BasicNotEncoded, "token request", "RFC 6749 section 2.3.1", "does not encode its credentials before it joins them"},
		{ClientAuthRetried, "token request", "RFC 6749 section 5.2", "tries again and again when its credentials are refused"},
	}
}
