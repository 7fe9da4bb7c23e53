package grant

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// Values are what the answers of a persona may speak of: the user, the client
// and the scopes of a grant.
func (e *Engine) Values(ctx context.Context, g *record.Grant, scopes []string) persona.Values {
	d, refused := e.Dialect(), declined(g, scopes)
	v := persona.Values{"issuer": e.Issuer(ctx, g), "now": e.now().Unix(), "timestamp": persona.Timestamp(e.now()), "endpoint": string(journal.From(ctx).Endpoint()), "scopes": scopes, "scope": d.JoinScopes(scopes), "declined": d.JoinScopes(refused), "permissions": permissions(scopes, refused), "granular_scopes": granularScopes(scopes)}
	if c, ok := e.Store.Client(g.ClientID); ok {
		v["client"] = jsonMembersOf(c)
	}
	if user := e.UserMembers(g.UserLogin); user != nil {
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

// UserMembers returns what is known of a user, nil if there is no such user.
func (e *Engine) UserMembers(login string) map[string]any {
	u, ok := e.Store.User(login)
	if !ok {
		return nil
	}
	user := jsonMembersOf(u)
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
