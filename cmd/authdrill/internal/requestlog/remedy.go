package requestlog

import "github.com/authdrill/authdrill/mockprovider/protocol"

// Remedy returns what to do about a refusal. It looks at the cause, or at the error
// code if the cause has no remedy or says only that the request is invalid.
func Remedy(cause protocol.Cause, code string) string {
	general := cause == protocol.CauseTokenRequestInvalid || cause == protocol.CauseAuthorizeRequestInvalid
	if text := byCode[code]; general && text != "" && code != cause.Code() {
		return text
	}
	if text, ok := remedies()[cause]; ok {
		return text
	}
	if text := byCode[code]; text != "" {
		return text
	}
	return byCode[cause.Code()]
}

// byCode has remedies for refusals that have no cause of their own. It is never written.
var byCode = map[string]string{
	"invalid_request":        "compare the parameters with the specification that the journal names: /_/ shows the request",
	"invalid_client":         "send the client_id and the client_secret of the configuration, as the client is registered to",
	"unauthorized_client":    "add the grant type or the response type to the client, and a client_secret for client_credentials",
	"unsupported_grant_type": "send a grant_type of grant_types_supported",
	"invalid_grant":          "send the user to the authorization endpoint again",
	"invalid_scope":          "ask for scopes that the provider and the client have and that were granted, or add them to scopes_supported of the provider and scope of the client",
	"not_found":              "ask for something that is there",
	"insufficient_scope":     "ask for the scope that the reason names when the user signs in",
	"invalid_target":         "ask for a resource or an audience that is configured and was granted",
	"invalid_token":          "send a live access token as Authorization: Bearer TOKEN",
	"access_denied":          "see the reason",
}

// remedies has what to do about each cause.
func remedies() map[protocol.Cause]string {
	const secret, again = "send the client_secret of the configuration, once, and without escapes of your own", "send the user to the authorization endpoint again"
	return map[protocol.Cause]string{
		protocol.CauseAuthorizeClientUnknown:           "configure the client, or send the client_id of one that is: GET /_/api/clients lists them",
		protocol.CauseAuthorizeRedirectURIMismatch:     "add the redirect_uri to the client exactly as it is sent, or send one that is registered",
		protocol.CauseAuthorizeRequestInvalid:          "correct the parameter that the reason names",
		protocol.CauseAuthorizeScopeInvalid:            "ask for scopes that the provider and the client have, or add them: scopes_supported of the provider or of protected_resources, and scope of the client",
		protocol.CauseAuthorizeResponseTypeUnsupported: "ask for response_type=code, or add the response type to the client",
		protocol.CauseAuthorizeUserDenied:              "nothing: the user said no, and the app has to show that",
		protocol.CauseAuthorizeLoginRequired:           "ask without prompt=none, or sign the user in before: a silent request shows no page",
		protocol.CauseAuthorizeConsentRequired:         "ask without prompt=none, or set consent: skip",

		protocol.CauseTokenRequestInvalid:            "post the parameters that the grant type needs as a form",
		protocol.CauseTokenGrantTypeUnsupported:      "send a grant_type that is supported, or add it to the client",
		protocol.CauseTokenClientUnknown:             "configure the client, or send the client_id of one that is: GET /_/api/clients lists them",
		protocol.CauseTokenClientSecretWrong:         secret,
		protocol.CauseTokenClientAuthenticationWrong: "authenticate as the token_endpoint_auth_method of the client says",
		protocol.CauseTokenCodeUnknown:               "send the code of the redirection as it came, to the issuer that made it",
		protocol.CauseTokenCodeExpired:               "redeem the code at once, or raise authorization_code.lifetime; " + again,
		protocol.CauseTokenCodeUsed:                  "redeem a code once: look for a second request or a reloaded callback; " + again,
		protocol.CauseTokenCodeOfAnotherClient:       "redeem the code as the client that asked for it",
		protocol.CauseTokenRedirectURIMismatch:       "send the redirect_uri of the authorization request, character by character",
		protocol.CauseTokenCodeVerifierWrong:         "send the code_verifier that belongs to this code: keep one for each sign-in",
		protocol.CauseTokenUserGone:                  "add or enable the user, or have another sign in",
		protocol.CauseTokenPasswordWrong:             "send the password of the user as it is configured",

		protocol.CauseRefreshTokenUnknown:         "send the latest refresh token of this issuer; " + again,
		protocol.CauseRefreshTokenExpired:         "refresh more often, or raise refresh_token.lifetime; " + again,
		protocol.CauseRefreshTokenRevoked:         "drop the tokens; " + again,
		protocol.CauseRefreshTokenUsed:            "keep the refresh token of each answer, and refresh one at a time, or set refresh_token.grace_window",
		protocol.CauseRefreshTokenOfAnotherClient: "refresh as the client that the token was issued to",
		protocol.CauseRefreshUserGone:             "add or enable the user, or have another sign in",
		protocol.CauseRefreshScopeWidened:         "ask for scopes that were granted; " + again + " for more",
		protocol.CauseRefreshRedirectURIMismatch:  "leave redirect_uri out, or send that of the authorization request",

		protocol.CauseDeviceAuthorizationPending: "ask again after interval seconds",
		protocol.CauseDeviceSlowDown:             "wait five seconds longer between requests (RFC 8628 section 3.5)",
		protocol.CauseDeviceCodeExpired:          "start again at the device",
		protocol.CauseDeviceAccessDenied:         "nothing: the user said no, and the device has to show that",
		protocol.CauseDeviceCodeUnknown:          "send the device_code of this issuer's answer; it counts once",

		protocol.CauseAPITokenMissing:        "send the access token as Authorization: Bearer TOKEN",
		protocol.CauseAPITokenUnknown:        "send an access token of this issuer",
		protocol.CauseAPITokenExpired:        "refresh the access token, or raise access_token.lifetime",
		protocol.CauseAPITokenRevoked:        "drop the token, and refresh or sign in again",
		protocol.CauseAPIUserGone:            "add or enable the user, or have another sign in",
		protocol.CauseAPIScopeInsufficient:   "ask for the scope that the reason names when the user signs in",
		protocol.CauseAPIFieldUnknown:        "ask for fields that the resource has",
		protocol.CauseAPIHeaderMissing:       "send the header field that the reason names",
		protocol.CauseAPIAppsecretProofWrong: "compute appsecret_proof with the client_secret of the configuration",
	}
}
