package endpoint

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// callingUser judges the access token of the request.
func (i *Issuer) callingUser(d dialect.Dialect, res *dialectfile.Resource, r *pipeline.Request, v template.Values) (*record.HeldAccess, *pipeline.Error) {
	token := tokenIn(res, r.Request)
	if token == "" {
		r.Exchange.Because(protocol.CauseAPITokenMissing)
		return nil, pipeline.Refuse("invalid_token", "No access token was sent.")
	}
	i.knowClientToken(r.Request, d, token)
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return nil, pipeline.ErrorOf(err)
	}
	v["access_token"] = token
	if proof := r.Form.Get(res.Proof); res.Proof != "" && proof != "" && !i.hasProof(&a, token, proof) {
		r.Exchange.Because(protocol.CauseAPIAppsecretProofWrong)
		return nil, pipeline.Refuse("invalid_request", "Invalid appsecret_proof provided in the API argument")
	}
	if len(res.Scopes) > 0 && !slices.ContainsFunc(res.Scopes, func(s string) bool { return slices.Contains(a.Scopes, s) }) {
		r.Exchange.Because(protocol.CauseAPIScopeInsufficient)
		r.Exchange.Decide("scope", false, "the token has none of "+strings.Join(res.Scopes, ", "), "RFC 6750 section 3.1")
		return &a, pipeline.Refuse("insufficient_scope", "This needs an access token with the scope "+d.JoinScopes(res.Scopes)+".")
	}
	return &a, nil
}

// knowClientToken keeps an access token that a client made of itself.
func (i *Issuer) knowClientToken(r *http.Request, d dialect.Dialect, token string) {
	made := d.Rules().ClientToken
	if made.IsZero() {
		return
	}
	for _, c := range i.Store.Clients() {
		if !c.Public() && made.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil)) == token {
			i.Grants.KeepClientToken(token, clientGrant(c.ID))
		}
	}
}

// tokenIn is the access token of a request, wherever the resource takes it from.
func tokenIn(res *dialectfile.Resource, r *http.Request) string {
	places, schemes, name := res.Bearer, res.Schemes, cmp.Or(res.Param, "access_token")
	if len(places) == 0 {
		places = []string{"header"}
	}
	if len(schemes) == 0 {
		schemes = []string{"Bearer"}
	}
	for _, place := range places {
		token := ""
		switch place {
		case "header":
			token = tokenInHeader(schemes, r)
		case "query":
			token = r.URL.Query().Get(name)
		case "body":
			token = r.PostForm.Get(name)
		}
		if token != "" {
			return token
		}
	}
	return ""
}

// tokenInHeader is the access token of the Authorization header: of the scheme Basic
// the password, or the user name where the password is x-oauth-basic.
func tokenInHeader(schemes []string, r *http.Request) string {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) }) {
		return ""
	}
	if user, password, ok := r.BasicAuth(); ok {
		if password == "" || password == "x-oauth-basic" {
			return user
		}
		return password
	}
	return strings.TrimSpace(rest)
}

// hasProof checks an appsecret_proof.
func (i *Issuer) hasProof(a *record.HeldAccess, token, proof string) bool {
	c, ok := i.Store.Client(a.Grant.ClientID)
	if !ok || c.Secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(c.Secret))
	mac.Write([]byte(token))
	return hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(proof))
}

// subjectToken finds the token that an answer is about: an access token, or an ID
// token whose claims go into the values.
func (i *Issuer) subjectToken(res *dialectfile.Resource, r *pipeline.Request, v template.Values) (*record.HeldAccess, *pipeline.Error) {
	body := jsonMembers(r.Request)
	if len(body) > 0 {
		v["body"] = body
	}
	for _, name := range res.About {
		token := r.Form.Get(name)
		if text, ok := body[name].(string); ok && token == "" {
			token = text
		}
		if name == "Authorization" {
			token, _ = bearerToken(r.Request)
		}
		switch {
		case token == "":
		case name == "id_token", strings.Count(token, ".") == 2 && name != "access_token":
			return nil, i.addClaims(r, v, token)
		default:
			return i.heldToken(res, r, v, name, token)
		}
	}
	r.Exchange.Because(protocol.CauseAPITokenMissing)
	return nil, pipeline.Refuse("invalid_request", "The parameter "+strings.Join(res.About, " or ")+" is missing.")
}

// addClaims adds those of an ID token to the values.
func (i *Issuer) addClaims(r *pipeline.Request, v template.Values, token string) *pipeline.Error {
	claims, err := i.Grants.Hint(r.Context(), token)
	if err != nil {
		r.Exchange.Because(protocol.CauseAPITokenUnknown)
		return pipeline.Refuse("invalid_token", "Invalid Value")
	}
	left, dated := claims["exp"].(float64)
	left -= float64(i.Clock.Now().Unix())
	if dated && left <= 0 {
		r.Exchange.Because(protocol.CauseAPITokenExpired)
		return pipeline.Refuse("invalid_token", "Invalid Value")
	}
	maps.Copy(claims, headerOf(token))
	v["expires_in"] = int64(left)
	v["token"] = withTexts(claims)
	return nil
}

// heldToken finds a refresh token, or an access token, which it adds to the values.
func (i *Issuer) heldToken(res *dialectfile.Resource, r *pipeline.Request, v template.Values, name, token string) (*record.HeldAccess, *pipeline.Error) {
	rt, refresh := i.Grants.RefreshToken(r.Context(), token)
	if refresh && takesRefreshToken(res, name) {
		a := &record.HeldAccess{Access: record.Access{GrantKey: rt.GrantKey, Scopes: rt.Grant.Scopes, Issued: rt.Issued, Expires: rt.Expires}, Grant: rt.Grant}
		if e := judgeHolder(res, r, v, a); e != nil {
			return nil, e
		}
		return a, nil
	}
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return nil, pipeline.ErrorOf(err)
	}
	if e := judgeHolder(res, r, v, &a); e != nil {
		return nil, e
	}
	v["access_token"] = token
	v["token"] = withTexts(map[string]any{"aud": a.Grant.ClientID, "azp": a.Grant.ClientID, "sub": a.Grant.Subject, "exp": a.Expires.Time().Unix()})
	return &a, nil
}

// takesRefreshToken reports whether a parameter may have a refresh token: not where it
// is that of another token by its name, nor where only an access token is ended.
func takesRefreshToken(res *dialectfile.Resource, name string) bool {
	return name != "access_token" && name != "Authorization" && (res.Does == "" || res.Does == "revoke_grant")
}

// judgeHolder refuses a client that asks about the token of another one.
func judgeHolder(res *dialectfile.Resource, r *pipeline.Request, v template.Values, a *record.HeldAccess) *pipeline.Error {
	if client, _ := v.Get("client.client_id"); res.Client != "" && client != a.Grant.ClientID {
		r.Exchange.Because(protocol.CauseAPITokenUnknown)
		return pipeline.Refuse("invalid_token", "The token was issued to another client.")
	}
	return nil
}

// headerOf is the JOSE header of a token whose signature was verified.
func headerOf(token string) map[string]any {
	out := map[string]any{}
	first, _, _ := strings.Cut(token, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(first); err == nil {
		_ = json.Unmarshal(raw, &out) // it was read before
	}
	return out
}

// withTexts has every claim, and all of them as texts under strings.
func withTexts(claims map[string]any) map[string]any {
	out, texts := maps.Clone(claims), map[string]any{}
	for name, value := range claims {
		texts[name] = match.Text(value)
	}
	out["strings"] = texts
	return out
}

func jsonMembers(r *http.Request) map[string]any {
	out := map[string]any{}
	if pipeline.IsJSON(r) {
		data, err := io.ReadAll(r.Body) // bounded by the exchange
		if err == nil {
			_ = json.Unmarshal(data, &out) // what cannot be read has no members
		}
	}
	return out
}

// addTokenValues adds what is known of an access token.
func (i *Issuer) addTokenValues(r *http.Request, v template.Values, a *record.HeldAccess) {
	maps.Copy(v, i.Grants.Values(r.Context(), a.Grant, a.Scopes))
	now := i.Clock.Now()
	v["issued_at"], v["expires_at"] = a.Issued.Time().Unix(), a.Expires.Time().Unix()
	v["expires_on"] = a.Expires.Time().Format(time.RFC3339)
	v["expires_in"] = int64(a.Expires.Time().Sub(now).Seconds())
}
