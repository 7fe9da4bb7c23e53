package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/oauth2"

	"github.com/authdrill/authdrill/client/internal/check"
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
	return c.retry(ctx, func() (*Response, error) {
		secret, style, assertion, err := c.credentials()
		if err != nil {
			return nil, err
		}
		conf := oauth2.Config{
			ClientID: c.cfg.ClientID, ClientSecret: secret, RedirectURL: a.RedirectURL,
			Endpoint: oauth2.Endpoint{TokenURL: address, AuthStyle: style},
		}
		var options []oauth2.AuthCodeOption
		if a.Verifier != "" {
			options = append(options, oauth2.VerifierOption(a.Verifier))
		}
		for name := range assertion {
			options = append(options, oauth2.SetAuthURLParam(name, assertion.Get(name)))
		}
		var resp *Response
		transport := capture(func(req *http.Request) {
			if err = addResources(req, a.Resources); err == nil {
				resp, err = c.sendToken(ctx, req)
			}
		})
		hooked := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: transport})
		if _, failed := conf.Exchange(hooked, code, options...); resp == nil && err == nil {
			err = reject("token_endpoint", "RFC 6749 section 4.1.3", "a request that can be sent", failed.Error())
		}
		return resp, err
	})
}

// addResources names the resources that tokens are for in a token request too (RFC
// 8707 section 2.2): x/oauth2 sends no parameter twice.
func addResources(req *http.Request, resources []string) error {
	if len(resources) == 0 {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return reject("resource", "RFC 8707 section 2.2", "a request that can be read", err.Error())
	}
	text := string(body) + "&" + url.Values{"resource": resources}.Encode()
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	return nil
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
	override(body, form)
	if style == oauth2.AuthStyleInParams {
		body.Set("client_id", c.cfg.ClientID)
		if secret != "" {
			body.Set("client_secret", secret)
		}
	}
	override(body, assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body.Encode()))
	if err != nil {
		return nil, reject("endpoint", "OIDC Discovery 3", "a URL", quote(address))
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
	return c.op.send(ctx, req)
}

// override sets parameters; a name without values removes one.
func override(params, extra url.Values) {
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
	if err := judge(c.tables.tokenAnswer, r, r); err != nil {
		return nil, err
	}
	doc, err := c.object(r.Body, "token_response", "RFC 6749 section 5.1", r)
	if err != nil {
		return nil, err
	}
	t := &TokenResponse{
		AccessToken: text(doc["access_token"]), TokenType: text(doc["token_type"]), RefreshToken: text(doc["refresh_token"]),
		IDToken: text(doc["id_token"]), Scope: text(doc["scope"]), Raw: doc, Status: r.Status, Header: r.Header,
	}
	if err := judge(c.tables.tokenResponse, t, r); err != nil {
		return nil, err
	}
	return t, nil
}

// tokenAnswerTable has the checks of an answer of the token endpoint, before it is
// read.
func tokenAnswerTable() []check.Row[*Response] {
	return []check.Row[*Response]{
		row("token_response", "RFC 6749 section 5.2", checkTokenError),
		row("status", "RFC 6749 section 5.1", checkTokenStatus),
		row("content_type", "RFC 6749 section 5.1", checkTokenType),
	}
}

func checkTokenError(r *Response) check.Finding {
	if e := r.oauthError(); e != nil {
		return check.Error(rejectOAuth("token_response", "RFC 6749 section 5.2", e, r))
	}
	return check.Pass("no error")
}

func checkTokenStatus(r *Response) check.Finding {
	if r.Status != http.StatusOK {
		return check.Fail("200", r.describe())
	}
	return check.Pass("200")
}

func checkTokenType(r *Response) check.Finding {
	if !r.isJSON() {
		return check.Fail("application/json", r.describe())
	}
	return check.Pass("application/json")
}

// tokenResponseTable has the checks of an access token and what it comes with, from
// wherever it came.
func tokenResponseTable() []check.Row[*TokenResponse] {
	const spec = "RFC 6749 section 5.1"
	return []check.Row[*TokenResponse]{
		row("types", spec, checkMemberTypes),
		row("access_token", spec, checkAccessToken),
		row("token_type", "RFC 6749 section 7.1", checkBearer),
		row("expires_in", spec, checkExpiresIn),
	}
}

func checkMemberTypes(t *TokenResponse) check.Finding {
	for _, name := range []string{"access_token", "token_type", "refresh_token", "id_token", "scope"} {
		v := t.Raw[name]
		if _, isText := v.(string); v != nil && !isText {
			f := check.Fail("a text", kindOfValue(v))
			f.Name = name
			return f
		}
	}
	return check.Pass("all texts")
}

func checkAccessToken(t *TokenResponse) check.Finding {
	if t.AccessToken == "" {
		return check.Fail("an access token", "none")
	}
	return check.Pass("")
}

func checkBearer(t *TokenResponse) check.Finding {
	if !strings.EqualFold(t.TokenType, "Bearer") {
		return check.Fail("Bearer", showValue(t.TokenType))
	}
	return check.Pass(t.TokenType)
}

// checkExpiresIn reads the lifetime, which may be left out.
func checkExpiresIn(t *TokenResponse) check.Finding {
	expires := t.Raw["expires_in"]
	if expires == nil {
		return check.NotFor("no lifetime")
	}
	n, ok := seconds(expires)
	if !ok {
		return check.Fail("a number of seconds", showValue(expires))
	}
	t.ExpiresIn = &n
	return check.Pass(strconv.FormatInt(n, 10))
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
