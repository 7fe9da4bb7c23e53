package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Response is an answer, read whole.
type Response struct {
	Status    int
	Header    http.Header
	Body      []byte         // at most Config.MaxBody bytes
	JSON      any            // the body if it is JSON; numbers are json.Number
	Challenge *Challenge     // of WWW-Authenticate, if there is one
	Refreshed *TokenResponse // the refresh that Call made on the way, if it did
}

// send sends one request and reads the whole answer, within Config.Timeout and
// Config.MaxBody. The error is a *Rejection.
func (c *Client) send(ctx context.Context, req *http.Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, c.connectionError(ctx, err)
	}
	defer resp.Body.Close()
	limit := c.cfg.MaxBody
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, c.connectionError(ctx, err)
	}
	if int64(len(body)) > limit {
		return nil, reject("body_size", "RFC 9110 section 8.6", fmt.Sprintf("at most %d bytes", limit), "more")
	}
	r := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, Challenge: ParseChallenge(resp.Header)}
	r.JSON = decodeJSON(body)
	return r, nil
}

// connectionError says why no answer came. The URL is left out: it may hold a
// secret.
func (c *Client) connectionError(ctx context.Context, err error) *Rejection {
	var r *Rejection
	if errors.As(err, &r) {
		return r // of the redirect policy
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return &Rejection{Check: "timeout", Spec: "RFC 9110 section 9.2.2", Want: "an answer within " + c.cfg.Timeout.String(), Got: "none", cause: err}
	}
	return &Rejection{Check: "connection", Spec: "RFC 9110 section 9.2.2", Want: "an answer", Got: err.Error(), cause: err}
}

// redirect is the redirect policy. A request that carries a secret goes nowhere
// else: only what is read without one is followed, and within its origin
// (RFC 9700 section 4.12).
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	return judge(c.tables.redirect, check.Hop{Request: req, Via: via}, nil)
}

// redirectTable has the checks of a redirect.
func redirectTable() []check.Row[check.Hop] {
	return []check.Row[check.Hop]{row("redirect", "RFC 9700 section 4.12", checkRedirect)}
}

func checkRedirect(h check.Hop) check.Finding {
	first, next := h.Via[0], h.Request.URL
	sameOrigin := next.Scheme == first.URL.Scheme && next.Host == first.URL.Host
	if first.Method == http.MethodGet && sameOrigin && len(h.Via) < 5 {
		return check.Pass(origin(next))
	}
	return check.Fail("an answer of "+origin(first.URL), "a redirect to "+quote(origin(next)))
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// get reads a document, again as Config.MaxRetries says.
func (c *Client) get(ctx context.Context, address, accept string) (*Response, error) {
	return c.retry(ctx, func() (*Response, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, reject("endpoint", "RFC 8414 section 2", "a URL", quote(address))
		}
		req.Header.Set("Accept", accept)
		return c.op.send(ctx, req)
	})
}

// document is the JSON object of an answer, or why there is none. name and spec
// name what it was wanted for.
func (c *Client) document(r *Response, name, spec string) (map[string]any, error) {
	if r.Status != http.StatusOK {
		return nil, &Rejection{Check: name, Spec: spec, Want: "status 200", Got: r.describe(), Response: r}
	}
	if !r.isJSON() {
		return nil, &Rejection{Check: "content_type", Spec: spec, Want: "application/json", Got: r.describe(), Response: r}
	}
	return c.object(r.Body, name, spec, r)
}

// object decodes a JSON object. A member that is there twice is refused: two
// readers might each believe the other one (RFC 8259 section 4).
func (c *Client) object(data []byte, name, spec string, r *Response) (map[string]any, error) {
	m, twice, err := decodeObject(data)
	if err != nil {
		return nil, &Rejection{Check: name, Spec: spec, Want: "a JSON object", Got: err.Error(), Response: r}
	}
	if err := judge(c.tables.object, twice, r); err != nil {
		return nil, err
	}
	return m, nil
}

// objectTable has the checks of a JSON object, given the name of a member that it
// has twice.
func objectTable() []check.Row[string] {
	return []check.Row[string]{row("duplicates", "RFC 8259 section 4", checkMembers)}
}

func checkMembers(twice string) check.Finding {
	if twice != "" {
		return check.Fail("one member "+quote(twice), "several")
	}
	return check.Pass("")
}

// decodeObject decodes a JSON object, and names a member that is there twice.
func decodeObject(data []byte) (m map[string]any, twice string, err error) {
	if m, _ = decodeJSON(data).(map[string]any); m == nil {
		return nil, "", errors.New(kindOf(data))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	_, _ = dec.Token() // the brace; the text is known to be an object
	seen := map[string]bool{}
	for dec.More() {
		name, _ := dec.Token()
		key, _ := name.(string)
		if seen[key] {
			return m, key, nil
		}
		seen[key] = true
		var skipped json.RawMessage
		if err := dec.Decode(&skipped); err != nil {
			return nil, "", errors.New("broken JSON")
		}
	}
	return m, "", nil
}

// decodeJSON decodes a whole text of JSON, nil if it is none. Numbers keep their
// digits.
func decodeJSON(data []byte) any {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil
	}
	return v
}

// kindOf says in a few words what a body is that is not a JSON object.
func kindOf(data []byte) string {
	text := strings.TrimSpace(string(data[:min(len(data), 512)]))
	switch {
	case text == "":
		return "nothing"
	case strings.HasPrefix(text, "<"):
		return "markup"
	case json.Valid(data):
		return "other JSON"
	}
	return "no JSON"
}

// isJSON reports whether an answer may be read as JSON: a login page of some
// proxy may not, whatever can be made of it.
func (r *Response) isJSON() bool {
	t := r.mediaType()
	return t == "application/json" || strings.HasSuffix(t, "+json")
}

func (r *Response) mediaType() string {
	t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return t
}

// describe is an answer in a few words, without its content.
func (r *Response) describe() string {
	t := r.mediaType()
	if t == "" {
		t = "no content type"
	}
	return fmt.Sprintf("status %d with %s", r.Status, t)
}

// oauthError is the error that an answer reports, in its body or, from a
// protected resource, in its challenge.
func (r *Response) oauthError() *OAuthError {
	if m, ok := r.JSON.(map[string]any); ok {
		if code := text(m["error"]); code != "" {
			return &OAuthError{Code: code, Description: text(m["error_description"]), URI: text(m["error_uri"]), Status: r.Status}
		}
	}
	if ch := r.Challenge; ch != nil && ch.Error != "" {
		return &OAuthError{Code: ch.Error, Description: ch.ErrorDescription, URI: ch.ErrorURI, Status: r.Status}
	}
	return nil
}

// text is a JSON value if it is a string.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// freshFor is how long an answer may be kept: what Cache-Control says (RFC 9111
// 5.2.2), but neither so short that every sign-in asks nor so long that a
// withdrawn key lives on.
func (r *Response) freshFor() time.Duration {
	const least, usual, most = time.Minute, time.Hour, 24 * time.Hour
	for _, d := range strings.Split(r.Header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(d)), "=")
		switch name {
		case "no-store", "no-cache":
			return least
		case "max-age":
			if n, err := time.ParseDuration(strings.Trim(value, `"`) + "s"); err == nil {
				return min(max(n, least), most)
			}
		}
	}
	return usual
}

// retry makes an attempt, and again as Config.MaxRetries says while the answer is 429
// or 5xx or there is none at all. Each attempt is a request of its own, so that
// a client assertion is never sent twice (RFC 7523 section 3, jti).
func (c *Client) retry(ctx context.Context, attempt func() (*Response, error)) (*Response, error) {
	backoff := c.cfg.Backoff
	for n := 0; ; n++ {
		resp, err := attempt()
		if n >= c.cfg.MaxRetries || !isTransient(resp, err) || ctx.Err() != nil {
			return resp, err
		}
		wait := backoff
		if resp != nil && c.cfg.HonorRetryAfter {
			if after, ok := retryAfter(resp.Header, c.cfg.Now()); ok {
				wait = after
			}
		}
		if wait > c.cfg.MaxWait {
			return resp, err // to ask sooner would be to hammer
		}
		if c.cfg.Sleep(ctx, wait) != nil {
			return resp, err
		}
		backoff = min(2*backoff, c.cfg.MaxWait)
	}
}

// isTransient reports whether asking again may help.
func isTransient(resp *Response, err error) bool {
	if err != nil {
		var r *Rejection
		return errors.As(err, &r) && (r.Check == "connection" || r.Check == "timeout")
	}
	return resp.Status == http.StatusTooManyRequests || resp.Status >= 500
}

// retryAfter reads Retry-After: seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, century)) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}
