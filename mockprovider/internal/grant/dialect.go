package grant

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// rememberedExpired is how long an expired token is known to have been one, where a
// persona has an answer of its own for it.
const rememberedExpired = 90 * 24 * time.Hour

// plain is the dialect of who speaks as the specifications have it. It is never
// written.
var plain = &persona.Dialect{}

// dialect is that of the persona.
func (e *Engine) dialect() *persona.Dialect {
	if d := e.Persona().Dialect; d != nil {
		return d
	}
	return plain
}

// responses are the response types that the persona allows every client.
func (e *Engine) responses() []string {
	return e.dialect().AuthorizationRequest.Responses
}

// Prompts are the values of prompt (OIDC Core section 3.1.2.1), and those of the
// persona's own, which change nothing.
func (e *Engine) Prompts() []string {
	return append([]string{"none", "login", "consent", "select_account"}, e.dialect().AuthorizationRequest.Values["prompt"]...)
}

type identifierKey struct{}

// As returns ctx for a request that was sent to the provider under another
// issuer identifier than its own: a persona's under its real host name.
func As(ctx context.Context, identifier string) context.Context {
	return context.WithValue(ctx, identifierKey{}, identifier)
}

// Identifier is the issuer identifier under which a request was sent.
func (e *Engine) Identifier(ctx context.Context) string {
	if as, ok := ctx.Value(identifierKey{}).(string); ok {
		return as
	}
	return e.Issuer
}

// issued reports whether a token's iss is an identifier of this provider: a
// persona has one for each tenant, below the provider's own.
func (e *Engine) issued(ctx context.Context, iss any) bool {
	text, _ := iss.(string)
	d := e.dialect()
	return slices.ContainsFunc([]string{e.Issuer, e.Identifier(ctx), d.Issuer}, func(own string) bool {
		return own != "" && (text == own || len(d.IDTokenClaims) > 0 && strings.HasPrefix(text, own+"/"))
	})
}

// Values are what the answers of a persona may speak of: the user, the client
// and the scopes of a grant.
func (e *Engine) Values(ctx context.Context, g *store.Grant, scopes []string) persona.Values {
	d, refused := e.Persona().Dialect, declined(g, scopes)
	v := persona.Values{"issuer": e.Identifier(ctx), "now": e.now().Unix(), "timestamp": persona.Timestamp(e.now()), "endpoint": journal.From(ctx).Endpoint(), "scopes": scopes, "scope": d.JoinScopes(scopes), "declined": d.JoinScopes(refused), "permissions": permissions(scopes, refused), "granular_scopes": granular(scopes)}
	if c, ok := e.Store.Client(g.ClientID); ok {
		v["client"] = members(c)
	}
	if u, ok := e.Store.User(g.UserLogin); ok {
		user := members(u)
		maps.Copy(user, u.Claims)
		user["sub"] = u.Sub()
		delete(user, "password")
		v["user"] = user
	}
	if len(g.Request) > 0 {
		request := map[string]any{}
		for name, values := range g.Request {
			request[name] = strings.Join(values, " ")
		}
		v["request"] = request
	}
	return v
}

// declined are the scopes that were asked for and not granted.
func declined(g *store.Grant, granted []string) []string {
	asked := g.Requested
	if len(asked) == 0 {
		asked = strings.Fields(g.Request.Get("scope"))
	}
	return slices.DeleteFunc(slices.Clone(asked), func(s string) bool { return slices.Contains(granted, s) })
}

// permissions are scopes with what became of them.
func permissions(granted, declined []string) []any {
	out := []any{}
	for _, s := range granted {
		out = append(out, map[string]any{"permission": s, "status": "granted"})
	}
	for _, s := range declined {
		out = append(out, map[string]any{"permission": s, "status": "declined"})
	}
	return out
}

// granular are scopes that are granted for everything they are about.
func granular(granted []string) []any {
	out := []any{}
	for _, s := range granted {
		out = append(out, map[string]any{"scope": s})
	}
	return out
}

// members are the members that a value has as JSON.
func members(v any) map[string]any {
	out := map[string]any{}
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return map[string]any{}
	}
	return out
}

// mayOffer reports whether the persona takes a client authentication method; a
// device may have none.
func (e *Engine) mayOffer(ctx context.Context, method string, form url.Values) (ok, device bool) {
	d := e.Persona().Dialect
	if d == nil {
		return true, false
	}
	methods := d.TokenRequest.ClientAuth
	device = d.TokenRequest.NoSecretForDevices && e.ofDevice(form)
	if own := d.TokenRequest.DeviceClientAuth; len(own) > 0 && journal.From(ctx).Endpoint() == "device_authorization_endpoint" {
		methods, device = own, slices.Contains(own, "none")
	}
	device = device && method == "none"
	return device || len(methods) == 0 || slices.Contains(methods, method), device
}

// ofDevice reports whether a request is one of the device grant, or refreshes
// what it gave: a device keeps no secret.
func (e *Engine) ofDevice(form url.Values) bool {
	switch form.Get("grant_type") {
	case store.DeviceGrant, "":
		return true
	case "refresh_token":
		rt, ok := e.Store.Refresh.Get(form.Get("refresh_token"), e.now())
		return ok && rt.Grant.GrantType == store.DeviceGrant
	}
	return false
}

// refreshDue tells whether the persona issues a refresh token for the grant
// that ctx is about; ok is false where it leaves that to the scopes.
func (e *Engine) refreshDue(ctx context.Context) (due, ok bool) {
	d := e.Persona().Dialect
	if d == nil || len(d.RefreshTokenWhen) == 0 {
		return false, false
	}
	ar, isToken := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !isToken {
		return false, true
	}
	s, isOurs := ar.GetSession().(*Session)
	return isOurs && s.grant != nil && s.grant.Authorization.RefreshDue, true
}

// why names the cause of a refusal that fosite does not tell apart.
func (e *Engine) why(code, redirectURI, refreshToken, clientID string) string {
	now := e.now()
	if c, ok := e.Store.Codes.Get(code, now); ok {
		switch {
		case c.Grant.ClientID != clientID:
			return "token.code_of_another_client"
		case c.Grant.RedirectURI != redirectURI:
			return "token.redirect_uri_mismatch"
		case !e.userActive(c.Grant.UserLogin):
			return "token.user_gone"
		}
	}
	if rt, ok := e.Store.Refresh.Get(refreshToken, now); ok && rt.Grant.ClientID != clientID {
		return "refresh.token_of_another_client"
	}
	return "token.request_invalid"
}

// Explain writes into the journal why a token request was refused, where nobody
// knew better.
func (e *Engine) Explain(ctx context.Context, form interface{ Get(string) string }) {
	x := journal.From(ctx)
	if x.Cause() == "" {
		id, _ := x.Param("client_id")
		x.Because(e.why(form.Get("code"), form.Get("redirect_uri"), form.Get("refresh_token"), id))
	}
}

// giveWay says which access tokens end when one is issued: the oldest, where the
// persona has a limit, and those of the grant, where it ends them at a refresh.
func (e *Engine) giveWay(r fosite.Requester) store.GiveWay {
	give := store.GiveWay{Most: e.Persona().AccessToken.Limit}
	if e.dialect().Ends.Refresh == "access_tokens" {
		ar, ok := r.(fosite.AccessRequester)
		give.OfFamily = ok && ar.GetGrantTypes().ExactOne("refresh_token")
	}
	return give
}

// revokesGrants reports whether the grant ends with an access token that is
// revoked.
func (e *Engine) revokesGrants() bool { return e.dialect().Ends.Revocation == "grant" }

// Exchange gives a new access token for one that lives, for the same grant.
func (e *Engine) Exchange(ctx context.Context, token, clientID string) (string, *store.Access, error) {
	a, err := e.AccessToken(ctx, token)
	if err != nil {
		return "", nil, err
	}
	if a.Grant.ClientID != clientID {
		journal.From(ctx).Because("token.code_of_another_client")
		return "", nil, fosite.ErrInvalidGrant.WithHint("The access token was issued to another client.")
	}
	fresh, access := e.issue(e.patterns().Access, a.Grant, a.Scopes)
	return fresh, access, nil
}

// Know keeps an access token that a client made of itself.
func (e *Engine) Know(token string, g *store.Grant) {
	e.keep(token, &store.Access{Grant: g}, store.GiveWay{})
}

// forgotten is when a token that expires then is no longer known, not even as
// expired.
func (e *Engine) forgotten(expires time.Time) time.Time {
	if e.Persona().Dialect != nil {
		return expires.Add(rememberedExpired)
	}
	return expires
}

// sameRedirect reports whether the redirect URI that a refresh names, if any, is
// that of its grant, where the persona looks at it.
func (e *Engine) sameRedirect(ctx context.Context, g *store.Grant) bool {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok || !e.dialect().TokenRequest.RefreshRedirect {
		return true
	}
	named := caller.GetRequestForm().Get("redirect_uri")
	return named == "" || g.RedirectURI == "" || named == g.RedirectURI
}
