package client

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/authdrill/authdrill/client/internal/check"
)

// AuthorizeOptions are the parameters of an authorization request (RFC 6749
// 4.1.1, OIDC Core 3.1.2.1). What is empty comes from Config.
type AuthorizeOptions struct {
	Scopes       []string
	Resources    []string // protected resources that the tokens are for (RFC 8707 section 2)
	Prompt       string
	MaxAge       *int // seconds
	LoginHint    string
	IDTokenHint  string
	ACRValues    string
	Display      string
	UILocales    string
	Claims       json.RawMessage
	ResponseType string
	ResponseMode string
	RedirectURL  string
	PAR          bool // push the request first (RFC 9126); done anyway where the provider requires it

	// Extra has the last word over every parameter; a name without values
	// leaves that parameter out.
	Extra url.Values
}

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
	a.noteRequest()
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
	responseType := cmp.Or(o.ResponseType, c.cfg.ResponseType)
	if err := oneOf("ResponseType", responseType, responseTypes()); err != nil {
		return nil, err
	}
	scopes := o.Scopes
	if scopes == nil {
		scopes = c.cfg.Scopes
	}
	p := url.Values{"client_id": {c.cfg.ClientID}, "response_type": {responseType}}
	for name, value := range map[string]string{
		"redirect_uri": cmp.Or(o.RedirectURL, c.cfg.RedirectURL), "scope": strings.Join(scopes, " "),
		"response_mode": cmp.Or(o.ResponseMode, c.cfg.ResponseMode), "prompt": o.Prompt, "login_hint": o.LoginHint,
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
	if len(o.Resources) > 0 {
		p["resource"] = o.Resources
	}
	r := &check.Request{Params: p}
	if err := judge(c.tables.request, r, nil); err != nil {
		return nil, err
	}
	a.Verifier = r.Verifier
	override(p, o.Extra)
	return p, nil
}

// requestTable has what ties the response to this request.
func (c *Client) requestTable() []check.Row[*check.Request] {
	return []check.Row[*check.Request]{
		row("state", "RFC 6749 section 10.12", c.addState),
		row("nonce", "OIDC Core 15.5.2", c.addNonce),
		row("code_challenge", "RFC 7636 section 4.2", c.addChallenge),
	}
}

func (c *Client) addState(r *check.Request) check.Finding {
	if c.cfg.WithoutState {
		return check.NotFor("not used")
	}
	return c.addRandom(r, "state")
}

func (c *Client) addNonce(r *check.Request) check.Finding {
	asked := slices.Contains(strings.Fields(r.Params.Get("scope")), "openid") || strings.Contains(r.Params.Get("response_type"), "id_token")
	if c.cfg.WithoutNonce || !asked {
		return check.NotFor("no ID token is asked for")
	}
	return c.addRandom(r, "nonce")
}

// addRandom adds a parameter with a value that cannot be guessed.
func (c *Client) addRandom(r *check.Request, name string) check.Finding {
	value, err := c.randomToken()
	if err != nil {
		return check.Error(err)
	}
	r.Params.Set(name, value)
	return check.Pass(shorten(value))
}

func (c *Client) addChallenge(r *check.Request) check.Finding {
	if c.cfg.WithoutPKCE || !slices.Contains(strings.Fields(r.Params.Get("response_type")), "code") {
		return check.NotFor("no code is asked for")
	}
	verifier, err := c.randomToken()
	if err != nil {
		return check.Error(err)
	}
	challenge := verifier
	if c.cfg.PKCEMethod == "S256" {
		challenge = oauth2.S256ChallengeFromVerifier(verifier)
	}
	r.Verifier = verifier
	r.Params.Set("code_challenge", challenge)
	r.Params.Set("code_challenge_method", c.cfg.PKCEMethod)
	return check.Pass(c.cfg.PKCEMethod)
}

// noteRequest notes what was asked, as the final parameters have it.
func (a *Authorization) noteRequest() {
	a.State, a.Nonce = a.Params.Get("state"), a.Params.Get("nonce")
	a.RedirectURL = a.Params.Get("redirect_uri")
	a.ResponseType, a.ResponseMode = a.Params.Get("response_type"), a.Params.Get("response_mode")
	a.Scopes, a.Resources = strings.Fields(a.Params.Get("scope")), a.Params["resource"]
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

// push sends the request to the provider and returns the parameters that refer
// to it (RFC 9126 section 2).
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
		return nil, rejectOAuth("pushed_request", "RFC 9126 section 2.3", e, r)
	}
	if r.Status != http.StatusCreated && r.Status != http.StatusOK || !r.isJSON() {
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

// randomToken makes 32 random bytes into 43 characters that a URL may hold.
func (c *Client) randomToken() (string, error) {
	b := make([]byte, 32)
	c.random.Lock()
	defer c.random.Unlock()
	if _, err := io.ReadFull(c.cfg.Random, b); err != nil {
		return "", reject("random", "RFC 6749 section 10.10", "random bytes", err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// Authorization is a pending login: what the client asked, and must keep, on the
// server and bound to the browser, until the response is there.
type Authorization struct {
	URL    string     // where to send the browser
	Params url.Values // of the authorization request, also when it was pushed

	State        string
	Nonce        string
	Verifier     string // code_verifier
	RedirectURL  string
	ResponseType string
	ResponseMode string
	Scopes       []string
	Resources    []string // that the tokens are for
	MaxAge       *int
	ACR          []string // acr values of which one is essential
	Created      time.Time
	Pushed       *Response // the answer to the pushed request, if it was pushed

	Answered atomic.Bool // a response has been taken: no other will be
}
