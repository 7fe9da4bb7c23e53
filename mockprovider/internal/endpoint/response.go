package endpoint

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// authorizationResponse is an answer that the browser takes to the client (RFC
// 6749 section 4.1.2): where it goes, in which response mode, and what it says.
type authorizationResponse struct {
	of     *authorization
	to     *url.URL
	mode   fosite.ResponseModeType
	params url.Values
}

// respond answers an authorization request with parameters, at its redirect URI
// and in the response mode that it asks for.
func (a *authorization) respond(params url.Values) *authorizationResponse {
	return &authorizationResponse{of: a, to: a.GetRedirectURI(), mode: a.mode(), params: params}
}

func (a *authorizationResponse) Write(r *pipeline.Request) {
	i, params := a.of.issuer, a.params
	if params.Get("state") == "" {
		params.Del("state")
	}
	if params.Get("scope") == "" {
		params.Del("scope")
	}
	if params.Has("token_type") {
		params.Set("token_type", "Bearer")
	}
	if i.sendsIssuer() {
		params.Set("iss", i.Grants.Issuer(a.of.ctx, a.of.grant)) // RFC 9207 section 2
	}
	if state := a.sessionState(); state != "" && !params.Has("error") {
		params.Set("session_state", state)
	}
	d := i.Grants.Dialect()
	d.Parameters(params, a, i.Random)
	r.Falsify(protocol.AuthorizationResponse, func(t *fault.Tamper) {
		if t.ResponseMode != "" {
			a.mode = fosite.ResponseModeType(t.ResponseMode)
		}
		effect.FalsifyParameters(t, params, i.Clock.Now())
	})
	r.RecordResponse(journal.Params(params))
	a.send(r, d.Rules())
}

// issParameter is the member of the metadata that says whether authorization responses
// have iss (RFC 9207 section 3).
const issParameter = "authorization_response_iss_parameter_supported"

// sendsIssuer reports whether authorization responses have iss (RFC 9207 section 2). An
// issuer of several names sends it only where its settings say so: the name of this
// request need not be the one that the client knows.
func (i *Issuer) sendsIssuer() bool {
	return (!i.Names || capability.Requires(i.Persona(), issParameter)) && !capability.Lacks(i.Persona(), issParameter)
}

// send makes the redirection, or the page with the form or the message.
func (a *authorizationResponse) send(r *pipeline.Request, rules *dialect.Rules) {
	uri := *a.to
	h := r.Out.Header
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	if page := rules.PopupOrigin(&uri); page != "" {
		message := rules.PopupMessage(&uri, texts(a.params), a, a.of.issuer.Random)
		pipeline.Written(func(w http.ResponseWriter) { a.of.issuer.Pages.WebMessage(w, page, message) }).Write(r)
		return
	}
	switch a.mode {
	case fosite.ResponseModeFormPost:
		pipeline.Written(func(w http.ResponseWriter) { a.of.issuer.Pages.FormPost(w, uri.String(), a.params) }).Write(r)
		return
	case fosite.ResponseModeType(protocol.WebMessageMode), fosite.ResponseModeType(rules.MessageResponse()):
		message := any(texts(a.params))
		if a.mode == fosite.ResponseModeType(protocol.WebMessageMode) {
			message = map[string]any{"type": "authorization_response", "response": message}
		}
		pipeline.Written(func(w http.ResponseWriter) { a.of.issuer.Pages.WebMessage(w, originOf(&uri), message) }).Write(r)
		return
	case fosite.ResponseModeFragment:
		uri.Fragment, uri.RawFragment = "", ""
		h.Set("Location", uri.String()+"#"+a.params.Encode())
	default:
		if uri.RawQuery != "" {
			uri.RawQuery += "&"
		}
		uri.RawQuery += a.params.Encode()
		if rules.Fragment != "" {
			uri.Fragment = rules.Fragment
		}
		h.Set("Location", uri.String())
	}
	r.Out.Status = http.StatusFound
}

// originOf is the origin of the pages at a redirect URI (RFC 6454 section 4), nothing
// where none can have it.
func originOf(uri *url.URL) string {
	if uri == nil || uri.Host == "" || strings.ContainsAny(uri.Host, ";,'\"") || uri.Scheme != "http" && uri.Scheme != "https" {
		return ""
	}
	return uri.Scheme + "://" + uri.Host
}

// mode is the response mode: as asked, else the default of the response type
// (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).
func (a *authorization) mode() fosite.ResponseModeType {
	if m := fosite.ResponseModeType(a.form.Get("response_mode")); m != "" {
		return m
	}
	for t := range strings.FieldsSeq(a.form.Get("response_type")) {
		if t == "token" || t == "id_token" {
			return fosite.ResponseModeFragment
		}
	}
	return fosite.ResponseModeQuery
}

// unknownMode says why there can be no answer in a response mode, nothing where
// there can.
func (i *Issuer) unknownMode(a *authorization) string {
	mode, message := a.form.Get("response_mode"), i.messageMode()
	if mode == "" {
		return ""
	}
	known := slices.DeleteFunc(protocol.Values[protocol.ResponseMode](""), func(m string) bool {
		return m == string(protocol.WebMessageMode) || !capability.Supports(i.Persona(), "response_modes_supported", m)
	})
	if message != "" {
		known = append(known, message)
	}
	switch {
	case !slices.Contains(known, mode):
		return "The response_mode " + strconv.Quote(mode) + " is not supported: there are " + strings.Join(known, ", ") + "."
	case mode == message && originOf(a.GetRedirectURI()) == "":
		return "A response with response_mode=" + mode + " is posted to the origin of the redirect_uri, which must be http or https."
	}
	return ""
}

// messageMode is the response mode that posts the response to a page, empty where the
// provider has none. What a persona has need not be in its metadata.
func (i *Issuer) messageMode() string {
	rules := i.Grants.Dialect().Rules()
	message := rules.MessageResponse()
	if rules.MessageMode == "" && !capability.Supports(i.Persona(), "response_modes_supported", message) {
		return ""
	}
	return message
}

// RefuseWith sends an error to the client if it is known where that is, and else
// shows a page: an unknown client or redirect URI must never be redirected to (RFC
// 6749 section 4.1.2.1).
func (a *authorization) RefuseWith(r *pipeline.Request, e *pipeline.Error) pipeline.Answer {
	told := r.ForClient(e)
	to := a.redirectOf(r.DialectFor(e).Rules())
	if told.Page || to == nil {
		if a.client != nil {
			r.Exchange.Decide("redirect_uri", to != nil, a.form.Get("redirect_uri"), "RFC 6749 section 4.1.2.1")
		}
		return r.ToldOnPage(told)
	}
	told.Params.Set("state", a.form.Get("state"))
	out := a.respond(told.Params)
	out.to = to
	return out
}

// redirectOf returns where an error can be sent: to the redirect URI that was
// asked for, or to the registered one where the provider does so. nil: nowhere.
func (a *authorization) redirectOf(rules *dialect.Rules) *url.URL {
	if a.AuthorizeRequester == nil || a.client == nil {
		return nil
	}
	if uri := a.GetRedirectURI(); a.IsRedirectURIValid() && a.issuer.Grants.RedirectAllowed(a.ctx, a.client, uri.String()) {
		return uri
	}
	if rules.RedirectElsewhere && len(a.client.RedirectURIs) > 0 {
		if uri, err := url.Parse(a.client.RedirectURIs[0]); err == nil {
			return uri
		}
	}
	return nil
}

// causeOf is the cause that goes with an error code.
func causeOf(e *pipeline.Error) protocol.Cause {
	switch e.Code {
	case "invalid_scope":
		return protocol.CauseAuthorizeScopeInvalid
	case "unsupported_response_type", "unauthorized_client":
		return protocol.CauseAuthorizeResponseTypeUnsupported
	case "login_required":
		return protocol.CauseAuthorizeLoginRequired
	case "consent_required":
		return protocol.CauseAuthorizeConsentRequired
	}
	return protocol.CauseAuthorizeRequestInvalid
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

// Values are what the persona may say of an authorization request.
func (a *authorization) Values() template.Values {
	v := template.Values{"consent_shown": a.consentShown}
	for name := range a.form {
		v[name] = a.form.Get(name)
	}
	return v
}
