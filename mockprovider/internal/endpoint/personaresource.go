package endpoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// personaResource serves a protected resource that a persona defines.
func (i *Issuer) personaResource(d dialect.Dialect, res *persona.Resource) handler {
	return func(_ *Issuer, r *request) answer {
		subject, v, e := i.caller(d, res, r)
		if e == nil && len(res.About) > 0 {
			subject, e = i.subjectToken(res, r, v)
		}
		if e != nil {
			return e
		}
		if subject != nil {
			i.addTokenValues(r.Request, v, subject)
			i.applySideEffect(res, r.x, subject)
		}
		tree, there := res.Answer.Fill(v, i.Random)
		if !there {
			tree = nil
		}
		if res.Fields != nil {
			if tree, e = i.chosenFields(res, r, tree); e != nil {
				return e
			}
		}
		var artifact protocol.Artifact
		if res.Name() == protocol.UserinfoEndpoint {
			artifact = protocol.Userinfo
		}
		return treeAnswer(artifact, max(res.Status, http.StatusOK), tree)
	}
}

// caller finds out who asks: the user of an access token, or a client.
func (i *Issuer) caller(d dialect.Dialect, res *persona.Resource, r *request) (*record.HeldAccess, persona.Values, *oauthError) {
	at := i.Grants.At(r.Context())
	v := persona.Values{"issuer": i.Grants.Issuer(r.Context(), nil), "base": at.Address, "now": i.Clock.Now().Unix()}
	if len(at.Path) > 0 {
		v["path"] = at.Path
	}
	for _, name := range res.Headers {
		if r.Header.Get(name) == "" {
			r.x.Because(protocol.CauseAPIHeaderMissing)
			return nil, v, refuse("invalid_request", "The header "+name+" is missing.")
		}
	}
	switch {
	case res.Client != "":
		return nil, v, i.callingClient(res, r, v)
	case slices.Contains(res.Bearer, "none"):
		return nil, v, nil
	}
	a, e := i.callingUser(d, res, r, v)
	return a, v, e
}

// callingClient authenticates the client that asks, and adds it to the values.
func (i *Issuer) callingClient(res *persona.Resource, r *request, v persona.Values) *oauthError {
	form := url.Values{}
	if res.Client == protocol.ClientSecretPost {
		form = r.PostForm
	}
	c, err := i.Grants.Authenticate(r.Context(), r.Request, form)
	if err != nil {
		return understood(err)
	}
	maps.Copy(v, i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
	return nil
}

// callingUser judges the access token of the request.
func (i *Issuer) callingUser(d dialect.Dialect, res *persona.Resource, r *request, v persona.Values) (*record.HeldAccess, *oauthError) {
	token := tokenIn(res, r.Request)
	if token == "" {
		r.x.Because(protocol.CauseAPITokenMissing)
		return nil, refuse("invalid_token", "No access token was sent.")
	}
	i.knowClientToken(r.Request, d, token)
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return nil, understood(err)
	}
	v["access_token"] = token
	if proof := r.Form.Get(res.Proof); res.Proof != "" && proof != "" && !i.hasProof(&a, token, proof) {
		r.x.Because(protocol.CauseAPIAppsecretProofWrong)
		return nil, refuse("invalid_request", "Invalid appsecret_proof provided in the API argument")
	}
	if len(res.Scopes) > 0 && !slices.ContainsFunc(res.Scopes, func(s string) bool { return slices.Contains(a.Scopes, s) }) {
		r.x.Because(protocol.CauseAPIScopeInsufficient)
		r.x.Decide("scope", false, "the token has none of "+strings.Join(res.Scopes, ", "), "RFC 6750 section 3.1")
		return nil, refuse("insufficient_scope", "This needs an access token with the scope "+d.JoinScopes(res.Scopes)+".")
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
		if made.Text(i.Grants.Values(r.Context(), clientGrant(c.ID), nil)) == token {
			i.Grants.KeepClientToken(token, clientGrant(c.ID))
		}
	}
}

// tokenIn is the access token of a request, wherever the resource takes it from.
func tokenIn(res *persona.Resource, r *http.Request) string {
	places, schemes := res.Bearer, res.Schemes
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
			scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			if slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) }) {
				token = strings.TrimSpace(rest)
			}
		case "query":
			token = r.URL.Query().Get("access_token")
		case "body":
			token = r.PostForm.Get("access_token")
		}
		if token != "" {
			return token
		}
	}
	return ""
}

// hasProof checks an appsecret_proof.
func (i *Issuer) hasProof(a *record.HeldAccess, token, proof string) bool {
	c, ok := i.Store.Client(a.Grant.ClientID)
	if !ok {
		return false
	}
	mac := hmac.New(sha256.New, []byte(c.Secret))
	mac.Write([]byte(token))
	return hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(proof))
}

// subjectToken finds the token that an answer is about: an access token, or an ID
// token whose claims go into the values.
func (i *Issuer) subjectToken(res *persona.Resource, r *request, v persona.Values) (*record.HeldAccess, *oauthError) {
	body := jsonMembers(r.Request)
	for _, name := range res.About {
		token := r.Form.Get(name)
		if token == "" {
			token = match.Text(body[name])
		}
		switch {
		case token == "" || body[name] == nil && !r.Form.Has(name):
		case strings.Count(token, ".") == 2 && name != "access_token":
			return nil, i.addClaims(r, v, token)
		default:
			return i.heldToken(r, v, token)
		}
	}
	r.x.Because(protocol.CauseAPITokenMissing)
	return nil, refuse("invalid_request", "The parameter "+strings.Join(res.About, " or ")+" is missing.")
}

// addClaims adds those of an ID token to the values.
func (i *Issuer) addClaims(r *request, v persona.Values, token string) *oauthError {
	claims, err := i.Grants.Hint(r.Context(), token)
	if err != nil {
		r.x.Because(protocol.CauseAPITokenUnknown)
		return refuse("invalid_token", "Invalid Value")
	}
	maps.Copy(claims, headerOf(token))
	v["token"] = withTexts(claims)
	return nil
}

// heldToken finds a refresh token, or an access token, which it adds to the values.
func (i *Issuer) heldToken(r *request, v persona.Values, token string) (*record.HeldAccess, *oauthError) {
	if rt, ok := i.Store.Refresh(token, i.Clock.Now()); ok && !rt.Ended && rt.Expires.After(i.Clock.Now()) {
		return &record.HeldAccess{Access: record.Access{GrantKey: rt.GrantKey, Scopes: rt.Grant.Scopes, Issued: rt.Issued, Expires: rt.Expires}, Grant: rt.Grant}, nil
	}
	a, err := i.Grants.AccessToken(r.Context(), token)
	if err != nil {
		return nil, understood(err)
	}
	v["access_token"] = token
	v["token"] = withTexts(map[string]any{"aud": a.Grant.ClientID, "azp": a.Grant.ClientID, "sub": a.Grant.Subject, "exp": a.Expires.Time().Unix()})
	return &a, nil
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
	if jsonBody(r) {
		data, err := io.ReadAll(r.Body) // bounded by the exchange
		if err == nil {
			_ = json.Unmarshal(data, &out) // what cannot be read has no members
		}
	}
	return out
}

// addTokenValues adds what is known of an access token.
func (i *Issuer) addTokenValues(r *http.Request, v persona.Values, a *record.HeldAccess) {
	maps.Copy(v, i.Grants.Values(r.Context(), a.Grant, a.Scopes))
	now := i.Clock.Now()
	v["issued_at"], v["expires_at"] = a.Issued.Time().Unix(), a.Expires.Time().Unix()
	v["expires_on"] = a.Expires.Time().Format(time.RFC3339)
	v["expires_in"] = int64(a.Expires.Time().Sub(now).Seconds())
}

// applySideEffect does what the request is for, in addition to its answer.
func (i *Issuer) applySideEffect(res *persona.Resource, x *journal.Exchange, a *record.HeldAccess) {
	switch res.Does {
	case "revoke_token":
		i.Store.RevokeAccess(a.Token, i.Clock.Now())
		x.Event(protocol.EventAccessTokenRevoked, "sub", a.Grant.Subject, "client_id", a.Grant.ClientID)
	case "revoke_grant":
		i.Store.EndGrants(a.Grant.UserLogin, a.Grant.ClientID)
		x.Event(protocol.EventGrantRevoked, "sub", a.Grant.Subject, "client_id", a.Grant.ClientID)
	}
}

// chosenFields are the members that a request asks for by name.
func (i *Issuer) chosenFields(res *persona.Resource, r *request, tree any) (any, *oauthError) {
	members, _ := tree.(map[string]any)
	known := res.Answer.Members()
	wanted := res.Fields.Default
	if text := r.Form.Get(res.Fields.Parameter); text != "" {
		wanted = topLevel(text)
	}
	out := map[string]any{}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			r.x.Because(protocol.CauseAPIFieldUnknown)
			return nil, refuse("invalid_request", "(#100) Tried accessing nonexisting field ("+name+")")
		}
		if value, ok := members[name]; ok {
			out[name] = value
		}
	}
	if id, ok := members["id"]; ok {
		out["id"] = id // always there
	}
	return out, nil
}

// topLevel are the names of a list such as id,name,picture.type(large){url}.
func topLevel(text string) []string {
	var out []string
	depth, name := 0, ""
	for _, r := range text + "," {
		switch {
		case r == '(' || r == '{':
			depth++
		case r == ')' || r == '}':
			depth--
		case r == ',' && depth == 0:
			name, _, _ = strings.Cut(strings.TrimSpace(name), ".")
			if name != "" {
				out = append(out, name)
			}
			name = ""
		case depth == 0:
			name += string(r)
		}
	}
	return out
}

// treeAnswer answers with a tree of the persona's, in JSON.
func treeAnswer(artifact protocol.Artifact, status int, tree any) answer {
	if members, ok := tree.(map[string]any); ok {
		return &document{status: status, artifact: artifact, members: members}
	}
	if tree == nil {
		return &raw{status: status}
	}
	body, err := json.Marshal(tree)
	if err != nil {
		return notMarshalled(err)
	}
	return &raw{status, "application/json", "no-store", body, map[string]any{"answer": tree}}
}
