package endpoint

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// answer sends an authorization response to the client (RFC 6749 section
// 4.1.2), with iss (RFC 9207 section 2), in the response mode that was asked.
func (i *Issuer) answer(w http.ResponseWriter, x *journal.Exchange, a *authorization, params url.Values) {
	if params.Get("state") == "" {
		params.Del("state")
	}
	if params.Has("token_type") {
		params.Set("token_type", "Bearer")
	}
	params.Set("iss", i.Grants.Issuer(a.ctx, a.grant))
	mode := a.mode()
	d := i.Persona().Dialect
	if d != nil {
		i.dressParams(d, a, params)
	}
	for _, f := range i.Faults.On("authorization_response", x.Param) {
		x.Fault(f.ID, f.String())
		if f.Tamper.ResponseMode != "" {
			mode = fosite.ResponseModeType(f.Tamper.ResponseMode)
		}
		tamperParams(params, f.Tamper, i.Clock.Now())
	}
	x.Respond(journal.Params(params))
	uri := *a.target()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	switch mode {
	case fosite.ResponseModeFormPost:
		i.formPostPage(w, uri.String(), params)
		return
	case fosite.ResponseModeFragment:
		uri.Fragment, uri.RawFragment = "", ""
		h.Set("Location", uri.String()+"#"+params.Encode())
	default:
		if uri.RawQuery != "" {
			uri.RawQuery += "&"
		}
		uri.RawQuery += params.Encode()
		if d != nil {
			uri.Fragment = d.ResponseFragment
		}
		h.Set("Location", uri.String())
	}
	w.WriteHeader(http.StatusFound)
}

// mode is the response mode: as asked, else the default of the response type
// (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1).
func (a *authorization) mode() fosite.ResponseModeType {
	if m := fosite.ResponseModeType(a.form.Get("response_mode")); m != "" {
		return m
	}
	for _, t := range strings.Fields(a.form.Get("response_type")) {
		if t == "token" || t == "id_token" {
			return fosite.ResponseModeFragment
		}
	}
	return fosite.ResponseModeQuery
}

// tamperParams sets parameters, also to lists, or removes them.
func tamperParams(params url.Values, t *fault.Tamper, now time.Time) {
	for name, change := range t.Set {
		var was any
		if params.Has(name) {
			was = params.Get(name)
		}
		value, there := fault.Edited(was, change, now)
		params.Del(name)
		switch several, ok := match.List(value); {
		case !there:
		case ok:
			for _, v := range several {
				if one, there := fault.Edited(was, v, now); there {
					params.Add(name, match.Text(one))
				}
			}
		default:
			params.Set(name, match.Text(value))
		}
	}
}

// failAuthorization sends an error to the client if it is known where that is,
// and else shows a page: an unknown client or redirect URI must never be
// redirected to (RFC 6749 section 4.1.2.1).
func (i *Issuer) failAuthorization(w http.ResponseWriter, r *http.Request, x *journal.Exchange, a *authorization, e *oauthError) {
	x.Fail(e.Code)
	d := i.words(e)
	if d != nil {
		if i.failInDialect(w, r, x, d, a, e) {
			return
		}
	}
	if a == nil || a.AuthorizeRequester == nil || a.client == nil || !a.IsRedirectURIValid() || !i.Grants.RedirectAllowed(r.Context(), a.client, a.GetRedirectURI().String()) {
		if a != nil && a.client != nil {
			x.Decide("redirect_uri", false, a.form.Get("redirect_uri"), "RFC 6749 section 4.1.2.1")
		}
		i.errorPage(w, x, e)
		return
	}
	params := url.Values{}
	for name, value := range e.members() {
		params.Set(name, value)
	}
	params.Set("state", a.form.Get("state"))
	i.answer(w, x, a, params)
}
