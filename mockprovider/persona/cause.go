package persona

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// ownCause is what the name of a cause begins with that one provider alone
// knows: only its persona has words for it.
const ownCause = "app."

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
		"token.user_gone", "token.password_wrong",
		"refresh.token_unknown", "refresh.token_expired", "refresh.token_revoked", "refresh.token_used", "refresh.token_of_another_client", "refresh.user_gone",
		"refresh.scope_widened", "refresh.redirect_uri_mismatch",
		"device.authorization_pending", "device.slow_down", "device.code_expired", "device.access_denied", "device.code_unknown",
		"api.token_missing", "api.token_unknown", "api.token_expired", "api.token_revoked", "api.user_gone", "api.scope_insufficient",
		"api.field_unknown", "api.header_missing", "api.appsecret_proof_wrong",
	}
}

// CodeOf is the error code that the specifications have for a cause (RFC 6749
// sections 4.1.2.1 and 5.2, RFC 6750 section 3.1, RFC 8628 section 3.5, OIDC
// Core section 3.1.2.6).
func CodeOf(cause string) string {
	where, what, _ := strings.Cut(cause, ".")
	switch {
	case where == "api" && what == "scope_insufficient":
		return "insufficient_scope"
	case where == "api" && strings.HasPrefix(what, "token_"), what == "user_gone" && where == "api":
		return "invalid_token"
	case where == "device" && what == "code_expired":
		return "expired_token"
	case where == "device" && what != "code_unknown":
		return what // its own name is the code
	case what == "user_denied":
		return "access_denied"
	case what == "login_required", what == "consent_required":
		return what
	case strings.HasPrefix(what, "scope_"):
		return "invalid_scope"
	case what == "response_type_unsupported":
		return "unsupported_response_type"
	case what == "grant_type_unsupported":
		return "unsupported_grant_type"
	case strings.HasPrefix(what, "client_"):
		return "invalid_client"
	case where == "token" && what != "request_invalid", where == "refresh", where == "device":
		return "invalid_grant"
	}
	return "invalid_request"
}

// checkCauses finds, among those that have words of their own, one that nobody
// knows.
func checkCauses(errors map[string]Refusal) error {
	for _, cause := range slices.Sorted(maps.Keys(errors)) {
		if err := checkCause(cause); err != nil {
			return err
		}
	}
	return nil
}

// checkCause finds a cause that nobody knows, and says which is near.
func checkCause(cause string) error {
	if slices.Contains(Causes(), cause) || strings.HasPrefix(cause, ownCause) {
		return nil
	}
	near, _ := strict.Nearest(cause, Causes())
	return fmt.Errorf("%q is no cause that is known: did you mean %s?", cause, near)
}
