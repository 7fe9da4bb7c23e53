package endpoint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// bearer judges the access token of a request: in the Authorization header, or
// in the body of a POST (RFC 6750 section 2), never in the URL (section 5.3).
func (i *Issuer) bearer(r *request) (a record.HeldAccess, e *oauthError) {
	token, inHeader := bearerToken(r.Request)
	body := r.PostForm.Get("access_token")
	switch {
	case len(r.PostForm["access_token"]) > 1:
		return a, refuse("invalid_request", "The parameter access_token is there more than once.")
	case inHeader && body != "":
		return a, refuse("invalid_request", "The access token is there twice: in the header and in the body.")
	case !inHeader && body == "":
		if r.URL.Query().Has("access_token") {
			r.x.Note("the access token was sent in the URL, where logs and histories keep it (RFC 6750 section 5.3)")
		}
		return a, tokenMissing()
	}
	if !inHeader {
		token = body
	}
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return a, oauthErrorOf(err)
	}
	return a, nil
}

// bearerToken returns what follows Bearer, in whatever case, in the Authorization
// header (RFC 9110 section 11.1).
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return token, true
}

// userinfo answers with claims about the user (OIDC Core section 5.3).
func (i *Issuer) userinfo(r *request) answer {
	a, e := i.bearer(r)
	if e != nil {
		return e
	}
	if !slices.Contains(a.Scopes, "openid") {
		return refuse("insufficient_scope", "userinfo needs an access token with the scope openid.").withScope("openid")
	}
	answer := newDocument(protocol.Userinfo, i.Grants.Userinfo(r.Context(), a.Grant, a.Scopes))
	if c, known := i.Store.Client(a.Grant.ClientID); known && c.UserinfoAlg != "" {
		g := a.Grant
		answer.sign = func(claims map[string]any) (string, error) {
			return i.Grants.SignUserinfo(r.Context(), c, g, claims)
		}
	}
	return answer
}

// resource is a small protected API to spend access tokens on (RFC 6750). Any
// path below it answers who called; ?requires=scope asks for a scope.
func (i *Issuer) resource(r *request) answer {
	a, e := i.bearer(r)
	if e != nil {
		return e
	}
	requires := r.URL.Query().Get("requires")
	if scopeFormed(requires) != nil {
		return refuse("invalid_request", "The parameter requires has a character that no scope may have (RFC 6749 section 3.3).")
	}
	needed := strings.Fields(requires)
	for _, scope := range needed {
		if !slices.Contains(a.Scopes, scope) {
			r.x.Decide("scope", false, "the token lacks "+scope, "RFC 6750 section 3.1")
			return refuse("insufficient_scope", "This needs an access token with the scope "+scope+".").withScope(strings.Join(needed, " "))
		}
	}
	members := map[string]any{
		"path": "/" + r.PathValue("rest"), "method": r.Method, "sub": a.Grant.Subject, "client_id": a.Grant.ClientID,
	}
	setScope(members, strings.Join(a.Scopes, " "))
	return newDocument("", members)
}
