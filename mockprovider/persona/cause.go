package persona

// Causes are the reasons for which a provider refuses, as finely as it knows
// them: the journal has them beside the error code, and a persona may have an
// answer of its own for each. Those of refresh are used for the refresh grant,
// those of token for the others.
func Causes() []string {
	return []string{
		"authorize.client_unknown", "authorize.redirect_uri_mismatch", "authorize.request_invalid", "authorize.scope_invalid",
		"authorize.response_type_unsupported", "authorize.user_denied", "authorize.login_required", "authorize.consent_required",
		"token.request_invalid", "token.grant_type_unsupported", "token.client_unknown", "token.client_secret_wrong", "token.client_authentication_wrong",
		"token.code_unknown", "token.code_expired", "token.code_used", "token.code_of_another_client", "token.redirect_uri_mismatch", "token.code_verifier_wrong",
		"token.user_gone",
		"refresh.token_unknown", "refresh.token_expired", "refresh.token_revoked", "refresh.token_used", "refresh.token_of_another_client", "refresh.user_gone",
		"refresh.scope_widened",
		"device.authorization_pending", "device.slow_down", "device.code_expired", "device.access_denied", "device.code_unknown",
		"api.token_missing", "api.token_unknown", "api.token_expired", "api.token_revoked", "api.user_gone", "api.scope_insufficient",
		"api.field_unknown", "api.appsecret_proof_wrong",
	}
}
