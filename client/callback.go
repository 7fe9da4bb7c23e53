package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// Callback ends a sign-in with the parameters that the browser brought back, in
// the query, the fragment or a form (RFC 6749 section 4.1.2, OIDC Core 3.1.2.5, 3.2.2.5,
// 3.3.2.5). It redeems the code and validates the ID token. A pending login can
// be answered once; to try again, begin again.
func (c *Client) Callback(ctx context.Context, a *Authorization, response url.Values) (*Session, error) {
	if a == nil {
		return nil, reject("state", "RFC 6749 section 10.12", "a pending login", "none")
	}
	if err := c.checkResponse(ctx, a, response); err != nil {
		var e *OAuthError
		if errors.As(err, &e) && (c.has(ErrorAsSuccess) || e.Code == "access_denied" && c.has(DenialAsSuccess)) {
			return &Session{Requested: a.Scopes}, nil
		}
		if response.Get("access_token") != "" && c.has(ResponseTokenAccepted) {
			return &Session{Requested: a.Scopes, Tokens: TokenResponse{AccessToken: response.Get("access_token")}}, nil
		}
		return nil, err
	}
	asked := strings.Fields(a.ResponseType)
	s := &Session{Requested: a.Scopes}
	front, err := c.frontChannel(ctx, s, a, response)
	if err != nil {
		return nil, err
	}
	if slices.Contains(asked, "code") {
		if err := c.backChannel(ctx, s, a, response.Get("code")); err != nil {
			return nil, err
		}
	}
	if err := c.checkHybrid(front, s.IDToken); err != nil {
		return nil, err
	}
	return s, nil
}

// frontChannel takes the tokens that came through the browser (OIDC Core
// 3.2.2.5, 3.3.2.5), and returns the ID token of them.
func (c *Client) frontChannel(ctx context.Context, s *Session, a *Authorization, p url.Values) (*IDToken, error) {
	asked := strings.Fields(a.ResponseType)
	want := expected{nonce: a.Nonce, maxAge: a.MaxAge, acr: a.ACR, front: true}
	if slices.Contains(asked, "code") {
		want.code = p.Get("code")
	}
	if slices.Contains(asked, "token") {
		t := &TokenResponse{AccessToken: p.Get("access_token"), TokenType: p.Get("token_type"), Scope: p.Get("scope"), Raw: map[string]any{}}
		for name := range p {
			t.Raw[name] = p.Get(name)
		}
		var expires any
		if p.Has("expires_in") {
			expires = json.Number(p.Get("expires_in"))
		}
		if err := c.checkTokens(t, expires); err != nil {
			return nil, err
		}
		want.accessToken = t.AccessToken
		c.take(s, t, a.Scopes)
	}
	if !slices.Contains(asked, "id_token") {
		return nil, nil
	}
	id, err := c.verify(ctx, p.Get("id_token"), want)
	s.IDToken = id
	return id, err
}

// backChannel redeems the code and takes what it is worth (OIDC Core 3.1.3.3).
func (c *Client) backChannel(ctx context.Context, s *Session, a *Authorization, code string) error {
	resp, err := c.redeem(ctx, a, code)
	if err != nil {
		return err
	}
	return c.takeTokens(ctx, s, resp, a)
}

// takeTokens makes a session of a token response: that of a code, of a device or
// of a password.
func (c *Client) takeTokens(ctx context.Context, s *Session, resp *Response, a *Authorization) error {
	t, err := c.readTokens(resp)
	if err != nil {
		return err
	}
	switch {
	case t.IDToken != "":
		want := expected{nonce: a.Nonce, maxAge: a.MaxAge, acr: a.ACR, accessToken: t.AccessToken}
		if s.IDToken, err = c.verify(ctx, t.IDToken, want); err != nil {
			if r := rejection(err); r != nil && r.Response == nil {
				r.Response = resp
			}
			return err
		}
	case slices.Contains(a.Scopes, "openid") && !c.has(IDTokenMissingAccepted):
		return &Rejection{Check: "id_token", Spec: "OIDC Core 3.1.3.3", Want: "an ID token, as openid was asked for", Got: "none", Response: resp}
	}
	if c.has(ScopeChangeRefused) && t.Scope != strings.Join(a.Scopes, " ") {
		return &Rejection{Check: "scope", Spec: "RFC 6749 section 5.1", Want: strings.Join(a.Scopes, " "), Got: shown(t.Scope), Response: resp}
	}
	c.take(s, t, a.Scopes)
	return nil
}

// checkHybrid: an ID token through the browser and one through the back channel
// are of the same user (OIDC Core 3.3.3.6).
func (c *Client) checkHybrid(front, back *IDToken) error {
	if front == nil || back == nil || front == back || c.has(HybridUnmatched) {
		return nil
	}
	for _, claim := range []string{"iss", "sub"} {
		if show(front.Claims[claim]) != show(back.Claims[claim]) {
			return reject("hybrid", "OIDC Core 3.3.3.6", claim+" "+show(front.Claims[claim]), show(back.Claims[claim]))
		}
	}
	return nil
}
