package grant

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// unsupportedHandler refuses a grant type that is unknown or not offered, with
// the error RFC 6749 section 5.2 has for it; fosite says invalid_request.
type unsupportedHandler struct{}

func (unsupportedHandler) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	return true
}

func (unsupportedHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool {
	return true
}

func (unsupportedHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	exchange.From(ctx).Decide("grant_type", false, "not offered: "+strings.Join(r.GetGrantTypes(), " "), "RFC 6749 section 5.2")
	exchange.From(ctx).Because(protocol.CauseTokenGrantTypeUnsupported)
	return fosite.ErrUnsupportedGrantType.WithHintf("This provider does not offer the grant type %q.", strings.Join(r.GetGrantTypes(), " "))
}

func (unsupportedHandler) PopulateTokenEndpointResponse(context.Context, fosite.AccessRequester, fosite.AccessResponder) error {
	return fosite.ErrUnknownRequest
}

// mayUse refuses a client that is not registered for a grant type (RFC 6749
// section 5.2, unauthorized_client) before anything is looked up.
func mayUse(ctx context.Context, r fosite.AccessRequester, grantType protocol.Grant) error {
	if slices.Contains(r.GetClient().GetGrantTypes(), string(grantType)) {
		return nil
	}
	exchange.From(ctx).Decide("grant_type", false, "the client is not registered for "+string(grantType), "RFC 6749 section 5.2")
	if grantType == protocol.ClientCredentialsGrant && r.GetClient().IsPublic() {
		return fosite.ErrUnauthorizedClient.WithHintf("The client %q is public, and has no credentials that it could be granted a token for (RFC 6749 section 4.4): give it a client_secret.", r.GetClient().GetID())
	}
	return fosite.ErrUnauthorizedClient.WithHintf("The client %q is not registered for the grant type %q: add it to its grant_types.", r.GetClient().GetID(), grantType)
}

func invalidToken(why string) *fosite.RFC6749Error {
	return (&fosite.RFC6749Error{ErrorField: "invalid_token", CodeField: 401}).WithHint(why)
}

// RecordCause writes into the journal why a token request was refused, where it
// has no cause yet.
func (e *Engine) RecordCause(ctx context.Context, form interface{ Get(string) string }) {
	x := exchange.From(ctx)
	if x.Cause() == "" {
		id, _ := x.Param("client_id")
		x.Because(e.causeOf(form.Get("code"), form.Get("redirect_uri"), form.Get("refresh_token"), id))
	}
}

// causeOf names the cause of a refusal that fosite does not tell apart.
func (e *Engine) causeOf(code, redirectURI, refreshToken, clientID string) protocol.Cause {
	now := e.now()
	if c, ok := e.Store.Code(code, now); ok {
		switch {
		case c.Grant.ClientID != clientID:
			return protocol.CauseTokenCodeOfAnotherClient
		case c.Grant.RedirectURI != redirectURI && !(redirectURI == "" && e.Rules().RedirectOptional):
			return protocol.CauseTokenRedirectURIMismatch
		case !e.IsUserActive(c.Grant.UserLogin):
			return protocol.CauseTokenUserGone
		}
	}
	if rt, ok := e.Store.Refresh(refreshToken, now); ok && rt.Grant.ClientID != clientID {
		return protocol.CauseRefreshTokenOfAnotherClient
	}
	return protocol.CauseTokenRequestInvalid
}

// Refused returns the code and the reason of an error, as the specifications have
// them. fosite calls a lost race server_error or invalid_request, has names of its own
// for some errors, and describes every cause there might be; a client needs the one.
func Refused(err error) (code, why string) {
	if errors.Is(err, fosite.ErrInvalidatedAuthorizeCode) || errors.Is(err, fosite.ErrSerializationFailure) {
		return "invalid_grant", "It was used at the same time by another request."
	}
	e := fosite.ErrorToRFC6749Error(err)
	if errors.Is(err, fosite.ErrNotFound) && (e.ErrorField == "server_error" || e.ErrorField == "invalid_request") {
		return "invalid_grant", "It has expired or was revoked while the request was answered."
	}
	why = e.HintField
	if why == "" {
		why = e.DescriptionField
	}
	return specified(e.ErrorField), why
}

// specified returns the code of the specifications for one of fosite's own.
func specified(code string) string {
	switch code {
	case "token_expired", "token_inactive", "not_found":
		return "invalid_grant"
	case "scope_not_granted":
		return "invalid_scope"
	case "request_unauthorized", "request_forbidden":
		return "invalid_client"
	case "unsupported_response_mode", "insufficient_entropy", "invalid_state":
		return "invalid_request"
	case "error", "misconfiguration":
		return "server_error"
	}
	return code
}
