package endpoint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// bearer judges the access token of a request: in the Authorization header, or
// in the body of a POST (RFC 6750 section 2), never in the URL (section 5.3).
// On refusal it has answered.
func (i *Issuer) bearer(w http.ResponseWriter, r *http.Request, x *journal.Exchange) (*store.HeldAccess, string) {
	if e := forced(r); e != nil {
		i.failBearer(w, x, e, "")
		return nil, ""
	}
	header, inHeader := bearerToken(r)
	body := r.PostForm.Get("access_token")
	switch {
	case len(r.PostForm["access_token"]) > 1:
		i.failBearer(w, x, refuse("invalid_request", "The parameter access_token is there more than once."), "")
		return nil, ""
	case inHeader && body != "":
		i.failBearer(w, x, refuse("invalid_request", "The access token is there twice: in the header and in the body."), "")
		return nil, ""
	case !inHeader && body == "":
		if r.URL.Query().Has("access_token") {
			x.Note("the access token was sent in the URL, where logs and histories keep it (RFC 6750 section 5.3)")
		}
		i.failBearer(w, x, nil, "")
		return nil, ""
	}
	token := header
	if !inHeader {
		token = body
	}
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		i.failBearer(w, x, understood(err), "")
		return nil, ""
	}
	return a, token
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
func (i *Issuer) userinfo(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !only(w, r, http.MethodGet, http.MethodPost) {
		return
	}
	a, _ := i.bearer(w, r, x)
	if a == nil {
		return
	}
	if !slices.Contains(a.Scopes, "openid") {
		i.failBearer(w, x, refuse("insufficient_scope", "userinfo needs an access token with the scope openid."), "openid")
		return
	}
	claims := i.Grants.UserClaims(a.Grant, a.Scopes, "userinfo")
	claims["sub"] = a.Grant.Subject
	i.tamper("userinfo", x, claims, i.set)
	c, ok := i.Store.Client(a.Grant.ClientID)
	if !ok || c.UserinfoAlg == "" {
		writeJSON(w, x, http.StatusOK, claims)
		return
	}
	// Signed, it names who says it to whom (OIDC Core section 5.3.2).
	for name, value := range map[string]string{"iss": i.Grants.Issuer(r.Context(), a.Grant), "aud": c.ID} {
		if _, there := claims[name]; !there {
			claims[name] = value
		}
	}
	token, err := i.Grants.Sign(r.Context(), "signed_userinfo", c.UserinfoAlg, "JWT", claims)
	if err != nil {
		i.fail(w, x, refuse("server_error", err.Error()))
		return
	}
	x.Respond(claims)
	w.Header().Set("Content-Type", "application/jwt")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(token))
}

// resource is a small protected API to spend access tokens on (RFC 6750). Any
// path below it answers who called; ?requires=scope asks for a scope.
func (i *Issuer) resource(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	a, _ := i.bearer(w, r, x)
	if a == nil {
		return
	}
	requires := r.URL.Query().Get("requires")
	if scopeFormed(requires) != nil {
		i.failBearer(w, x, refuse("invalid_request", "The parameter requires has a character that no scope may have (RFC 6749 section 3.3)."), "")
		return
	}
	if needed := strings.Fields(requires); len(needed) > 0 {
		for _, scope := range needed {
			if !slices.Contains(a.Scopes, scope) {
				x.Decide("scope", false, "the token lacks "+scope, "RFC 6750 section 3.1")
				i.failBearer(w, x, refuse("insufficient_scope", "This needs an access token with the scope "+scope+"."), strings.Join(needed, " "))
				return
			}
		}
	}
	writeJSON(w, x, http.StatusOK, map[string]any{
		"path": "/" + r.PathValue("rest"), "method": r.Method, "sub": a.Grant.Subject,
		"client_id": a.Grant.ClientID, "scope": strings.Join(a.Scopes, " "),
	})
}
