package client

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// UserInfo asks the provider for the claims of the user (OIDC Core 5.3), and
// keeps them in the session. Their sub must be that of the ID token: otherwise
// they are somebody else's (5.3.2). A signed answer is verified.
func (c *Client) UserInfo(ctx context.Context, s *Session) (map[string]any, error) {
	return c.userInfo(ctx, s)
}

func (c *Client) fetchUserInfo(ctx context.Context, s *Session) (map[string]any, error) {
	_, address, err := c.endpoint(ctx, "userinfo_endpoint")
	if err != nil {
		return nil, err
	}
	resp, err := c.Call(ctx, s, CallOptions{URL: address, AutoRefresh: true, Header: http.Header{"Accept": {"application/json, application/jwt"}}})
	if err != nil {
		return nil, err
	}
	if e := resp.oauthError(); e != nil && resp.Status != http.StatusOK {
		return nil, refused("userinfo", "OIDC Core 5.3.3", e, resp)
	}
	claims, err := c.readUserInfo(ctx, resp)
	if err != nil {
		return nil, err
	}
	if err := c.checkUserInfoSub(s, claims); err != nil {
		err.Response = resp
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.UserInfo = claims
	return claims, nil
}

// readUserInfo reads an answer, JSON or a JWT (OIDC Core 5.3.2).
func (c *Client) readUserInfo(ctx context.Context, resp *Response) (map[string]any, error) {
	const spec = "OIDC Core 5.3.2"
	if resp.mediaType() != "application/jwt" {
		if want := c.cfg.UserInfoSignedResponseAlg; want != "" && !c.has(UserInfoPlainAccepted) {
			return nil, &Rejection{Check: "userinfo", Spec: spec, Want: "application/jwt signed with " + want, Got: resp.describe(), Response: resp}
		}
		return c.document(resp, "userinfo", spec)
	}
	if resp.Status != http.StatusOK {
		return nil, &Rejection{Check: "userinfo", Spec: spec, Want: "status 200", Got: resp.describe(), Response: resp}
	}
	if c.has(SignedUserInfoRefused) {
		return nil, &Rejection{Check: "userinfo", Spec: spec, Want: "application/json", Got: resp.describe(), Response: resp}
	}
	t, err := c.parseJWT(strings.TrimSpace(string(resp.Body)), "userinfo", spec)
	if err != nil || c.has(UserInfoUnsignedAccepted) {
		if t == nil {
			return nil, err
		}
		return t.claims, err
	}
	return t.claims, c.checkUserInfoJWT(ctx, t)
}

// checkUserInfoJWT judges a signed answer as an ID token is, as far as it goes
// (OIDC Core 5.3.2, 5.3.4).
func (c *Client) checkUserInfoJWT(ctx context.Context, t *jwt) error {
	alg := text(t.header["alg"])
	if allowed := c.algorithms(c.cfg.UserInfoSignedResponseAlg); !slices.Contains(allowed, alg) {
		return reject("userinfo_alg", "OIDC Core 5.3.4", strings.Join(allowed, " or "), show(t.header["alg"]))
	}
	if crit, ok := t.header["crit"]; ok {
		return reject("userinfo_crit", "RFC 7515 section 4.1.11", "none", show(crit))
	}
	if _, err := c.verifySignature(ctx, t); err != nil {
		return err
	}
	if c.has(UserInfoAudUnchecked) {
		return nil
	}
	if iss := t.claims["iss"]; iss != nil && iss != c.cfg.Issuer {
		return reject("userinfo_iss", "OIDC Core 5.3.2", c.cfg.Issuer, show(iss))
	}
	if aud, ok := audience(t.claims["aud"]); t.claims["aud"] != nil && (!ok || !slices.Contains(aud, c.cfg.ClientID)) {
		return reject("userinfo_aud", "OIDC Core 5.3.2", shown(c.cfg.ClientID), show(t.claims["aud"]))
	}
	return nil
}

// checkUserInfoSub compares the subject with the ID token's.
func (c *Client) checkUserInfoSub(s *Session, claims map[string]any) *Rejection {
	if c.has(UserInfoSubUnchecked) {
		return nil
	}
	sub := text(claims["sub"])
	if sub == "" {
		return reject("userinfo_sub", "OIDC Core 5.3.2", "a sub", show(claims["sub"]))
	}
	if want := s.Subject(); want != "" && sub != want {
		return reject("userinfo_sub", "OIDC Core 5.3.2", shown(want), shown(sub))
	}
	return nil
}
