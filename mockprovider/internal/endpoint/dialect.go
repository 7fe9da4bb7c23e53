package endpoint

import (
	"context"
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// RedirectURIs returns those that a client has registered.
func (i *Issuer) RedirectURIs(clientID string) []string {
	if c, ok := i.Store.Client(clientID); ok {
		return c.RedirectURIs
	}
	return nil
}

// Values are what the persona may say of an authorization request.
func (a *authorization) Values() template.Values {
	v := template.Values{"consent_shown": a.consentShown}
	for name := range a.form {
		v[name] = a.form.Get(name)
	}
	return v
}

// change sets and removes members of an answer, as a dialect has it.
func (i *Issuer) change(ctx context.Context, changes template.Changes, members map[string]any, g *record.Grant, scopes []string, more template.Values) {
	if len(changes) == 0 {
		return
	}
	v := i.Grants.Values(ctx, g, scopes)
	for name, value := range more {
		v[name] = value
	}
	for name, value := range members {
		if _, there := v[name]; !there {
			v[name] = value
		}
	}
	changes.Apply(members, v, i.Random)
}

// personaGrant answers the grants that only a dialect has. It is nil where the
// request asks for none of them.
func (i *Issuer) personaGrant(d dialect.Dialect, r *request) answer {
	rules, asked := d.Rules(), r.PostForm.Get("grant_type")
	ofClient := asked == string(protocol.ClientCredentialsGrant) && !rules.ClientToken.IsZero()
	if !ofClient && (rules.Exchange == nil || asked != rules.Exchange.GrantType) {
		return nil
	}
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return oauthErrorOf(err)
	}
	if ofClient && c.Public() {
		return refuse("unauthorized_client", "A public client has no client credentials (RFC 6749 section 4.4).")
	}
	if ofClient {
		text := rules.ClientToken.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
		i.Grants.KeepClientToken(text, clientGrant(c.ID))
		return &document{status: http.StatusOK, members: map[string]any{"access_token": text, "token_type": "bearer"}, words: d}
	}
	token, a, err := i.Grants.ExchangeAccess(r.Context(), r.PostForm.Get(rules.Exchange.Parameter), c.ID)
	if err != nil {
		e := oauthErrorOf(err)
		e.Status = http.StatusBadRequest
		return e
	}
	answer := newDocument(protocol.TokenResponse, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int64(a.Expires.Time().Sub(a.Issued.Time()).Seconds())})
	setScope(answer.members, d.JoinScopes(a.Scopes))
	answer.words, answer.changes, answer.grant, answer.scopes = d, d.Changes(protocol.TokenResponse), a.Grant, a.Scopes
	return answer
}

func clientGrant(id string) *record.Grant {
	g := record.ByClient(id)
	g.ClientID = id
	return g
}

// Values are what the parameters of an authorization response may speak of.
func (a *authorizationResponse) Values() template.Values {
	of, engine := a.of, a.of.issuer.Grants
	g := of.grant
	if g == nil {
		g = clientGrant(of.client.ID)
	}
	v := engine.Values(of.ctx, g, of.GetGrantedScopes())
	v["consent_shown"], v["request"] = of.consentShown, texts(of.form)
	return v
}

func texts(form url.Values) map[string]any {
	out := map[string]any{}
	for name := range form {
		out[name] = form.Get(name)
	}
	return out
}
