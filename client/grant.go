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

// ClientCredentials gets an access token for the client itself (RFC 6749 section 4.4).
func (c *Client) ClientCredentials(ctx context.Context, scopes []string) (*TokenResponse, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(scopes) > 0 {
		form.Set("scope", strings.Join(scopes, " "))
	}
	return c.exchange(ctx, form)
}

// Password gets tokens for a user's password (RFC 6749 section 4.3), which RFC 9700 section 2.4
// forbids: it is here to drill providers that still offer it.
func (c *Client) Password(ctx context.Context, user, password string, scopes []string) (*Session, error) {
	form := url.Values{"grant_type": {"password"}, "username": {user}, "password": {password}}
	if len(scopes) > 0 {
		form.Set("scope", strings.Join(scopes, " "))
	}
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	resp, err := c.post(ctx, address, form)
	if err != nil {
		return nil, err
	}
	s := &Session{Requested: scopes}
	return s, c.startSession(ctx, s, resp, &Authorization{Scopes: scopes})
}
