package endpoint

import (
	"maps"
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// token answers the token endpoint (RFC 6749 section 3.2). The grants
// themselves are in package grant.
func (i *Issuer) token(r *request) answer {
	d := i.Grants.Dialect()
	if special := i.personaGrant(d, r); special != nil {
		return special
	}
	if e := missingParameter(r.PostForm); e != nil && !d.Rules().MissingUnknown {
		return e
	}
	ctx := r.Context()
	ar, err := i.Grants.Provider().NewAccessRequest(ctx, r.Request, i.Grants.Session())
	if err != nil {
		i.Grants.RecordCause(ctx, r.PostForm)
		e := oauthErrorOf(err)
		if e.Code == "invalid_scope" && r.PostForm.Get("grant_type") != string(protocol.RefreshTokenGrant) {
			return i.explainScope(grant.ClientOf(ar), ar.GetRequestedScopes(), e)
		}
		return e
	}
	resp, err := i.Grants.Provider().NewAccessResponse(ctx, ar)
	if err != nil {
		i.Grants.RecordCause(ctx, r.PostForm)
		return oauthErrorOf(err)
	}
	if session, ok := ar.GetSession().(*grant.Session); ok && session.OnlyIDToken() {
		return newDocument(protocol.TokenResponse, map[string]any{"id_token": resp.ToMap()["id_token"]})
	}
	members := resp.ToMap()
	members["token_type"] = "Bearer" // RFC 6750 section 4 spells it so; fosite does not
	answer := newDocument(protocol.TokenResponse, members)
	answer.words = d
	setScope(members, d.JoinScopes(ar.GetGrantedScopes()))
	answer.changes = d.Changes(protocol.TokenResponse)
	if g := ar.GetSession().(*grant.Session).Grant(); len(answer.changes) > 0 {
		answer.grant, answer.scopes = g, ar.GetGrantedScopes()
		answer.more = template.Values{"grant_type": r.PostForm.Get("grant_type"), "issued_at": i.Clock.Now().Unix(), "form": texts(r.PostForm), "request_path": r.URL.Path}
		if token := i.Grants.UserToken(ctx, g, ar.GetGrantedScopes(), answer.more); token != "" {
			answer.more["user_access_token"] = token
		}
	}
	return answer
}

// setScope says which scopes a token has. Where it has none the member is left out:
// an empty one is not a scope (RFC 6749 section 3.3).
func setScope(members map[string]any, scope string) {
	if scope == "" {
		delete(members, "scope")
		return
	}
	members["scope"] = scope
}

// missingParameter refuses a token request that lacks what its grant type needs (RFC 6749
// sections 4.1.3 and 6, RFC 8628 section 3.4).
func missingParameter(form url.Values) *oauthError {
	needed := map[protocol.Grant]string{
		protocol.AuthorizationCodeGrant: "code", protocol.RefreshTokenGrant: "refresh_token", protocol.DeviceCodeGrant: "device_code",
	}[protocol.Grant(form.Get("grant_type"))]
	if needed != "" && form.Get(needed) == "" {
		return refuse("invalid_request", "The parameter "+needed+" is missing.")
	}
	return nil
}

// introspect describes a token to a client or resource server (RFC 7662). The
// caller authenticates as a client, or shows a live access token of its own.
func (i *Issuer) introspect(r *request) answer {
	if token, ok := bearerToken(r.Request); ok {
		if _, err := i.Grants.AccessToken(r.Context(), token); err != nil {
			return oauthErrorOf(err).inForm(inBearer)
		}
	} else if c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm); err != nil {
		return oauthErrorOf(err)
	} else if c.Public() {
		return refuse("invalid_client", "A public client cannot introspect tokens: whoever knows its client_id could (RFC 7662 section 2.1).")
	}
	if !r.PostForm.Has("token") {
		return refuse("invalid_request", "The parameter token is missing.")
	}
	members := i.Grants.Introspect(r.Context(), r.PostForm.Get("token"))
	return newDocument(protocol.IntrospectionResponse, members)
}

// revoke ends a token (RFC 7009). An unknown one is revoked already.
func (i *Issuer) revoke(r *request) answer {
	if !r.PostForm.Has("token") {
		return refuse("invalid_request", "The parameter token is missing.")
	}
	if err := i.Grants.Provider().NewRevocationRequest(r.Context(), r.Request); err != nil {
		return oauthErrorOf(err)
	}
	// Some clients fail on an empty answer without a JSON type.
	return newDocument("", map[string]any{})
}

// earlierResponse returns the token response before this one, and remembers this
// one. It is nil for every other document.
func (i *Issuer) earlierResponse(d *document) map[string]any {
	if d.artifact != "token_response" {
		return nil
	}
	return i.Store.SwapResponse(maps.Clone(d.members))
}
