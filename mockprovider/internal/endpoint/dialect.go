package endpoint

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
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
	byName := map[string]route{}
	for _, rt := range routes() {
		switch rt.name {
		case "sign_in", "canary", "home", "device_verification":
			s.pages.Handle(rt.pattern, i.exchange(rt))
		}
		if _, ok := byName[rt.name]; !ok {
			byName[rt.name] = rt
		}
	}
	for _, e := range d.Endpoints.All() {
		for _, address := range e.URLs {
			s.paths.Handle(pathOf(address), i.exchange(byName[e.Name]))
		}
	}
	for n := range d.Resources {
		res := &d.Resources[n]
		rt := route{name: res.Name(), serve: i.spends(d, res), shared: sharedByAll}
		for _, address := range res.URLs {
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

// translate puts a request into the words of the specifications. The journal
// has it as it was sent.
func (i *Issuer) translate(d *persona.Dialect, endpoint string, r *http.Request) {
	switch endpoint {
	case "authorization_endpoint", "device_authorization_endpoint", "token_endpoint":
	default:
		return
	}
	form := url.Values{}
	for name, values := range r.Form {
		form[name] = values
	}
	asParameters(r, form)
	asked := d.SplitScopes(form.Get("scope"))
	if endpoint != "token_endpoint" || form.Has("scope") {
		form.Set("scope", strings.Join(asked, " "))
	}
	if name := d.AuthorizationRequest.LoginHint; name != "" && form.Has(name) {
		form.Set("login_hint", form.Get(name))
	}
	r.Form = form
	if endpoint == "authorization_endpoint" {
		i.complete(d.AuthorizationRequest, form)
	}
	if endpoint == "token_endpoint" && d.TokenRequest.GrantType != "" && !form.Has("grant_type") {
		form.Set("grant_type", d.TokenRequest.GrantType)
	}
	if endpoint == "token_endpoint" && r.Method == http.MethodGet && slices.Contains(d.TokenRequest.Methods, http.MethodGet) {
		r.Method, r.PostForm, r.URL = http.MethodPost, form, &url.URL{Path: r.URL.Path}
		return
	}
	if r.Method == http.MethodPost && endpoint != "authorization_endpoint" {
		posted := url.Values{}
		for name, values := range r.PostForm {
			posted[name] = values
		}
		asParameters(r, posted)
		if form.Has("grant_type") {
			posted.Set("grant_type", form.Get("grant_type"))
		}
		if posted.Has("scope") || endpoint == "device_authorization_endpoint" {
			posted.Set("scope", strings.Join(asked, " "))
		}
		r.PostForm = posted
	}
}

// complete adds to an authorization request what may be left out.
func (i *Issuer) complete(may persona.AuthorizationForm, form url.Values) {
	if may.Response != "" && !form.Has("response_type") {
		form.Set("response_type", may.Response)
	}
	if may.Redirect.Missing != "registered" || form.Has("redirect_uri") {
		return
	}
	if c, ok := i.Store.Client(form.Get("client_id")); ok && len(c.RedirectURIs) > 0 {
		var drawn [1]byte
		_, _ = i.Random.Read(drawn[:]) // no source of randomness here fails
		form.Set("redirect_uri", c.RedirectURIs[int(drawn[0])%len(c.RedirectURIs)])
	}
}

// particular refuses what the persona's provider wants otherwise in an
// authorization request.
func (i *Issuer) particular(d *persona.Dialect, a *authorization) *oauthError {
	want := d.AuthorizationRequest
	for _, name := range want.Required {
		if a.form.Get(name) == "" {
			return refuse("invalid_request", "Missing required parameter: "+name)
		}
	}
	for name, values := range want.Values {
		if v := a.form.Get(name); v != "" && !slices.Contains(values, v) {
			return refuse("invalid_request", "Invalid parameter value for "+name+": there are "+strings.Join(values, " and ")+".")
		}
	}
	if a.form.Get("response_mode") != "form_post" && slices.ContainsFunc(want.FormPostFor, func(s string) bool { return slices.Contains(a.GetRequestedScopes(), s) }) {
		return refuse("invalid_request", "response_mode must be form_post when name or email scope is requested.")
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

// granted are the scopes that a user gives in this dialect: those that were
// allowed, and what the persona adds or leaves out for what was before.
func (i *Issuer) granted(d *persona.Dialect, a *authorization, login string, allowed []string) []string {
	before := i.Store.Consent(login, a.client.ID, i.Clock.Now())
	earlier := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return strings.HasPrefix(s, declinedMark) })
	out := slices.DeleteFunc(slices.Clone(allowed), func(s string) bool {
		return slices.Contains(before, declinedMark+s) && !slices.Contains(earlier, s)
	})
	if len(allowed) == 0 && d.Scope.GrantedBefore || a.values().Holds(d.Scope.AddGrantedWhen) {
		for _, s := range earlier {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// declinedMark stands before a scope that the user declined, in what is
// remembered of consents. No scope begins with a space (RFC 6749 section 3.3).
const declinedMark = " "

// asksAgain reports whether a scope that the user declined is asked again.
func asksAgain(d *persona.Dialect, a *authorization) bool {
	return d == nil || !d.Scope.RemembersDecline || a.values().Holds(d.Scope.AskDeclinedWhen)
}

// dress lays what the persona says over the members of an answer.
func (i *Issuer) dress(ctx context.Context, changes persona.Changes, members map[string]any, g *store.Grant, scopes []string, more persona.Values) {
	if len(changes) == 0 {
		return
	}
	v := i.Grants.Values(ctx, g, scopes)
	v["base"], v["path"] = i.URL, named(ctx)
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

// address is where an endpoint of the dialect is: at the provider's own address,
// or where the real one is.
func (i *Issuer) address(ctx context.Context, real string) string {
	u, err := url.Parse(real)
	if err != nil || i.Grants.Identifier(ctx) == i.Persona().Dialect.Issuer {
		return filled(ctx, real)
	}
	return i.URL + filled(ctx, u.Path)
}

// spokenMetadata are the dialect's addresses, and nothing else: what a real
// provider says beside them, its persona says.
func (i *Issuer) spokenMetadata(ctx context.Context, d *persona.Dialect) map[string]any {
	doc := map[string]any{"issuer": i.Grants.Identifier(ctx)}
	for _, e := range d.Endpoints.All() {
		if len(e.URLs) > 0 && e.Name != "discovery" && e.Name != "device_verification" {
			doc[e.Name] = i.address(ctx, e.URLs[0])
		}
	}
	for _, res := range d.Resources {
		if _, there := doc[res.Name()]; !there && strings.HasSuffix(res.Name(), "_endpoint") {
			doc[res.Name()] = i.address(ctx, res.URLs[0])
		}
	}
	d.MetadataResponse.Apply(doc, persona.Values{"issuer": doc["issuer"], "base": i.URL, "path": named(ctx)}, i.Random)
	return doc
}

// devicePath is where the user enters the code of a device.
func (i *Issuer) devicePath(ctx context.Context) string {
	if d := i.Persona().Dialect; d != nil && len(d.Endpoints.DevicePage) > 0 {
		return i.address(ctx, d.Endpoints.DevicePage[0])
	}
	return i.URL + "/device"
}

// exchanges answers the grants that the dialect alone has. It reports false
// where the request asks for none of them.
func (i *Issuer) exchanges(d *persona.Dialect, w http.ResponseWriter, r *http.Request, x *journal.Exchange) bool {
	asked := r.PostForm.Get("grant_type")
	special := d.TokenRequest.Exchange
	own := asked == "client_credentials" && !d.TokenRequest.ClientAccessToken.IsZero()
	if !own && (special == nil || asked != special.GrantType) {
		return false
	}
	c, err := i.Grants.Authenticate(r.Context(), r, r.PostForm)
	if err != nil {
		i.fail(w, x, understood(err))
		return true
	}
	if own {
		text := d.TokenRequest.ClientAccessToken.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
		i.Grants.Know(text, clientGrant(c.ID))
		i.writeDialect(w, x, d, http.StatusOK, map[string]any{"access_token": text, "token_type": "bearer"})
		return true
	}
	token, a, err := i.Grants.Exchange(r.Context(), r.PostForm.Get(special.Parameter), c.ID)
	if err != nil {
		e := understood(err)
		e.Status = http.StatusBadRequest
		i.fail(w, x, e)
		return true
	}
	members := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int64(a.Expires.Time().Sub(a.Issued.Time()).Seconds()), "scope": d.JoinScopes(a.Scopes)}
	i.dress(r.Context(), d.TokenResponse, members, a.Grant, a.Scopes, nil)
	i.tamper("token_response", x, members, i.set)
	i.writeDialect(w, x, d, http.StatusOK, members)
	return true
}

func clientGrant(id string) *store.Grant {
	g := store.ByClient(id)
	g.ClientID = id
	return g
}

// dressParams lays what the persona says over the parameters of an authorization
// response.
func (i *Issuer) dressParams(d *persona.Dialect, a *authorization, params url.Values) {
	members := map[string]any{}
	for name := range params {
		members[name] = params.Get(name)
	}
	if params.Has("error") {
		delete(members, "iss")
	} else {
		g := a.grant
		if g == nil {
			g = clientGrant(a.client.ID)
		}
		i.dress(a.ctx, d.AuthorizationResponse, members, g, a.GetGrantedScopes(), persona.Values{"consent_shown": a.consentShown, "request": texts(a.form)})
	}
	for name := range params {
		if _, there := members[name]; !there {
			params.Del(name)
		}
	}
	for name, value := range members {
		params.Set(name, match.Text(value))
	}
}

func texts(form url.Values) map[string]any {
	out := map[string]any{}
	for name := range form {
		out[name] = form.Get(name)
	}
	return out
}

// failInDialect delivers a refused authorization request as the persona does. It
// reports false where the specifications' way is the persona's too.
func (i *Issuer) failInDialect(w http.ResponseWriter, r *http.Request, x *journal.Exchange, d *persona.Dialect, a *authorization, e *oauthError) bool {
	own, v := i.refusal(d, x, e)
	told := *e
	told.Code, told.Description, told.URI = own.Code, own.Description.Text(v), own.URI
	to := i.whereTo(r, d, a)
	if own.Deliver == "page" || to == nil {
		x.Decide("redirect_uri", to != nil, "the provider shows a page", "RFC 6749 section 4.1.2.1")
		i.errorPage(w, x, &told)
		return true
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
	a.to = to
	i.answer(w, x, a, params)
	return true
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
