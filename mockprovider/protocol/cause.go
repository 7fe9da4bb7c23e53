package protocol

import (
	"slices"
	"strings"
	"sync"
)

// Cause is the reason for which a provider refuses a request, as finely as it
// knows: the journal has it in addition to the error code, and a persona may
// have an answer of its own for each. Causes of refresh are those of the
// refresh grant, causes of token those of the other grants.
type Cause string

// The causes.
const (
	CauseAuthorizeClientUnknown           Cause = "authorize.client_unknown"
	CauseAuthorizeRedirectURIMismatch     Cause = "authorize.redirect_uri_mismatch"
	CauseAuthorizeRequestInvalid          Cause = "authorize.request_invalid"
	CauseAuthorizeScopeInvalid            Cause = "authorize.scope_invalid"
	CauseAuthorizeTargetInvalid           Cause = "authorize.target_invalid"
	CauseAuthorizeResponseTypeUnsupported Cause = "authorize.response_type_unsupported"
	CauseAuthorizeUserDenied              Cause = "authorize.user_denied"
	CauseAuthorizeLoginRequired           Cause = "authorize.login_required"
	CauseAuthorizeConsentRequired         Cause = "authorize.consent_required"

	CauseTokenRequestInvalid            Cause = "token.request_invalid"
	CauseTokenGrantTypeUnsupported      Cause = "token.grant_type_unsupported"
	CauseTokenClientUnknown             Cause = "token.client_unknown"
	CauseTokenClientSecretWrong         Cause = "token.client_secret_wrong"
	CauseTokenClientAuthenticationWrong Cause = "token.client_authentication_wrong"
	CauseTokenCodeUnknown               Cause = "token.code_unknown"
	CauseTokenCodeExpired               Cause = "token.code_expired"
	CauseTokenCodeUsed                  Cause = "token.code_used"
	CauseTokenCodeOfAnotherClient       Cause = "token.code_of_another_client"
	CauseTokenRedirectURIMismatch       Cause = "token.redirect_uri_mismatch"
	CauseTokenCodeVerifierWrong         Cause = "token.code_verifier_wrong"
	CauseTokenUserGone                  Cause = "token.user_gone"
	CauseTokenPasswordWrong             Cause = "token.password_wrong"
	CauseTokenTargetInvalid             Cause = "token.target_invalid"
	CauseTokenAssertionInvalid          Cause = "token.assertion_invalid"
	CauseTokenAssertionIssuerUnknown    Cause = "token.assertion_issuer_unknown"
	CauseTokenAssertionSignatureWrong   Cause = "token.assertion_signature_wrong"
	CauseTokenAssertionAudienceWrong    Cause = "token.assertion_audience_wrong"
	CauseTokenAssertionExpired          Cause = "token.assertion_expired"

	CauseRefreshTokenUnknown         Cause = "refresh.token_unknown"
	CauseRefreshTokenExpired         Cause = "refresh.token_expired"
	CauseRefreshTokenRevoked         Cause = "refresh.token_revoked"
	CauseRefreshTokenUsed            Cause = "refresh.token_used"
	CauseRefreshTokenOfAnotherClient Cause = "refresh.token_of_another_client"
	CauseRefreshUserGone             Cause = "refresh.user_gone"
	CauseRefreshScopeWidened         Cause = "refresh.scope_widened"
	CauseRefreshRedirectURIMismatch  Cause = "refresh.redirect_uri_mismatch"
	CauseRefreshTargetInvalid        Cause = "refresh.target_invalid"

	CauseDeviceAuthorizationPending Cause = "device.authorization_pending"
	CauseDeviceSlowDown             Cause = "device.slow_down"
	CauseDeviceCodeExpired          Cause = "device.code_expired"
	CauseDeviceAccessDenied         Cause = "device.access_denied"
	CauseDeviceCodeUnknown          Cause = "device.code_unknown"

	CauseAPITokenMissing        Cause = "api.token_missing"
	CauseAPITokenUnknown        Cause = "api.token_unknown"
	CauseAPITokenExpired        Cause = "api.token_expired"
	CauseAPITokenRevoked        Cause = "api.token_revoked"
	CauseAPIUserGone            Cause = "api.user_gone"
	CauseAPIScopeInsufficient   Cause = "api.scope_insufficient"
	CauseAPIFieldUnknown        Cause = "api.field_unknown"
	CauseAPIHeaderMissing       Cause = "api.header_missing"
	CauseAPIAppsecretProofWrong Cause = "api.appsecret_proof_wrong"
	CauseAPINotFound            Cause = "api.not_found"
)

type causeRow struct {
	cause Cause
	code  string // the error code that the specifications have for it
}

// causes has the codes of RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section
// 3.1, RFC 8628 section 3.5, RFC 8707 section 2 and OIDC Core section 3.1.2.6.
var causes = sync.OnceValue(func() []causeRow {
	return []causeRow{
		{CauseAuthorizeClientUnknown, "invalid_client"},
		{CauseAuthorizeRedirectURIMismatch, "invalid_request"},
		{CauseAuthorizeRequestInvalid, "invalid_request"},
		{CauseAuthorizeScopeInvalid, "invalid_scope"},
		{CauseAuthorizeTargetInvalid, "invalid_target"},
		{CauseAuthorizeResponseTypeUnsupported, "unsupported_response_type"},
		{CauseAuthorizeUserDenied, "access_denied"},
		{CauseAuthorizeLoginRequired, "login_required"},
		{CauseAuthorizeConsentRequired, "consent_required"},

		{CauseTokenRequestInvalid, "invalid_request"},
		{CauseTokenGrantTypeUnsupported, "unsupported_grant_type"},
		{CauseTokenClientUnknown, "invalid_client"},
		{CauseTokenClientSecretWrong, "invalid_client"},
		{CauseTokenClientAuthenticationWrong, "invalid_client"},
		{CauseTokenCodeUnknown, "invalid_grant"},
		{CauseTokenCodeExpired, "invalid_grant"},
		{CauseTokenCodeUsed, "invalid_grant"},
		{CauseTokenCodeOfAnotherClient, "invalid_grant"},
		{CauseTokenRedirectURIMismatch, "invalid_grant"},
		{CauseTokenCodeVerifierWrong, "invalid_grant"},
		{CauseTokenUserGone, "invalid_grant"},
		{CauseTokenPasswordWrong, "invalid_grant"},
		{CauseTokenTargetInvalid, "invalid_target"},
		{CauseTokenAssertionInvalid, "invalid_grant"},
		{CauseTokenAssertionIssuerUnknown, "invalid_grant"},
		{CauseTokenAssertionSignatureWrong, "invalid_grant"},
		{CauseTokenAssertionAudienceWrong, "invalid_grant"},
		{CauseTokenAssertionExpired, "invalid_grant"},

		{CauseRefreshTokenUnknown, "invalid_grant"},
		{CauseRefreshTokenExpired, "invalid_grant"},
		{CauseRefreshTokenRevoked, "invalid_grant"},
		{CauseRefreshTokenUsed, "invalid_grant"},
		{CauseRefreshTokenOfAnotherClient, "invalid_grant"},
		{CauseRefreshUserGone, "invalid_grant"},
		{CauseRefreshScopeWidened, "invalid_scope"},
		{CauseRefreshRedirectURIMismatch, "invalid_grant"},
		{CauseRefreshTargetInvalid, "invalid_target"},

		{CauseDeviceAuthorizationPending, "authorization_pending"},
		{CauseDeviceSlowDown, "slow_down"},
		{CauseDeviceCodeExpired, "expired_token"},
		{CauseDeviceAccessDenied, "access_denied"},
		{CauseDeviceCodeUnknown, "invalid_grant"},

		{CauseAPITokenMissing, "invalid_token"},
		{CauseAPITokenUnknown, "invalid_token"},
		{CauseAPITokenExpired, "invalid_token"},
		{CauseAPITokenRevoked, "invalid_token"},
		{CauseAPIUserGone, "invalid_token"},
		{CauseAPIScopeInsufficient, "insufficient_scope"},
		{CauseAPIFieldUnknown, "invalid_request"},
		{CauseAPIHeaderMissing, "invalid_request"},
		{CauseAPIAppsecretProofWrong, "invalid_request"},
		{CauseAPINotFound, "invalid_request"},
	}
})

// Code returns the error code that the specifications have for c. A provider's
// own cause has invalid_client where it is about the client, else
// invalid_request.
func (c Cause) Code() string {
	rows := causes()
	if n := slices.IndexFunc(rows, func(r causeRow) bool { return r.cause == c }); n >= 0 {
		return rows[n].code
	}
	if strings.HasPrefix(string(c), "app.client_") {
		return "invalid_client"
	}
	return "invalid_request"
}

// causeNames lists the causes that every provider may have.
func causeNames(string) []string {
	return names(causes(), func(r causeRow) string { return string(r.cause) })
}
