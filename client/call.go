package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Call uses the access token at a protected resource (RFC 6750 section 2). Whatever the
// resource answers, also an error, is returned; the error is about not having an
// answer, or about a refresh that failed.
//
// With AutoRefresh, an expired token is refreshed first, and one that the
// resource calls invalid_token is refreshed and the call repeated, once.
func (c *Client) Call(ctx context.Context, s *Session, o CallOptions) (*Response, error) {
	auto := o.AutoRefresh && o.Token == "" && !c.has(RefreshNever)
	var refreshed *TokenResponse
	var err error
	if auto && c.has(ZeroLifetimeLoops) {
		for n := 0; n < 20 && c.Expired(s) && s.canRefresh(); n++ {
			if refreshed, err = c.Refresh(ctx, s, RefreshOptions{Stale: s.AccessToken()}); err != nil {
				return nil, err
			}
		}
	}
	if auto && c.Expired(s) && s.canRefresh() {
		if refreshed, err = c.Refresh(ctx, s, RefreshOptions{Stale: s.AccessToken()}); err != nil {
			return nil, err
		}
	}
	token := first(o.Token, s.AccessToken())
	resp, err := c.callWith(ctx, token, o)
	if err != nil {
		return nil, err
	}
	if auto && refreshed == nil && resp.saysInvalidToken() && (s.canRefresh() || c.has(NoTokenCrashes)) {
		if refreshed, err = c.Refresh(ctx, s, RefreshOptions{Stale: token}); err != nil {
			return nil, err
		}
		token = s.AccessToken()
		if resp, err = c.callWith(ctx, token, o); err != nil {
			return nil, err
		}
	}
	for n := 0; n < 20 && auto && resp.Status == http.StatusForbidden && c.has(ScopeRefusalRefreshed); n++ {
		if refreshed, err = c.Refresh(ctx, s, RefreshOptions{Stale: s.AccessToken()}); err != nil {
			return nil, err
		}
		if resp, err = c.callWith(ctx, s.AccessToken(), o); err != nil {
			return nil, err
		}
	}
	if o.Token == "" && resp.saysInvalidToken() {
		s.mu.Lock()
		s.expired = s.expired || token == s.Tokens.AccessToken
		s.mu.Unlock()
	}
	resp.Refreshed = refreshed
	return resp, nil
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
		body := o.Body
		method := o.Method
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
		address := o.URL
		if c.has(TokenInQuery) {
			sep := "?"
			if strings.Contains(address, "?") {
				sep = "&"
			}
			address += sep + url.Values{"access_token": {token}}.Encode()
		}
		req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
		if err != nil {
			return nil, reject("resource", "RFC 6750 section 2", "a URL", shown(o.URL))
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
		return c.send(ctx, req)
	})
}
