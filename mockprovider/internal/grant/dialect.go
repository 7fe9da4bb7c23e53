package grant

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Prompts are the values of prompt (OIDC Core section 3.1.2.1), and those of the
// persona's own, which change nothing.
func (e *Engine) Prompts() []string {
	return append([]string{"none", "login", "consent", "select_account"}, e.rules().Prompts...)
}

// At returns what names depend on in the request that ctx is about.
func (e *Engine) At(ctx context.Context) dialect.Request {
	if at, ok := dialect.From(ctx); ok {
		return at
	}
	return e.Dialect().Default(e.own())
}

// own returns the addresses of the provider.
func (e *Engine) own() dialect.Request { return dialect.Request{URL: e.URL, Address: e.Address} }

// Receive returns the context of a request that came by the n-th URL of an
// endpoint.
func (e *Engine) Receive(ctx context.Context, r *http.Request, n int) context.Context {
	return e.Dialect().Receive(ctx, e.own(), r, n)
}

// Issuer returns the issuer identifier in the answer to the request that ctx is
// about, to which a grant leads. Without a request it is the one that clients
// are told. g may be nil.
func (e *Engine) Issuer(ctx context.Context, g *record.Grant) string {
	var user map[string]any
	if g != nil && e.rules().IssuerByUser {
		user = e.userMembers(g.UserLogin)
	}
	return e.Dialect().Issuer(e.At(ctx), user)
}

// issued reports whether a token's iss is an identifier of this provider.
func (e *Engine) issued(ctx context.Context, iss any) bool {
	text, _ := iss.(string)
	d, address := e.Dialect(), e.At(ctx).Address
	return d.Names(address, text) || e.Address != address && d.Names(e.Address, text)
}

// Values are what the answers of a persona may speak of: the user, the client
// and the scopes of a grant.
func (e *Engine) Values(ctx context.Context, g *record.Grant, scopes []string) persona.Values {
	d, refused := e.Dialect(), declined(g, scopes)
	v := persona.Values{"issuer": e.Issuer(ctx, g), "now": e.now().Unix(), "timestamp": persona.Timestamp(e.now()), "endpoint": string(journal.From(ctx).Endpoint()), "scopes": scopes, "scope": d.JoinScopes(scopes), "declined": d.JoinScopes(refused), "permissions": permissions(scopes, refused), "granular_scopes": granular(scopes)}
	if c, ok := e.Store.Client(g.ClientID); ok {
		v["client"] = members(c)
	}
	if user := e.userMembers(g.UserLogin); user != nil {
		v["user"] = user
	}
	if path := e.At(ctx).Path; len(path) > 0 {
		v["path"] = path
	}
	if len(g.Audience) > 0 {
		v["audience"] = g.Audience
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

// userMembers returns what is known of a user, nil if there is no such user.
func (e *Engine) userMembers(login string) map[string]any {
	u, ok := e.Store.User(login)
	if !ok {
		return nil
	}
	user := members(u)
	maps.Copy(user, u.Claims)
	user["sub"] = u.Sub()
	delete(user, "password")
	return user
}

// declined are the scopes that were asked for and not granted.
func declined(g *record.Grant, granted []string) []string {
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

// ofDevice reports whether a request is one of the device grant, or refreshes
// what it gave: a device keeps no secret.
func (e *Engine) ofDevice(form url.Values) bool {
	switch protocol.Grant(form.Get("grant_type")) {
	case protocol.DeviceCodeGrant, "":
		return true
	case protocol.RefreshTokenGrant:
		rt, ok := e.Store.Refresh(form.Get("refresh_token"), e.now())
		return ok && rt.Grant.GrantType == protocol.DeviceCodeGrant
	}
	return false
}

// refreshDue tells whether the persona issues a refresh token for the grant
// that ctx is about; ok is false where it leaves that to the scopes.
func (e *Engine) refreshDue(ctx context.Context) (due, ok bool) {
	if !e.rules().RefreshByRequest {
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
func (e *Engine) why(code, redirectURI, refreshToken, clientID string) protocol.Cause {
	now := e.now()
	if c, ok := e.Store.Code(code, now); ok {
		switch {
		case c.Grant.ClientID != clientID:
			return protocol.CauseTokenCodeOfAnotherClient
		case c.Grant.RedirectURI != redirectURI:
			return protocol.CauseTokenRedirectURIMismatch
		case !e.userActive(c.Grant.UserLogin):
			return protocol.CauseTokenUserGone
		}
	}
	if rt, ok := e.Store.Refresh(refreshToken, now); ok && rt.Grant.ClientID != clientID {
		return protocol.CauseRefreshTokenOfAnotherClient
	}
	return protocol.CauseTokenRequestInvalid
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
func (e *Engine) giveWay(r fosite.Requester) record.GiveWay {
	give := record.GiveWay{Most: e.Persona().AccessToken.Limit}
	if e.rules().RefreshEndsAccess {
		ar, ok := r.(fosite.AccessRequester)
		give.OfFamily = ok && ar.GetGrantTypes().ExactOne(string(protocol.RefreshTokenGrant))
	}
	return give
}

// Exchange gives a new access token for one that lives, for the same grant.
func (e *Engine) Exchange(ctx context.Context, token, clientID string) (string, *record.HeldAccess, error) {
	a, err := e.AccessToken(ctx, token)
	if err != nil {
		return "", nil, err
	}
	if a.Grant.ClientID != clientID {
		journal.From(ctx).Because(protocol.CauseTokenCodeOfAnotherClient)
		return "", nil, fosite.ErrInvalidGrant.WithHint("The access token was issued to another client.")
	}
	fresh, access := e.issue(e.patterns().Access, a.Grant, a.Scopes)
	return fresh, &record.HeldAccess{Access: access, Grant: a.Grant}, nil
}

// Know keeps an access token that a client made of itself.
func (e *Engine) Know(token string, g *record.Grant) {
	if known, ok := e.Store.Access(token, e.now()); ok && known.Live(e.now()) {
		g = known.Grant
	} else {
		e.put(g)
	}
	e.keep(token, record.Access{GrantKey: g.Key}, record.GiveWay{})
}

// forgotten is when a token that expires then is no longer known, not even as
// expired.
func (e *Engine) forgotten(expires time.Time) time.Time { return expires.Add(e.rules().ExpiredKnown) }

// sameRedirect reports whether the redirect URI that a refresh names, if any, is
// that of its grant, where the persona looks at it.
func (e *Engine) sameRedirect(ctx context.Context, g *record.Grant) bool {
	caller, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok || !e.rules().RefreshRedirect {
		return true
	}
	named := caller.GetRequestForm().Get("redirect_uri")
	return named == "" || g.RedirectURI == "" || named == g.RedirectURI
}
