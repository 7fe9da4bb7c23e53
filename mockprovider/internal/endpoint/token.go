package endpoint

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// token answers the token endpoint (RFC 6749 section 3.2). The grants
// themselves are in package grant.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !i.posted(w, r, x) {
		return
	}
	d := i.Persona().Dialect
	if d != nil && i.exchanges(d, w, r, x) {
		return
	}
	if e := lacking(r.PostForm); d == nil && e != nil {
		i.fail(w, x, e)
		return
	}
	ctx := r.Context()
	ar, err := i.Grants.Provider().NewAccessRequest(ctx, r, i.Grants.Session())
	if err != nil {
		i.Grants.Explain(ctx, r.PostForm)
		i.fail(w, x, understood(err))
		return
	}
	resp, err := i.Grants.Provider().NewAccessResponse(ctx, ar)
	if err != nil {
		i.Grants.Explain(ctx, r.PostForm)
		i.fail(w, x, understood(err))
		return
	}
	members := resp.ToMap()
	members["token_type"] = "Bearer" // RFC 6750 section 4 spells it so; fosite does not
	if g := ar.GetSession().(*grant.Session).Grant(); d != nil && g != nil {
		members["scope"] = d.JoinScopes(ar.GetGrantedScopes())
		more := persona.Values{"grant_type": r.PostForm.Get("grant_type"), "issued_at": i.Clock.Now().Unix()}
		if token := i.Grants.UserToken(g); token != "" {
			more["user_access_token"] = token
		}
		i.dress(ctx, d.TokenResponse, members, g, ar.GetGrantedScopes(), more)
	}
	before := i.earlier.Swap(&earlier{maps.Clone(members)})
	i.tamper("token_response", x, members, func(document map[string]any, t *fault.Tamper) {
		i.set(document, &fault.Tamper{Set: fault.Earlier(t.Set, before.members())})
	})
	if d != nil {
		i.writeDialect(w, x, d, http.StatusOK, members)
		return
	}
	writeJSON(w, x, http.StatusOK, members)
}

// posted reports whether a request is a form that was posted as it should be, and
// no fault wants it refused. If not, it has answered.
func (i *Issuer) posted(w http.ResponseWriter, r *http.Request, x *journal.Exchange) bool {
	if !onlyPost(w, r) {
		return false
	}
	e := forced(r)
	if e == nil {
		e = wellFormed(r)
	}
	if e != nil {
		i.fail(w, x, e)
	}
	return e == nil
}

// lacking refuses a token request that lacks what its grant type needs (RFC 6749
// sections 4.1.3 and 6, RFC 8628 section 3.4).
func lacking(form url.Values) *oauthError {
	needed := map[string]string{"authorization_code": "code", "refresh_token": "refresh_token", store.DeviceGrant: "device_code"}[form.Get("grant_type")]
	if needed != "" && form.Get(needed) == "" {
		return refuse("invalid_request", "The parameter "+needed+" is missing.")
	}
	return nil
}

// wellFormed refuses what is no form, parameters that repeat, and a scope that is
// none.
func wellFormed(r *http.Request) *oauthError {
	if jsonBody(r) {
		return refuse("invalid_request", "The parameters must be form-encoded: application/x-www-form-urlencoded, not JSON.")
	}
	if r.MultipartForm != nil {
		return refuse("invalid_request", "The parameters must be form-encoded: application/x-www-form-urlencoded, not multipart/form-data.")
	}
	if e := scopeFormed(r.PostForm.Get("scope")); e != nil {
		return e
	}
	if name := repeated(r.PostForm); name != "" {
		return refuse("invalid_request", "The parameter "+name+" is there more than once.")
	}
	if secretInQuery := r.URL.Query().Has("client_secret") || r.URL.Query().Has("code"); secretInQuery {
		return refuse("invalid_request", "Credentials belong into the body or the Authorization header, never into the URL.")
	}
	return nil
}

// scopeFormed refuses a scope with a character that none may have (RFC 6749
// section 3.3).
func scopeFormed(scope string) *oauthError {
	if n := strings.IndexFunc(scope, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }); n >= 0 {
		return refuse("invalid_scope", "The scope "+strconv.Quote(scope)+" has a character that no scope may have.")
	}
	return nil
}

// introspect describes a token to a client or resource server (RFC 7662). The
// caller authenticates as a client, or shows a live access token of its own.
func (i *Issuer) introspect(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !i.posted(w, r, x) {
		return
	}
	if token, ok := bearerToken(r); ok {
		if _, err := i.Grants.AccessToken(r.Context(), token); err != nil {
			i.failBearer(w, x, understood(err), "")
			return
		}
	} else if c, err := i.Grants.Authenticate(r.Context(), r, r.PostForm); err != nil {
		i.fail(w, x, understood(err))
		return
	} else if c.Public() {
		i.fail(w, x, refuse("invalid_client", "A public client cannot introspect tokens: whoever knows its client_id could (RFC 7662 section 2.1)."))
		return
	}
	if !r.PostForm.Has("token") {
		i.fail(w, x, refuse("invalid_request", "The parameter token is missing."))
		return
	}
	members := i.Grants.Introspect(r.Context(), r.PostForm.Get("token"))
	i.tamper("introspection_response", x, members, i.set)
	writeJSON(w, x, http.StatusOK, members)
}

// revoke ends a token (RFC 7009). An unknown one is revoked already.
func (i *Issuer) revoke(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !i.posted(w, r, x) {
		return
	}
	if !r.PostForm.Has("token") {
		i.fail(w, x, refuse("invalid_request", "The parameter token is missing."))
		return
	}
	if err := i.Grants.Provider().NewRevocationRequest(r.Context(), r); err != nil {
		i.fail(w, x, understood(err))
		return
	}
	// Some clients fail on an empty answer without a JSON type.
	writeJSON(w, x, http.StatusOK, map[string]any{})
}

// earlier is a token response that was given, before any fault.
type earlier struct{ response map[string]any }

func (e *earlier) members() map[string]any {
	if e == nil {
		return nil
	}
	return e.response
}
