package token

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Values are what the answers of a persona may speak of: the user, the client
// and the scopes of a grant.
func (m *Maker) Values(ctx context.Context, g *record.Grant, scopes []string) template.Values {
	v := m.ValuesOf(ctx, g, scopes, g.Audience)
	if c, ok := m.state.Store.Client(g.ClientID); ok {
		v["client"] = ClientMembers(c)
	}
	if len(g.Request) > 0 {
		v["request"] = texts(g.Request)
	}
	return v
}

// ValuesOf are those that do not depend on the client and the request.
func (m *Maker) ValuesOf(ctx context.Context, g *record.Grant, scopes, audience []string) template.Values {
	d, refused := m.Dialect(), declined(g, scopes)
	v := template.Values{"issuer": m.Issuer(ctx, g), "now": m.state.Clock.Now().Unix(), "base": m.At(ctx).Address, "timestamp": template.Timestamp(m.state.Clock.Now()), "endpoint": string(exchange.From(ctx).Endpoint()), "scopes": scopes, "scope": d.JoinScopes(scopes), "declined": d.JoinScopes(refused), "permissions": permissions(scopes, refused), "granular_scopes": granularScopes(scopes)}
	if g.SessionID != "" {
		v["session_id"] = g.SessionID
	}
	if user := m.UserMembers(g.UserLogin); user != nil {
		v["user"] = user
	}
	if path := m.At(ctx).Path; len(path) > 0 {
		v["path"] = path
	}
	if len(audience) > 0 {
		v["audience"] = audience
	}
	return v
}

// texts are the parameters of a request, each as one text.
func texts(form url.Values) map[string]any {
	out := map[string]any{}
	for name, values := range form {
		out[name] = strings.Join(values, " ")
	}
	return out
}

// origins returns those of URLs, each once.
func origins(urls []string) []string {
	out := make([]string, 0, len(urls))
	for _, address := range urls {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !slices.Contains(out, u.Scheme+"://"+u.Host) {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out
}

// UserMembers returns what is known of a user, nil if no such user exists.
func (m *Maker) UserMembers(login string) map[string]any {
	u, ok := m.state.Store.User(login)
	if !ok {
		return nil
	}
	user := jsonMembersOf(u)
	for _, name := range []string{"password", "access_token", "id_token", "userinfo"} {
		delete(user, name)
	}
	if u.Claims != nil {
		user["claims"] = u.Claims // numbers as they were written
	}
	maps.Copy(user, u.Claims)
	user["sub"] = u.Sub()
	return user
}

// ClientMembers returns what a client has registered.
func ClientMembers(c *store.Client) map[string]any {
	out := jsonMembersOf(c)
	for _, name := range []string{"access_token", "id_token", "userinfo"} {
		delete(out, name)
	}
	out["origins"] = origins(c.RedirectURIs)
	return out
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

// granularScopes are scopes that are granted for everything they are about.
func granularScopes(granted []string) []any {
	out := []any{}
	for _, s := range granted {
		out = append(out, map[string]any{"scope": s})
	}
	return out
}

// jsonMembersOf returns the members that a value has as JSON.
func jsonMembersOf(v any) map[string]any {
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
