package grant

import (
	"context"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Audience returns the protected resources that a request of a client names (RFC
// 8707 section 2). The error, invalid_target, says why one of them is refused.
func (e *Engine) Audience(ctx context.Context, c *store.Client, form url.Values) ([]string, error) {
	asked, refusal := resource.Named(form, audienceParameters(e.Rules().Audience.Parameters))
	if refusal != "" {
		return nil, refuseTarget(ctx, refusal)
	}
	if name, unknown := resource.Unknown(asked, e.Persona().ProtectedResources); unknown {
		return nil, refuseTarget(ctx, "This provider protects no resource "+exchange.Quoted(name)+": it has "+strings.Join(resource.Known(e.Persona().ProtectedResources), ", ")+".")
	}
	if name, missing := resource.Missing(asked, c.Audience); missing && len(c.Audience) > 0 {
		return nil, refuseTarget(ctx, "The client may not ask tokens for the resource "+exchange.Quoted(name)+": its audience has "+strings.Join(c.Audience, ", ")+".")
	}
	return asked, nil
}

// audienceParameters are those that name resources, where a persona does not say
// which.
func audienceParameters(own []string) []string {
	if len(own) > 0 {
		return own
	}
	return bothParameters
}

var bothParameters = []string{resource.Indicator, resource.Audience} // never written

// narrowAudience returns the resources of a token request: those it names, which must be
// among the granted ones, or else all that are granted.
func (e *Engine) narrowAudience(ctx context.Context, c *store.Client, form url.Values, granted []string) ([]string, error) {
	asked, err := e.Audience(ctx, c, form)
	if err != nil || len(asked) == 0 {
		return granted, err
	}
	if name, missing := resource.Missing(asked, granted); missing {
		if !e.isLax("resource-not-granted") {
			return nil, refuseTarget(ctx, "The resource "+exchange.Quoted(name)+" was not granted: name it in the authorization request too.")
		}
		exchange.From(ctx).Lax("resource-not-granted")
	}
	exchange.From(ctx).Decide("resource", true, strings.Join(asked, " "), "RFC 8707 section 2.2")
	return asked, nil
}

// WhyNoScope says why a token for some resources could have none of some scopes that
// are asked for, "" if it can: each belongs to other resources (RFC 8707 section 2.2).
func (e *Engine) WhyNoScope(scopes, audience []string) string {
	known := e.Persona().ProtectedResources
	if len(scopes) == 0 || len(resource.Scopes(scopes, audience, known)) > 0 {
		return ""
	}
	have := resource.ScopesOf(audience, known)
	if len(have) == 0 {
		have = []string{"none"}
	}
	return "The scope " + exchange.Quoted(strings.Join(scopes, " ")) + " is not of the resource " + exchange.Quoted(strings.Join(audience, " ")) + ", which has " + strings.Join(have, ", ") +
		": ask for a scope of the resource, or name the resource that has the scope."
}

// refuseTarget is the error about a resource, with its cause.
func refuseTarget(ctx context.Context, why string) error {
	x := exchange.From(ctx)
	grantType, _ := x.Param("grant_type")
	switch {
	case x.Endpoint() == protocol.AuthorizationEndpoint, x.Endpoint() == protocol.PushedAuthorizationRequestEndpoint, x.Endpoint() == protocol.SignIn:
		x.Because(protocol.CauseAuthorizeTargetInvalid)
	case grantType == string(protocol.RefreshTokenGrant):
		x.Because(protocol.CauseRefreshTargetInvalid)
	default:
		x.Because(protocol.CauseTokenTargetInvalid)
	}
	x.Decide("resource", false, why, "RFC 8707 section 2")
	return (&fosite.RFC6749Error{ErrorField: protocol.CauseTokenTargetInvalid.Code(), CodeField: 400}).WithHint(why)
}

// audienceHandler judges the resources of a token request, once the handler of its
// grant type knows what was granted: a request may narrow that and must not widen
// it (RFC 8707 section 2.2). The refresh token keeps the whole grant.
type audienceHandler struct{ engine *Engine }

func (h *audienceHandler) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	return true
}

func (h *audienceHandler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool {
	return false
}

func (h *audienceHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	e, ar, g := h.engine, r.(*fosite.AccessRequest), r.GetSession().(*Session).grant
	form, c := r.GetRequestForm(), r.GetClient().(*client).Client
	if isGrantedHere(g) {
		asked, err := e.Audience(ctx, c, form)
		if err != nil {
			return err
		}
		if len(asked) > 0 {
			own := *g.Authorization // that of client credentials is shared
			own.Audience = asked
			g.Authorization = &own
		}
	}
	audience, err := e.narrowAudience(ctx, c, form, g.Audience)
	if err != nil {
		return err
	}
	if form.Get("scope") != "" {
		if why := e.WhyNoScope(ar.GrantedScope, audience); why != "" {
			exchange.From(ctx).Decide("scope", false, why, "RFC 8707 section 2.2")
			return fosite.ErrInvalidScope.WithHint(why)
		}
	}
	ar.RequestedAudience = audience
	ar.GrantedScope = resource.Scopes(ar.GrantedScope, audience, e.Persona().ProtectedResources)
	return nil
}

// isGrantedHere reports whether a token request is itself what grants, so that it
// may name any resource.
func isGrantedHere(g *record.Grant) bool {
	return g.Key == 0 && (g.GrantType == protocol.ClientCredentialsGrant || g.GrantType == protocol.PasswordGrant)
}

func (h *audienceHandler) PopulateTokenEndpointResponse(context.Context, fosite.AccessRequester, fosite.AccessResponder) error {
	return fosite.ErrUnknownRequest
}
