package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// deviceHandlers grant tokens for a device code (RFC 8628 section 3.4).
func deviceHandlers(p parts) fosite.TokenEndpointHandlers {
	return fosite.TokenEndpointHandlers{
		&deviceHandler{engine: p.engine, issue: p.access, tokens: p.tokens, storage: p.storage, helper: p.idToken},
		p.audience,
	}
}

// deviceHandler is the token side of the device grant (RFC 8628 section 3.4).
// fosite has one, but it computes expires_in from the machine's clock, never
// asks to slow down, and deletes the OpenID session under the wrong name.
type deviceHandler struct {
	engine  *Engine
	issue   *oauth2.HandleHelper
	tokens  *tokens
	storage *fositeStore
	helper  *openid.IDTokenHandleHelper
}

func (h *deviceHandler) CanHandleTokenEndpointRequest(_ context.Context, r fosite.AccessRequester) bool {
	return r.GetGrantTypes().ExactOne(string(protocol.DeviceCodeGrant))
}

func (h *deviceHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// HandleTokenEndpointRequest answers a poll (RFC 8628 section 3.5).
func (h *deviceHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	x := exchange.From(ctx)
	e := h.engine
	if err := mayUse(ctx, r, protocol.DeviceCodeGrant); err != nil {
		return err
	}
	code := r.GetRequestForm().Get("device_code")
	if code == "" {
		return fosite.ErrInvalidRequest.WithHint("The parameter device_code is missing.")
	}
	if err := e.judgeDeviceAudience(ctx, r, code); err != nil {
		return err
	}
	d, poll := e.pollDevice(ctx, code, r.GetClient().GetID())
	if cause, why := pollRefusal(poll); cause != "" {
		x.Because(cause)
		x.Decide("device_code", false, why, "RFC 8628 section 3.5")
		return (&fosite.RFC6749Error{ErrorField: cause.Code(), CodeField: 400}).WithHint(why)
	}
	g := d.Answer
	x.Bind(g.Login, "", g.Subject)
	x.Decide("device_code", true, "redeemed", "RFC 8628 section 3.5")
	r.SetSession(e.Authorized(g))
	r.SetRequestedScopes(d.Scopes)
	for _, scope := range g.Scopes {
		r.GrantScope(scope)
	}
	return nil
}

// judgeDeviceAudience refuses a resource that a device did not ask for before the
// poll takes the device.
func (e *Engine) judgeDeviceAudience(ctx context.Context, r fosite.AccessRequester, code string) error {
	c := r.GetClient().(*client).Client
	d, ok := e.Store.Device(code, e.now())
	if !ok || d.ClientID != c.ID {
		return nil // the poll says so
	}
	_, err := e.narrowAudience(ctx, c, r.GetRequestForm(), d.Audience)
	return err
}

// pollDevice counts a poll of a device that the issuer of the request knows.
func (e *Engine) pollDevice(ctx context.Context, code, clientID string) (record.Device, record.Poll) {
	if d, ok := e.Store.Device(code, e.now()); ok && e.IsOfAnotherRealm(ctx, d.Realm) {
		return record.Device{}, record.PollUnknown
	}
	return e.Store.PollDevice(code, clientID, e.now())
}

// pollRefusal says why a poll gets no tokens; the cause is empty where it gets some.
func pollRefusal(poll record.Poll) (cause protocol.Cause, why string) {
	switch poll {
	case record.PollUnknown:
		return protocol.CauseDeviceCodeUnknown, "The device code is unknown, was used before, or is another client's."
	case record.PollExpired:
		return protocol.CauseDeviceCodeExpired, "The device code has expired."
	case record.PollTooFast:
		return protocol.CauseDeviceSlowDown, "The device polls too fast: wait five seconds longer between two polls."
	case record.PollPending:
		return protocol.CauseDeviceAuthorizationPending, "The user has not answered yet."
	case record.PollDenied:
		return protocol.CauseDeviceAccessDenied, "The user refused."
	}
	return "", ""
}

// PopulateTokenEndpointResponse issues the tokens.
func (h *deviceHandler) PopulateTokenEndpointResponse(ctx context.Context, r fosite.AccessRequester, resp fosite.AccessResponder) error {
	if !h.CanHandleTokenEndpointRequest(ctx, r) {
		return fosite.ErrUnknownRequest
	}
	p := h.engine.Persona()
	access, err := h.issue.IssueAccessToken(ctx, p.AccessToken.Lifetime.D(), r, resp)
	if err != nil {
		return err
	}
	if h.engine.issuesRefresh(r) {
		token, signature, err := h.tokens.GenerateRefreshToken(ctx, r)
		if err != nil {
			return err
		}
		if err := h.storage.CreateRefreshTokenSession(ctx, signature, access, r); err != nil {
			return err
		}
		resp.SetExtra("refresh_token", token)
	}
	if !r.GetGrantedScopes().Has("openid") {
		return nil
	}
	r.GetSession().(*Session).IDTokenClaims().AccessTokenHash = h.helper.GetAccessTokenHash(ctx, r, resp)
	return h.helper.IssueExplicitIDToken(ctx, p.IDToken.Lifetime.D(), r, resp)
}
