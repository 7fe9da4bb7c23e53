package endpoint

import (
	"context"
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// spoken is the table of contents in a dialect: made once, and anew where the
// persona changes while the provider runs.
type spoken struct {
	dialect *persona.Dialect
	pages   *http.ServeMux // ours: a provider's own pages cannot be copied
	paths   *http.ServeMux // the provider's
}

// inDialect answers under the paths of the persona's provider, whatever host
// name they are asked under.
func (i *Issuer) inDialect(d *persona.Dialect, w http.ResponseWriter, r *http.Request) {
	s := i.spoken.Load()
	if s == nil || s.dialect != d {
		s = i.speak(d)
		i.spoken.Store(s)
	}
	if _, pattern := s.pages.Handler(r); pattern != "" {
		s.pages.ServeHTTP(w, r) // not the handler itself: the mux sets the path's values
		return
	}
	if _, pattern := s.paths.Handler(r); pattern == "" {
		http.Error(w, d.Title+" has no "+r.URL.Path+": authdrill personas "+i.Persona().Name+" lists what it has.", http.StatusNotFound)
		return
	}
	s.paths.ServeHTTP(w, r)
}

// speak makes the table of contents of a dialect.
func (i *Issuer) speak(d *persona.Dialect) *spoken {
	s := &spoken{dialect: d, pages: http.NewServeMux(), paths: http.NewServeMux()}
	byName := map[protocol.Endpoint]route{}
	for _, rt := range routes() {
		switch rt.Endpoint {
		case protocol.SignIn, protocol.Canary, protocol.Home, protocol.DeviceVerification:
			s.pages.Handle(rt.Path, i.exchange(rt))
		}
		if _, ok := byName[rt.Endpoint]; !ok {
			byName[rt.Endpoint] = rt
		}
	}
	for _, e := range d.Endpoints.All() {
		for n, address := range e.URLs {
			rt := byName[e.Name]
			rt.n = n
			s.paths.Handle(pathOf(address), i.exchange(rt))
		}
	}
	for n := range d.Resources {
		res := &d.Resources[n]
		rt := route{Route: protocol.Route{Endpoint: res.Name()}, serve: i.spends(d, res), errors: inBearer, words: d.At(res), shared: sharedByAll}
		for n, address := range res.URLs {
			rt.n = n
			for _, method := range res.Speaks() {
				s.paths.Handle(method+" "+pathOf(address), i.exchange(rt))
			}
		}
	}
	return s
}

// pathOf is the path of a URL at the real provider, as a pattern.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "/" // the strict reader lets none pass
	}
	return persona.MuxPath(u.Path)
}

// redirectURIs returns those that a client has registered.
func (i *Issuer) redirectURIs(clientID string) []string {
	if c, ok := i.Store.Client(clientID); ok {
		return c.RedirectURIs
	}
	return nil
}

// values are what the persona may say of an authorization request.
func (a *authorization) values() persona.Values {
	v := persona.Values{"consent_shown": a.consentShown}
	for name := range a.form {
		v[name] = a.form.Get(name)
	}
	return v
}

// dress lays what the persona says over the members of an answer.
func (i *Issuer) dress(ctx context.Context, changes persona.Changes, members map[string]any, g *store.Grant, scopes []string, more persona.Values) {
	if len(changes) == 0 {
		return
	}
	v := i.Grants.Values(ctx, g, scopes)
	v["base"] = i.Grants.At(ctx).Address
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

// exchanges answers the grants that the dialect alone has. It is nil where the
// request asks for none of them.
func (i *Issuer) exchanges(d *persona.Dialect, r *request) answer {
	asked := r.PostForm.Get("grant_type")
	special := d.TokenRequest.Exchange
	own := asked == "client_credentials" && !d.TokenRequest.ClientAccessToken.IsZero()
	if !own && (special == nil || asked != special.GrantType) {
		return nil
	}
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return understood(err)
	}
	if own {
		text := d.TokenRequest.ClientAccessToken.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
		i.Grants.Know(text, clientGrant(c.ID))
		return &document{status: http.StatusOK, members: map[string]any{"access_token": text, "token_type": "bearer"}, words: d}
	}
	token, a, err := i.Grants.Exchange(r.Context(), r.PostForm.Get(special.Parameter), c.ID)
	if err != nil {
		e := understood(err)
		e.Status = http.StatusBadRequest
		return e
	}
	answer := newDocument(protocol.TokenResponse, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int64(a.Expires.Time().Sub(a.Issued.Time()).Seconds()), "scope": d.JoinScopes(a.Scopes)})
	answer.words, answer.changes, answer.grant, answer.scopes = d, d.TokenResponse, a.Grant, a.Scopes
	return answer
}

func clientGrant(id string) *store.Grant {
	g := store.ByClient(id)
	g.ClientID = id
	return g
}

// responseValues are what the parameters of an authorization response may speak
// of.
func (i *Issuer) responseValues(a *authorization) persona.Values {
	g := a.grant
	if g == nil {
		g = clientGrant(a.client.ID)
	}
	v := i.Grants.Values(a.ctx, g, a.GetGrantedScopes())
	v["base"], v["consent_shown"], v["request"] = i.Grants.At(a.ctx).Address, a.consentShown, texts(a.form)
	return v
}

func texts(form url.Values) map[string]any {
	out := map[string]any{}
	for name := range form {
		out[name] = form.Get(name)
	}
	return out
}

// answerClientInDialect delivers a refused authorization request as the persona
// does.
func (r *request) answerClientInDialect(d *persona.Dialect, e *oauthError) answer {
	i, a := r.issuer, r.authorization
	own, v := i.refusal(d, r.x, e)
	told := *e
	told.Code, told.Description, told.URI = own.Code, own.Description.Text(v), own.URI
	to := i.whereTo(r.Request, d, a)
	if own.Deliver == "page" || to == nil {
		r.x.Decide("redirect_uri", to != nil, "the provider shows a page", "RFC 6749 section 4.1.2.1")
		r.recordError(told.Code)
		return i.errorPage(&told)
	}
	params := url.Values{}
	for name, value := range told.members() {
		if value != "" {
			params.Set(name, value)
		}
	}
	for name, tree := range own.Values {
		if tree.Removes() {
			params.Del(name)
		} else if value, ok := tree.Fill(v, i.Random); ok {
			params.Set(name, match.Text(value))
		}
	}
	params.Set("state", a.form.Get("state"))
	out := a.respond(params)
	out.to = to
	return out
}

// whereTo is where an error can be sent: to the redirect URI that was asked for,
// or to the registered one where the persona does so. nil: nowhere.
func (i *Issuer) whereTo(r *http.Request, d *persona.Dialect, a *authorization) *url.URL {
	if a == nil || a.AuthorizeRequester == nil || a.client == nil {
		return nil
	}
	if uri := a.GetRedirectURI(); a.IsRedirectURIValid() && i.Grants.RedirectAllowed(r.Context(), a.client, uri.String()) {
		return uri
	}
	if d.AuthorizationRequest.Redirect.Mismatch == "registered" && len(a.client.RedirectURIs) > 0 {
		if uri, err := url.Parse(a.client.RedirectURIs[0]); err == nil {
			return uri
		}
	}
	return nil
}
