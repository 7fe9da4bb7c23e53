package client

import (
	"context"
	"net/url"
	"strings"
)

// exchange sends a token request and reads the answer.
func (c *Client) exchange(ctx context.Context, form url.Values) (*TokenResponse, error) {
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	resp, err := c.post(ctx, address, form)
	if err != nil {
		return nil, err
	}
	return c.readTokens(resp)
}

// Grant gets tokens by a grant in which no browser takes part, with the parameters of
// the token request, of which grant_type is one: those of the client itself
// (client_credentials, RFC 6749 section 4.4), or those of a user's password (section
// 4.3), which RFC 9700 section 2.4 forbids and some providers still offer.
func (c *Client) Grant(ctx context.Context, params url.Values) (*Session, error) {
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	resp, err := c.post(ctx, address, params)
	if err != nil {
		return nil, err
	}
	scopes := strings.Fields(params.Get("scope"))
	s := &Session{Requested: scopes}
	if err := c.startSession(ctx, s, resp, &Authorization{Scopes: scopes}); err != nil {
		return nil, err
	}
	return s, nil
}
