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

func (a *authorizationResponse) write(r *request) {
	i, params := r.issuer, a.params
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
	r.falsify(protocol.AuthorizationResponse, func(t *fault.Tamper) {
		if t.ResponseMode != "" {
			a.mode = fosite.ResponseModeType(t.ResponseMode)
		}
		effect.FalsifyParameters(t, params, i.Clock.Now())
	})
	r.recordResponse(journal.Params(params))
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
func (a *authorizationResponse) send(r *request, rules *dialect.Rules) {
	uri := *a.to
	h := r.out.Header
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	if page := rules.PopupOrigin(&uri); page != "" {
		message := rules.PopupMessage(&uri, texts(a.params), a, r.issuer.Random)
		written(func(w http.ResponseWriter) { r.issuer.Pages.WebMessage(w, page, message) }).write(r)
		return
	}
	switch a.mode {
	case fosite.ResponseModeFormPost:
		written(func(w http.ResponseWriter) { r.issuer.Pages.FormPost(w, uri.String(), a.params) }).write(r)
		return
	case fosite.ResponseModeType(protocol.WebMessageMode), fosite.ResponseModeType(rules.MessageResponse()):
		message := any(texts(a.params))
		if a.mode == fosite.ResponseModeType(protocol.WebMessageMode) {
			message = map[string]any{"type": "authorization_response", "response": message}
		}
		written(func(w http.ResponseWriter) { r.issuer.Pages.WebMessage(w, originOf(&uri), message) }).write(r)
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
	r.out.Status = http.StatusFound
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
