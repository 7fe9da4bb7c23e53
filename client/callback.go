package client

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Callback ends a sign-in with the parameters that the browser brought back, in
// the query, the fragment or a form (RFC 6749 section 4.1.2, OIDC Core 3.1.2.5, 3.2.2.5,
// 3.3.2.5). It redeems the code and validates the ID token. A pending login can
// be answered once; to try again, begin again.
func (c *Client) Callback(ctx context.Context, a *Authorization, response url.Values) (*Session, error) {
	if a == nil {
		return nil, reject("state", "RFC 6749 section 10.12", "a pending login", "none")
	}
	return c.op.callback(ctx, a, response)
}

func (c *Client) callback(ctx context.Context, a *Authorization, response url.Values) (*Session, error) {
	if err := c.checkResponse(ctx, a, response); err != nil {
		return nil, err
	}
	s := &Session{Requested: a.Scopes}
	front, err := c.frontChannel(ctx, s, a, response)
	if err != nil {
		return nil, err
	}
	if slices.Contains(strings.Fields(a.ResponseType), "code") {
		if err := c.backChannel(ctx, s, a, response.Get("code")); err != nil {
			return nil, err
		}
	}
	if err := judge(c.tables.hybrid, [2]*IDToken{front, s.IDToken}, nil); err != nil {
		return nil, err
	}
	return s, nil
}

// frontChannel takes the tokens that came through the browser (OIDC Core
// 3.2.2.5, 3.3.2.5), and returns the ID token of them.
func (c *Client) frontChannel(ctx context.Context, s *Session, a *Authorization, p url.Values) (*IDToken, error) {
	asked := strings.Fields(a.ResponseType)
	want := a.expected()
	want.Front = true
	if slices.Contains(asked, "code") {
		want.Code = p.Get("code")
	}
	if slices.Contains(asked, "token") {
		t := &TokenResponse{AccessToken: p.Get("access_token"), TokenType: p.Get("token_type"), Scope: p.Get("scope"), Raw: map[string]any{}}
		for name := range p {
			t.Raw[name] = p.Get(name)
		}
		if err := judge(c.tables.tokenResponse, t, nil); err != nil {
			return nil, err
		}
		want.AccessToken = t.AccessToken
		c.lockAndSetTokens(s, t, a.Scopes)
	}
	if !slices.Contains(asked, "id_token") {
		return nil, nil
	}
	id, err := c.verify(ctx, p.Get("id_token"), want)
	if err != nil {
		return nil, err
	}
	s.setIDToken(id)
	return id, nil
}

// backChannel redeems the code and takes what it is worth (OIDC Core 3.1.3.3).
func (c *Client) backChannel(ctx context.Context, s *Session, a *Authorization, code string) error {
	resp, err := c.op.redeem(ctx, a, code)
	if err != nil {
		return err
	}
	return c.startSession(ctx, s, resp, a)
}

// startSession makes a session of a token response: that of a code, of a device or
// of a password.
func (c *Client) startSession(ctx context.Context, s *Session, resp *Response, a *Authorization) error {
	t, err := c.readTokens(resp)
	if err != nil {
		return err
	}
	if t.IDToken != "" {
		want := a.expected()
		want.AccessToken = t.AccessToken
		id, err := c.verify(ctx, t.IDToken, want)
		if err != nil {
			if r := rejection(err); r != nil && r.Response == nil {
				r.Response = resp
			}
			return err
		}
		s.setIDToken(id)
	}
	if err := judge(c.tables.granted, &check.Granted{Asked: a.Scopes, Scope: t.Scope, IDToken: t.IDToken}, resp); err != nil {
		return err
	}
	c.lockAndSetTokens(s, t, a.Scopes)
	return nil
}

// expected is what an ID token must fit to be of this sign-in.
func (a *Authorization) expected() check.Verification {
	return check.Verification{Nonce: a.Nonce, MaxAge: a.MaxAge, ACR: a.ACR}
}

// grantedTable has the checks of what was granted.
func grantedTable() []check.Row[*check.Granted] {
	return []check.Row[*check.Granted]{row("id_token", "OIDC Core 3.1.3.3", checkIDTokenIssued)}
}

// checkIDTokenIssued requires an ID token in the answer to a request with the scope
// openid.
func checkIDTokenIssued(g *check.Granted) check.Finding {
	if g.IDToken == "" && slices.Contains(g.Asked, "openid") {
		return check.Fail("an ID token, as openid was asked for", "none")
	}
	return check.Pass("")
}

// hybridTable has the checks of the ID tokens of both channels.
func hybridTable() []check.Row[[2]*IDToken] {
	return []check.Row[[2]*IDToken]{row("hybrid", "OIDC Core 3.3.3.6", checkHybrid)}
}

// checkHybrid requires that the ID token through the browser and that through the
// back channel are of the same user (OIDC Core 3.3.3.6).
func checkHybrid(both [2]*IDToken) check.Finding {
	front, back := both[0], both[1]
	if front == nil || back == nil || front == back {
		return check.NotFor("one ID token")
	}
	for _, claim := range []string{"iss", "sub"} {
		if showValue(front.Claims[claim]) != showValue(back.Claims[claim]) {
			return check.Fail(claim+" "+showValue(front.Claims[claim]), showValue(back.Claims[claim]))
		}
	}
	return check.Pass("of the same user")
}
