package client

import (
	"bytes"
	"cmp"
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
	return c.op.call(ctx, s, o)
}

func (c *Client) call(ctx context.Context, s *Session, o CallOptions) (*Response, error) {
	auto := o.AutoRefresh && o.Token == ""
	if auto && c.Expired(s) && s.canRefresh() {
		return c.callRefreshed(ctx, s, o, s.AccessToken())
	}
	token := cmp.Or(o.Token, s.AccessToken())
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
	token := s.AccessToken()
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

// ParseChallenge reads the WWW-Authenticate headers (RFC 9110 section 11.6.1): of several
// challenges that of Bearer, else the first.
func ParseChallenge(h http.Header) *Challenge {
	var found *Challenge
	for _, line := range h.Values("WWW-Authenticate") {
		for _, ch := range splitChallenges(line) {
			if found == nil || strings.EqualFold(ch.Scheme, "Bearer") && !strings.EqualFold(found.Scheme, "Bearer") {
				found = ch
			}
		}
	}
	if found != nil {
		p := found.Params
		found.Realm, found.Error, found.ErrorDescription = p["realm"], p["error"], p["error_description"]
		found.ErrorURI, found.Scope, found.ResourceMetadata = p["error_uri"], p["scope"], p["resource_metadata"]
	}
	return found
}

// splitChallenges takes a header apart. A word that is followed by "=" is a
// parameter, any other begins a challenge.
func splitChallenges(line string) []*Challenge {
	var out []*Challenge
	for rest := strings.TrimLeft(line, " \t,"); rest != ""; rest = strings.TrimLeft(rest, " \t,") {
		end := strings.IndexFunc(rest, func(r rune) bool { return !isTokenRune(r) })
		if end < 0 {
			end = len(rest)
		}
		if end == 0 {
			return out // not a header that can be read
		}
		word := rest[:end]
		after := strings.TrimLeft(rest[end:], " \t")
		if !strings.HasPrefix(after, "=") || len(out) == 0 {
			out = append(out, &Challenge{Scheme: word, Params: map[string]string{}})
			rest = rest[end:]
			continue
		}
		var value string
		value, rest = challengeValue(strings.TrimLeft(after[1:], " \t"))
		out[len(out)-1].Params[strings.ToLower(word)] = value
	}
	return out
}

// challengeValue reads a token or a quoted text, and returns what follows it.
func challengeValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		if end := strings.IndexAny(s, ", \t"); end >= 0 {
			return s[:end], s[end:]
		}
		return s, ""
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

func isTokenRune(r rune) bool {
	return r < 0x7f && r > ' ' && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}
