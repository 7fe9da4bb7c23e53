package endpoint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// bearer judges the access token of a request: in the Authorization header, or
// in the body of a POST (RFC 6750 section 2), never in the URL (section 5.3).
func (i *Issuer) bearer(r *pipeline.Request) (a record.HeldAccess, e *pipeline.Error) {
	token, inHeader := bearerToken(r.Request)
	body := r.PostForm.Get("access_token")
	switch {
	case len(r.PostForm["access_token"]) > 1:
		return a, pipeline.Refuse("invalid_request", "The parameter access_token is there more than once.")
	case inHeader && body != "":
		return a, pipeline.Refuse("invalid_request", "The access token is there twice: in the header and in the body.")
	case !inHeader && body == "":
		if r.URL.Query().Has("access_token") {
			r.Exchange.Note("the access token was sent in the URL, where logs and histories keep it (RFC 6750 section 5.3)")
		}
		return a, pipeline.TokenMissing()
	}
	if !inHeader {
		token = body
	}
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return a, pipeline.ErrorOf(err)
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
func (i *Issuer) userinfo(r *pipeline.Request) pipeline.Answer {
	a, e := i.bearer(r)
	if e != nil {
		return e
	}
	if !slices.Contains(a.Scopes, "openid") {
		return pipeline.Refuse("insufficient_scope", "userinfo needs an access token with the scope openid.").WithScope("openid")
	}
	answer := pipeline.NewDocument(protocol.Userinfo, i.Grants.Userinfo(r.Context(), a.Grant, a.Scopes))
	if c, known := i.Store.Client(a.Grant.ClientID); known && c.UserinfoAlg != "" {
		g := a.Grant
		answer.Sign = func(claims map[string]any) (string, error) {
			return i.Grants.SignUserinfo(r.Context(), c, g, claims)
		}
	}
	return answer
}

// resource is a small protected API to spend access tokens on (RFC 6750). Any
// path below it answers who called; ?requires=scope asks for a scope.
func (i *Issuer) resource(r *pipeline.Request) pipeline.Answer {
	a, e := i.bearer(r)
	if e != nil {
		return e
	}
	requires := r.URL.Query().Get("requires")
	if pipeline.CheckScope(requires) != nil {
		return pipeline.Refuse("invalid_request", "The parameter requires has a character that no scope may have (RFC 6749 section 3.3).")
	}
	needed := strings.Fields(requires)
	for _, scope := range needed {
		if !slices.Contains(a.Scopes, scope) {
			r.Exchange.Decide("scope", false, "the token lacks "+scope, "RFC 6750 section 3.1")
			return pipeline.Refuse("insufficient_scope", "This needs an access token with the scope "+scope+".").WithScope(strings.Join(needed, " "))
		}
	}
	members := map[string]any{
		"path": "/" + r.PathValue("rest"), "method": r.Method, "sub": a.Grant.Subject, "client_id": a.Grant.ClientID,
	}
	setScope(members, strings.Join(a.Scopes, " "))
	return pipeline.NewDocument("", members)
}
