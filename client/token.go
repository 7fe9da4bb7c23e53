package client

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
)

var errCaptured = errors.New("client: the answer is read by token.go")

// redeem exchanges the code (RFC 6749 section 4.1.3). x/oauth2 makes the request; the
// answer is read here, because x/oauth2 takes form-encoded ones too, passes over
// what is of the wrong type, and counts the lifetime on a clock of its own.
func (c *Client) redeem(ctx context.Context, a *Authorization, code string) (*Response, error) {
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	redirect := a.RedirectURL
	if c.has(RedirectURIDiffers) {
		redirect += "?"
	}
	attempt := func() (*Response, error) {
		secret, style, assertion, err := c.credentials()
		if err != nil {
			return nil, err
		}
		conf := oauth2.Config{
			ClientID: c.cfg.ClientID, ClientSecret: secret, RedirectURL: redirect,
			Endpoint: oauth2.Endpoint{TokenURL: address, AuthStyle: style},
		}
		var options []oauth2.AuthCodeOption
		if a.Verifier != "" {
			options = append(options, oauth2.VerifierOption(c.verifierOf(a)))
		}
		for name := range assertion {
			options = append(options, oauth2.SetAuthURLParam(name, assertion.Get(name)))
		}
		var resp *Response
		transport := capture(func(req *http.Request) { resp, err = c.sendToken(ctx, req) })
		hooked := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: transport})
		if _, failed := conf.Exchange(hooked, code, options...); resp == nil && err == nil {
			err = reject("token_endpoint", "RFC 6749 section 4.1.3", "a request that can be sent", failed.Error())
		}
		return resp, err
	}
	resp, err := c.retry(ctx, attempt)
	if c.has(ClientAuthRetried) {
		for n := 0; n < 10 && err == nil && resp.Status == http.StatusUnauthorized; n++ {
			resp, err = attempt()
		}
	}
	if c.has(CodeRetried) {
		for n := 0; n < 3 && err == nil && resp.Status != http.StatusOK; n++ {
			resp, err = attempt()
		}
	}
	return resp, err
}

// post sends a form to an endpoint of the provider as the client it is.
func (c *Client) post(ctx context.Context, address string, form url.Values) (*Response, error) {
	return c.retry(ctx, func() (*Response, error) { return c.postOnce(ctx, address, form) })
}

func (c *Client) postOnce(ctx context.Context, address string, form url.Values) (*Response, error) {
	secret, style, assertion, err := c.credentials()
	if err != nil {
		return nil, err
	}
	body := url.Values{}
	overrule(body, form)
	if style == oauth2.AuthStyleInParams {
		body.Set("client_id", c.cfg.ClientID)
		if secret != "" {
			body.Set("client_secret", secret)
		}
	}
	overrule(body, assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body.Encode()))
	if err != nil {
		return nil, reject("endpoint", "OIDC Discovery 3", "a URL", shown(address))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if style == oauth2.AuthStyleInHeader {
		req.SetBasicAuth(url.QueryEscape(c.cfg.ClientID), url.QueryEscape(secret))
	}
	return c.sendToken(ctx, req)
}

// sendToken sends a request that carries the client's secret.
func (c *Client) sendToken(ctx context.Context, req *http.Request) (*Response, error) {
	req.Header.Set("Accept", "application/json")
	if _, _, basic := req.BasicAuth(); basic && c.has(BasicNotEncoded) {
		req.SetBasicAuth(c.cfg.ClientID, c.cfg.ClientSecret)
	}
	if c.has(SecretInQuery) {
		q := req.URL.Query()
		q.Set("client_secret", c.cfg.ClientSecret)
		req.URL.RawQuery = q.Encode()
	}
	return c.send(ctx, req)
}

// overrule sets parameters; a name without values removes one.
func overrule(params, extra url.Values) {
	for name, values := range extra {
		if len(values) == 0 {
			params.Del(name)
		} else {
			params[name] = values
		}
	}
}

// readTokens reads a token response (RFC 6749 section 5.1, 5.2).
func (c *Client) readTokens(r *Response) (*TokenResponse, error) {
	const spec = "RFC 6749 section 5.1"
	ignored := c.has(ErrorStatusIgnored)
	if e := r.oauthError(); e != nil && !ignored && !(r.Status == http.StatusOK && c.has(ErrorMemberIgnored)) {
		return nil, refused("token_response", "RFC 6749 section 5.2", e, r)
	}
	if r.Status != http.StatusOK && !ignored {
		return nil, &Rejection{Check: "status", Spec: spec, Want: "200", Got: r.describe(), Response: r}
	}
	if !c.labelledJSON(r) {
		return nil, &Rejection{Check: "content_type", Spec: spec, Want: "application/json", Got: r.describe(), Response: r}
	}
	doc, err := c.object(r.Body, "token_response", spec, r)
	if err != nil {
		return nil, err
	}
	if c.has(UnknownMembersRefused) {
		for name := range doc {
			if !slices.Contains([]string{"access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope"}, name) {
				return nil, &Rejection{Check: "token_response", Spec: spec, Want: "no member " + shown(name), Got: "one", Response: r}
			}
		}
	}
	t := &TokenResponse{Raw: doc, Status: r.Status, Header: r.Header}
	for _, m := range []struct {
		name string
		to   *string
	}{
		{"access_token", &t.AccessToken}, {"token_type", &t.TokenType}, {"refresh_token", &t.RefreshToken},
		{"id_token", &t.IDToken}, {"scope", &t.Scope},
	} {
		v, present := doc[m.name]
		s, isText := v.(string)
		if present && v != nil && !isText && !c.has(MemberTypesUnchecked) {
			return nil, &Rejection{Check: m.name, Spec: spec, Want: "a text", Got: kindOfValue(v), Response: r}
		}
		*m.to = s
	}
	if err := c.checkTokens(t, doc["expires_in"]); err != nil {
		err.Response = r
		return nil, err
	}
	return t, nil
}

// checkTokens judges what an access token comes with, wherever it came from.
func (c *Client) checkTokens(t *TokenResponse, expires any) *Rejection {
	const spec = "RFC 6749 section 5.1"
	if t.AccessToken == "" && !c.has(AccessTokenUnchecked) {
		return reject("access_token", spec, "an access token", "none")
	}
	if t.TokenType != "Bearer" && c.has(TokenTypeCaseSensitive) {
		return reject("token_type", "RFC 6749 section 7.1", "Bearer in this spelling", show(t.TokenType))
	}
	if !strings.EqualFold(t.TokenType, "Bearer") && !c.has(TokenTypeUnchecked) {
		return reject("token_type", "RFC 6749 section 7.1", "Bearer", show(t.TokenType))
	}
	if expires == nil && c.has(ExpiresInRequired) {
		return reject("expires_in", spec, "a number of seconds", "none")
	}
	if expires == nil {
		return nil
	}
	if _, isText := expires.(string); isText && c.has(MemberStringsRefused) {
		return reject("expires_in", spec, "a number", "a text")
	}
	n, ok := seconds(expires)
	if !ok {
		if c.has(ExpiresInUnchecked) {
			return nil
		}
		return reject("expires_in", spec, "a number of seconds", show(expires))
	}
	if n > math.MaxInt32 && c.has(ExpiresInOverflows) {
		n = -n
	}
	t.ExpiresIn = &n
	return nil
}

// century is in seconds: as many as a time.Duration has no trouble with.
const century = 100 * 365 * 24 * 3600

// seconds reads expires_in. A text of digits is taken for the number it was
// meant to be, for such providers are many; a century is as good as for ever,
// and keeps a huge number from becoming a time in the past.
func seconds(v any) (int64, bool) {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) || strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	return int64(min(max(f, 0), century)), true
}

// kindOfValue names the type of a JSON value, for one that may be a secret.
func kindOfValue(v any) string {
	switch v.(type) {
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "something else"
}
