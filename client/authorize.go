package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
)

// Authorize begins a sign-in (RFC 6749 section 4.1.1, OIDC Core 3.1.2.1): with a fresh
// state, nonce and code verifier. It pushes the request first (RFC 9126) if it
// is told to or the provider requires it.
func (c *Client) Authorize(ctx context.Context, o AuthorizeOptions) (*Authorization, error) {
	m, address, err := c.endpoint(ctx, "authorization_endpoint")
	if err != nil {
		return nil, err
	}
	a := &Authorization{Created: c.cfg.Now()}
	if a.Params, err = c.request(a, o); err != nil {
		return nil, err
	}
	a.sent()
	query := a.Params
	if o.PAR || m.RequirePushedAuthorizationRequests {
		if query, err = c.push(ctx, a); err != nil {
			return nil, err
		}
	}
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	a.URL = address + sep + query.Encode()
	return a, nil
}

// request makes the parameters.
func (c *Client) request(a *Authorization, o AuthorizeOptions) (url.Values, error) {
	responseType := first(o.ResponseType, c.cfg.ResponseType)
	if err := oneOf("ResponseType", responseType, responseTypes()); err != nil {
		return nil, err
	}
	scopes := o.Scopes
	if scopes == nil {
		scopes = c.cfg.Scopes
	}
	if c.has(OpenIDNotAsked) {
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == "openid" })
	}
	p := url.Values{"client_id": {c.cfg.ClientID}, "response_type": {responseType}}
	for name, value := range map[string]string{
		"redirect_uri": first(o.RedirectURL, c.cfg.RedirectURL), "scope": strings.Join(scopes, " "),
		"response_mode": first(o.ResponseMode, c.cfg.ResponseMode), "prompt": o.Prompt, "login_hint": o.LoginHint,
		"id_token_hint": o.IDTokenHint, "acr_values": o.ACRValues, "display": o.Display, "ui_locales": o.UILocales,
		"claims": string(o.Claims),
	} {
		if value != "" {
			p.Set(name, value)
		}
	}
	if o.MaxAge != nil {
		p.Set("max_age", strconv.Itoa(*o.MaxAge))
	}
	if err := c.defend(a, p, responseType); err != nil {
		return nil, err
	}
	overrule(p, o.Extra)
	return p, nil
}

// defend adds what ties the response to this request: state (RFC 6749 section 10.12),
// nonce (OIDC Core 15.5.2) and the code challenge (RFC 7636 section 4.2, 4.3).
func (c *Client) defend(a *Authorization, p url.Values, responseType string) error {
	var err error
	unguessable := func(static Bug) string {
		s, failed := c.unguessable()
		if err == nil {
			err = failed
		}
		if c.has(static) {
			s = "always-the-same-0123456789-0123456789-0123456789"
		}
		return s
	}
	if c.uses(UseState) && !c.has(StateNotSent) {
		p.Set("state", unguessable(StateStatic))
	}
	if c.uses(UseNonce) && !c.has(NonceNotSent) && (slices.Contains(strings.Fields(p.Get("scope")), "openid") || strings.Contains(responseType, "id_token")) {
		p.Set("nonce", unguessable(NonceStatic))
	}
	if c.uses(UsePKCE) && !c.has(PKCENotSent) && slices.Contains(strings.Fields(responseType), "code") {
		a.Verifier = unguessable(VerifierStatic)
		if c.cfg.PKCEMethod == "plain" || c.has(PKCEPlain) {
			p.Set("code_challenge", a.Verifier)
			p.Set("code_challenge_method", "plain")
		} else {
			p.Set("code_challenge", oauth2.S256ChallengeFromVerifier(a.Verifier))
			p.Set("code_challenge_method", "S256")
		}
	}
	return err
}

// verifierOf is the code verifier to send with the code (RFC 7636 section 4.5).
func (c *Client) verifierOf(a *Authorization) string {
	if c.has(PKCEVerifierWrong) {
		return strings.Repeat("0", 43)
	}
	return a.Verifier
}

// sent notes what was asked, as the final parameters have it.
func (a *Authorization) sent() {
	a.State, a.Nonce = a.Params.Get("state"), a.Params.Get("nonce")
	a.RedirectURL = a.Params.Get("redirect_uri")
	a.ResponseType, a.ResponseMode = a.Params.Get("response_type"), a.Params.Get("response_mode")
	a.Scopes = strings.Fields(a.Params.Get("scope"))
	if n, err := strconv.Atoi(a.Params.Get("max_age")); err == nil {
		a.MaxAge = &n
	}
	var claims struct {
		IDToken struct {
			ACR *struct {
				Essential bool
				Value     string
				Values    []string
			}
		} `json:"id_token"`
	}
	// What the claims parameter does not have right is for the provider to say.
	if json.Unmarshal([]byte(a.Params.Get("claims")), &claims) == nil {
		if acr := claims.IDToken.ACR; acr != nil && acr.Essential { // OIDC Core 5.5.1.1
			a.ACR = append([]string{}, acr.Values...) // not nil: some acr is essential
			if acr.Value != "" {
				a.ACR = append(a.ACR, acr.Value)
			}
		}
	}
}

// push sends the request to the provider and returns the parameters that stand
// for it (RFC 9126 section 2).
func (c *Client) push(ctx context.Context, a *Authorization) (url.Values, error) {
	const spec = "RFC 9126 section 2.2"
	_, address, err := c.endpoint(ctx, "pushed_authorization_request_endpoint")
	if err != nil {
		return nil, err
	}
	if a.Pushed, err = c.post(ctx, address, a.Params); err != nil {
		return nil, err
	}
	r := a.Pushed
	if e := r.oauthError(); e != nil {
		return nil, refused("pushed_request", "RFC 9126 section 2.3", e, r)
	}
	if r.Status != http.StatusCreated && r.Status != http.StatusOK || !c.labelledJSON(r) {
		return nil, &Rejection{Check: "pushed_request", Spec: spec, Want: "status 201 with application/json", Got: r.describe(), Response: r}
	}
	doc, err := c.object(r.Body, "pushed_request", spec, r)
	if err != nil {
		return nil, err
	}
	uri := text(doc["request_uri"])
	if uri == "" {
		return nil, &Rejection{Check: "pushed_request", Spec: spec, Want: "a request_uri", Got: "none", Response: r}
	}
	return url.Values{"client_id": {c.cfg.ClientID}, "request_uri": {uri}}, nil
}

// unguessable makes 32 random bytes into 43 characters that a URL may hold.
func (c *Client) unguessable() (string, error) {
	b := make([]byte, 32)
	c.random.Lock()
	defer c.random.Unlock()
	if _, err := io.ReadFull(c.cfg.Random, b); err != nil {
		return "", reject("random", "RFC 6749 section 10.10", "random bytes", err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
