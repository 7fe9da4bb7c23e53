package endpoint

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// authorization is an authorization request on its way (RFC 6749 section 4.1.1,
// OIDC Core section 3.1.2.1): fosite's view of it, and what the sign-in layer
// reads out of it.
type authorization struct {
	fosite.AuthorizeRequester
	issuer *Issuer
	client *store.Client
	form   url.Values
	login  string // as the journal numbers it
	ctx    context.Context

	consentShown bool          // the user was asked for consent
	grant        *record.Grant // once the request is granted

	prompt   []string
	audience []string // protected resources that it names
	maxAge   *int64   // seconds; nil: any age will do
	hint     string   // sub of a valid id_token_hint
	required struct {
		sub string   // the subject the claims parameter asks for
		acr []string // the acr values it insists on
	}
}

// readAuthorization reads the request at the authorization endpoint.
func (i *Issuer) readAuthorization(r *pipeline.Request) *pipeline.Error {
	if e := i.pushed(r); e != nil {
		return e.InForm(pipeline.OnPage)
	}
	_, e := i.parse(r, i.nextLogin())
	return e
}

// authorize answers the authorization endpoint, once readAuthorization has read the
// request.
func (i *Issuer) authorize(r *pipeline.Request) pipeline.Answer {
	a := r.Client.(*authorization)
	return i.nextStep(r, a, &record.Pending{Params: a.form, Login: a.login})
}

// parse reads and judges an authorization request. On refusal the authorization
// tells where the error may be sent, if anywhere.
func (i *Issuer) parse(r *pipeline.Request, login string) (*authorization, *pipeline.Error) {
	r.Exchange.Bind(login, r.Form.Get("client_id"), "")
	ar, err := i.Grants.Provider().NewAuthorizeRequest(r.Context(), forFosite(r.Request))
	a := &authorization{AuthorizeRequester: ar, issuer: i, form: r.Form, login: login, ctx: r.Context()}
	r.Client = a
	if c, ok := i.Grants.FindClient(r.Context(), r.Form.Get("client_id")); ok {
		a.client = c
		r.Exchange.Decide("client_id", true, c.ID, "RFC 6749 section 4.1.1")
	} else {
		r.Exchange.Decide("client_id", false, "not registered", "RFC 6749 section 4.1.2.1")
		r.Exchange.Because(protocol.CauseAuthorizeClientUnknown)
		return a, pipeline.Refuse("invalid_client", "No client with the client_id "+strconv.Quote(r.Form.Get("client_id"))+" is registered at this issuer.")
	}
	if uri := a.form.Get("redirect_uri"); uri != "" && !i.Grants.RedirectAllowed(r.Context(), a.client, uri) {
		r.Exchange.Because(protocol.CauseAuthorizeRedirectURIMismatch)
		return a, pipeline.Refuse("invalid_request", "The redirect_uri "+uri+" is not registered for the client "+a.client.ID+"; "+registeredURIs(a.client)+".")
	}
	if err != nil && !errors.Is(err, fosite.ErrInvalidState) {
		e := i.whyRefused(a, pipeline.ErrorOf(err))
		r.Exchange.Because(causeOf(e))
		return a, e
	}
	r.Exchange.Decide("redirect_uri", true, a.GetRedirectURI().String(), "RFC 6749 section 3.1.2.3")
	if name := pipeline.Repeated(a.form); name != "" {
		return a, pipeline.Refuse("invalid_request", "The parameter "+name+" is there more than once.")
	}
	if e := pipeline.CheckScope(a.form.Get("scope")); e != nil {
		return a, e
	}
	if e := i.unsupported(a); e != nil {
		return a, e
	}
	if a.audience, err = i.Grants.Audience(r.Context(), a.client, a.form); err != nil {
		return a, pipeline.ErrorOf(err)
	}
	if why := i.Grants.WhyNoScope(a.GetRequestedScopes(), a.audience); why != "" {
		r.Exchange.Because(protocol.CauseAuthorizeScopeInvalid)
		return a, pipeline.Refuse("invalid_scope", why)
	}
	if why := i.Grants.Dialect().Refuses(a.form, a.GetRequestedScopes()); why != "" {
		r.Exchange.Because(protocol.CauseAuthorizeRequestInvalid)
		return a, pipeline.Refuse("invalid_request", why)
	}
	a.note(r.Exchange)
	return a, i.read(r.Request, a)
}

// registeredURIs says where a client may be answered.
func registeredURIs(c *store.Client) string {
	switch {
	case c.Unregistered:
		return "the client may have any that is absolute and has no fragment, and no script"
	case len(c.RedirectURIs) == 0:
		return "none are registered, so any address of this machine will do"
	}
	return "there are " + strings.Join(c.RedirectURIs, " and ")
}

// forFosite is the request without what fosite would refuse before it knows where
// the client is: then the client could not be told. unsupported judges it. It is
// without max_age too, with which fosite's arithmetic overflows; read judges that.
func forFosite(r *http.Request) *http.Request {
	out := r.WithContext(r.Context())
	out.Form = maps.Clone(r.Form)
	for _, name := range []string{"request", "request_uri", "registration", "max_age"} {
		out.Form.Del(name)
	}
	switch protocol.ResponseMode(out.Form.Get("response_mode")) {
	case protocol.QueryMode, protocol.FragmentMode, protocol.FormPostMode:
	default:
		out.Form.Del("response_mode") // one that fosite has no word for
	}
	return out
}

// whyRefused gives fosite's refusal the code the specification has for it.
func (i *Issuer) whyRefused(a *authorization, e *pipeline.Error) *pipeline.Error {
	words := strings.Fields(a.form.Get("response_type"))
	slices.Sort(words)
	known := slices.ContainsFunc(protocol.Values[protocol.ResponseType](""), func(t string) bool {
		have := strings.Fields(t)
		slices.Sort(have)
		return slices.Equal(have, words)
	})
	switch {
	case e.Code == "invalid_scope":
		return i.explainScope(a.client, a.GetRequestedScopes(), e)
	case e.Code != "unsupported_response_type":
		return e
	case len(words) == 0:
		return pipeline.Refuse("invalid_request", "The parameter response_type is missing.")
	case known: // the provider has it, this client may not (RFC 6749 section 4.1.2.1)
		return pipeline.Refuse("unauthorized_client", "The client is not registered for response_type="+a.form.Get("response_type")+": add it to its response_types.")
	}
	return e
}

// unsupported refuses what the provider does not offer, and what is forbidden.
func (i *Issuer) unsupported(a *authorization) *pipeline.Error {
	unknown := i.unknownMode(a)
	switch {
	case unknown != "":
		a.form.Del("response_mode") // the default one carries the error
		return pipeline.Refuse("invalid_request", unknown)
	case !i.supportsType(a.form.Get("response_type")):
		return pipeline.Refuse("unsupported_response_type", "This provider does not support response_type="+a.form.Get("response_type")+": its metadata do not list it.")
	case a.form.Has("registration"):
		return pipeline.Refuse("registration_not_supported", "This provider takes no registration parameter (OIDC Core section 7.2.1).")
	case a.form.Has("request"):
		return pipeline.Refuse("request_not_supported", "This provider takes no request objects (OIDC Core section 6).")
	case a.form.Has("request_uri"):
		return pipeline.Refuse("request_uri_not_supported", "This provider takes a request_uri from its own PAR endpoint only (RFC 9126).")
	}
	return i.forbidden(a)
}

// supportsType reports whether the provider supports a response type, whose words may
// be in any order.
func (i *Issuer) supportsType(asked string) bool {
	all := capability.Supported(i.Persona(), "response_types_supported", []string(nil))
	if all == nil {
		return true
	}
	words := strings.Fields(asked)
	slices.Sort(words)
	return slices.ContainsFunc(all, func(t string) bool {
		have := strings.Fields(t)
		slices.Sort(have)
		return slices.Equal(have, words)
	})
}

// forbidden refuses what the client, the provider or its persona does not allow.
func (i *Issuer) forbidden(a *authorization) *pipeline.Error {
	strict, method := i.Persona().Strict, a.form.Get("code_challenge_method")
	missing := a.client.MissingGrant(protocol.ResponseType(a.form.Get("response_type")))
	switch {
	case missing != "":
		return pipeline.Refuse("unauthorized_client", "The client is not registered for the grant type "+string(missing)+", which response_type="+a.form.Get("response_type")+" needs: add it to its grant_types.")
	case !slices.Contains([]string{"", "S256", "plain"}, method):
		return pipeline.Refuse("invalid_request", "The code_challenge_method "+strconv.Quote(method)+" is unknown: must be S256 or plain (RFC 7636 section 4.3).")
	case !capability.Supports(i.Persona(), "code_challenge_methods_supported", cmp.Or(method, "plain")) && a.form.Has("code_challenge"):
		return pipeline.Refuse("invalid_request", "The code_challenge_method "+cmp.Or(method, "plain")+" is not supported: the metadata do not list it.")
	case a.client.RequirePAR && !a.form.Has(pushedMark):
		return pipeline.Refuse("invalid_request", "The client is registered to push its authorization requests (RFC 9126 section 6).")
	case capability.Requires(i.Persona(), "require_pushed_authorization_requests") && !a.form.Has(pushedMark):
		return pipeline.Refuse("invalid_request", "This provider takes pushed authorization requests only (RFC 9126 section 5).")
	case slices.Contains(strict, "state-required") && a.form.Get("state") == "":
		return pipeline.Refuse("invalid_request", "The parameter state is missing, and this provider requires one.")
	case slices.Contains(strict, "nonce-required") && a.form.Get("nonce") == "":
		return pipeline.Refuse("invalid_request", "The parameter nonce is missing, and this provider requires one.")
	}
	return nil
}

// note tells the journal what a careful client would do otherwise.
func (a *authorization) note(x *exchange.Exchange) {
	code := slices.Contains(a.GetResponseTypes(), "code")
	switch state := a.form.Get("state"); {
	case state == "" && !a.form.Has("code_challenge") && !a.form.Has("nonce"):
		x.Note("neither state, nonce nor code_challenge was sent: nothing binds the answer to this browser (RFC 9700 section 2.1)")
	case state != "" && len(state) < 8:
		x.Note("state has fewer than 8 characters: it can be guessed (RFC 6749 section 10.12)")
	}
	if code && !a.form.Has("code_challenge") {
		x.Note("no code_challenge was sent: a stolen code can be redeemed (RFC 9700 section 2.1.1)")
	} else if code && a.form.Get("code_challenge_method") != "S256" {
		x.Note("code_challenge_method is plain: use S256 (RFC 9700 section 2.1.1)")
	}
}

// read takes prompt, max_age, id_token_hint and claims apart (OIDC Core
// sections 3.1.2.1 and 5.5).
func (i *Issuer) read(r *http.Request, a *authorization) *pipeline.Error {
	if capability.Lacks(i.Persona(), "claims_parameter_supported") {
		a.form.Del("claims") // it is unknown here (RFC 6749 section 3.1)
	}
	a.prompt = strings.Fields(a.form.Get("prompt"))
	for _, p := range a.prompt {
		if !slices.Contains(i.Grants.Prompts(), p) {
			return pipeline.Refuse("invalid_request", "prompt="+p+" is unknown: there are "+strings.Join(i.Grants.Prompts(), ", ")+".")
		}
	}
	if slices.Contains(a.prompt, "none") && len(a.prompt) > 1 {
		return pipeline.Refuse("invalid_request", "prompt=none cannot be combined with another value.")
	}
	a.prompt = i.Grants.Dialect().Prompt(a.prompt, a)
	if text := a.form.Get("max_age"); text != "" {
		age, ok := readSeconds(text)
		if !ok {
			return pipeline.Refuse("invalid_request", "max_age counts seconds: "+strconv.Quote(text)+" is not such a number.")
		}
		a.maxAge = &age
	} else if a.client.DefaultMaxAge > 0 {
		age := int64(a.client.DefaultMaxAge)
		a.maxAge = &age
	}
	if token := a.form.Get("id_token_hint"); token != "" {
		claims, err := i.Grants.Hint(r.Context(), token)
		if err != nil {
			return pipeline.Refuse("invalid_request", "The id_token_hint cannot be used: "+err.Error()+".")
		}
		a.hint, _ = claims["sub"].(string)
	}
	return a.readClaims()
}

// readClaims reads from the claims parameter what decides who may be signed in
// and how.
func (a *authorization) readClaims() *pipeline.Error {
	text := a.form.Get("claims")
	if text == "" {
		return nil
	}
	var asked map[string]map[string]*struct {
		Essential bool  `json:"essential"`
		Value     any   `json:"value"`
		Values    []any `json:"values"`
	}
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return pipeline.Refuse("invalid_request", "The claims parameter cannot be read as JSON (OIDC Core section 5.5): "+err.Error())
	}
	if sub := asked["id_token"]["sub"]; sub != nil {
		a.required.sub, _ = sub.Value.(string)
	}
	if acr := asked["id_token"]["acr"]; acr != nil && acr.Essential {
		for _, v := range append(acr.Values, acr.Value) {
			if s, ok := v.(string); ok {
				a.required.acr = append(a.required.acr, s)
			}
		}
	}
	return nil
}

// issue makes the answer once the user has agreed.
func (i *Issuer) issue(r *pipeline.Request, a *authorization, s *record.Session, scopes []string) pipeline.Answer {
	u, ok := i.Store.User(s.Login)
	if !ok {
		return pipeline.Refuse("access_denied", "The user is gone.")
	}
	acr, e := a.acrFor(u, s)
	if e != nil {
		return e
	}
	g := &record.Grant{
		ClientID: a.client.ID, Subject: u.Sub(),
		Authorization: &record.Authorization{
			Login: a.login, UserLogin: u.Login, SessionID: s.ID, AuthTime: s.AuthTime, ACR: acr, AMR: s.AMR, Nonce: strings.Clone(a.form.Get("nonce")),
			Audience: a.audience, ClaimsParameter: json.RawMessage(a.form.Get("claims")),
		},
	}
	d := i.Grants.Dialect()
	if d.Rules().KeepRequest {
		g.Request = a.form
	}
	g.RefreshDue = d.RefreshDue(a)
	var before []string
	if d.Rules().GrantsByConsents {
		before = i.Store.Consent(s.Login, a.client.ID, i.Clock.Now())
	}
	scopes = d.Granted(before, scopes, a)
	a.grant = g
	r.Exchange.Bind("", "", g.Subject)
	a.SetRequestedAudience(a.audience)
	for _, scope := range resource.Scopes(scopes, a.audience, i.Persona().ProtectedResources) {
		a.GrantScope(scope)
	}
	resp, err := i.Grants.Provider().NewAuthorizeResponse(r.Context(), a.AuthorizeRequester, i.authorized(a, s, g))
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	return a.respond(resp.GetParameters())
}

// acrFor says which authentication context the sign-in reached: the user's own,
// else the first one asked for. One that is insisted on and not reached is a
// failed sign-in (OIDC Core section 5.5.1.1).
func (a *authorization) acrFor(u *store.User, s *record.Session) (string, *pipeline.Error) {
	acr := s.ACR
	if acr == "" {
		acr = u.ACR
	}
	wanted := append(slices.Clone(a.required.acr), strings.Fields(a.form.Get("acr_values"))...)
	if acr == "" && len(wanted) > 0 {
		acr = wanted[0]
	}
	if len(a.required.acr) > 0 && !slices.Contains(a.required.acr, acr) {
		return "", pipeline.Refuse("unmet_authentication_requirements", "The user reached acr "+strconv.Quote(acr)+", and the request insists on "+strings.Join(a.required.acr, " or ")+".")
	}
	return acr, nil
}
