package client

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
)

// CallOptions are a request to a protected resource.
type CallOptions struct {
	Method string // default GET, POST with a Body or InBody
	URL    string
	Header http.Header
	Body   []byte

	// AutoRefresh refreshes first when the access token has expired, and once
	// when the resource says invalid_token (RFC 6750 section 3.1).
	AutoRefresh bool
	Token       string // default the session's access token
	InBody      bool   // send the token as a form parameter (RFC 6750 section 2.2)
}

// Call uses the access token at a protected resource (RFC 6750 section 2). Whatever the
// resource answers, also an error, is returned; the error is about not having an
// answer, or about a refresh that failed.
//
// With AutoRefresh, an expired token is refreshed first, and one that the
// resource calls invalid_token is refreshed and the call repeated, once.
func (c *Client) Call(ctx context.Context, s *Session, o CallOptions) (*Response, error) {
	return c.op.call(ctx, s, o)
}

func (c *Client) call(ctx context.Context, s *Session, o CallOptions) (*Response, error) {
	auto := o.AutoRefresh && o.Token == ""
	if auto && c.op.expired(s) && s.canRefresh() {
		return c.callRefreshed(ctx, s, o, s.accessToken())
	}
	token := cmp.Or(o.Token, s.accessToken())
	resp, err := c.callWith(ctx, token, o)
	if err != nil {
		return nil, err
	}
	if auto && resp.saysInvalidToken() && s.canRefresh() {
		return c.callRefreshed(ctx, s, o, token)
	}
	if o.Token == "" {
		s.noteRefusal(resp, token)
	}
	return resp, nil
}

// callRefreshed replaces an access token that is of no use any more, and calls
// with the new one.
func (c *Client) callRefreshed(ctx context.Context, s *Session, o CallOptions, stale string) (*Response, error) {
	refreshed, err := c.Refresh(ctx, s, RefreshOptions{Stale: stale})
	if err != nil {
		return nil, err
	}
	token := s.accessToken()
	resp, err := c.callWith(ctx, token, o)
	if err != nil {
		return nil, err
	}
	s.noteRefusal(resp, token)
	resp.Refreshed = refreshed
	return resp, nil
}

// noteRefusal notes that a resource refused the session's access token before its
// time.
func (s *Session) noteRefusal(resp *Response, token string) {
	if !resp.saysInvalidToken() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired = s.expired || token == s.Tokens.AccessToken
}

func (s *Session) canRefresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Tokens.RefreshToken != ""
}

// saysInvalidToken reports whether another access token might be welcome (RFC 6750 section 3.1).
func (r *Response) saysInvalidToken() bool {
	return r.Status == http.StatusUnauthorized && r.Challenge != nil && r.Challenge.Error == "invalid_token"
}

func (c *Client) callWith(ctx context.Context, token string, o CallOptions) (*Response, error) {
	return c.retry(ctx, func() (*Response, error) {
		req, err := o.request(ctx, token)
		if err != nil {
			return nil, reject("resource", "RFC 6750 section 2", "a URL", quote(o.URL))
		}
		return c.op.send(ctx, req)
	})
}

// request makes a request with an access token, in its header or its body.
func (o CallOptions) request(ctx context.Context, token string) (*http.Request, error) {
	body, method := o.Body, o.Method
	if o.InBody { // RFC 6750 section 2.2
		form, _ := url.ParseQuery(string(o.Body))
		form.Set("access_token", token)
		body = []byte(form.Encode())
	}
	if method == "" {
		method = http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, o.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	for name, values := range o.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if o.InBody {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}
