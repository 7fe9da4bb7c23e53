package client

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/internal/check"
)

// UserInfo asks the provider for the claims of the user (OIDC Core 5.3), and
// keeps them in the session. Their sub must be that of the ID token: otherwise
// they are somebody else's (5.3.2). A signed answer is verified.
func (c *Client) UserInfo(ctx context.Context, s *Session) (map[string]any, error) {
	return c.op.userInfo(ctx, s)
}

func (c *Client) userInfo(ctx context.Context, s *Session) (map[string]any, error) {
	_, address, err := c.endpoint(ctx, "userinfo_endpoint")
	if err != nil {
		return nil, err
	}
	resp, err := c.Call(ctx, s, CallOptions{URL: address, AutoRefresh: true, Header: http.Header{"Accept": {"application/json, application/jwt"}}})
	if err != nil {
		return nil, err
	}
	if e := resp.oauthError(); e != nil && resp.Status != http.StatusOK {
		return nil, rejectOAuth("userinfo", "OIDC Core 5.3.3", e, resp)
	}
	claims, err := c.readUserInfo(ctx, resp)
	if err != nil {
		return nil, err
	}
	if err := judge(c.tables.subject, check.UserInfo{Claims: claims, Subject: s.Snapshot().Subject}, resp); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setUserInfo(claims)
	return claims, nil
}

// readUserInfo reads an answer, JSON or a JWT (OIDC Core 5.3.2).
func (c *Client) readUserInfo(ctx context.Context, resp *Response) (map[string]any, error) {
	const spec = "OIDC Core 5.3.2"
	if err := judge(c.tables.userInfo, resp, resp); err != nil {
		return nil, err
	}
	if !resp.isSigned() {
		return c.document(resp, "userinfo", spec)
	}
	t, err := c.parseJWT(strings.TrimSpace(string(resp.Body)), "userinfo", spec)
	if err != nil {
		return nil, err
	}
	return t.Claims, judge(c.tables.signedInfo, &check.Verification{Token: t, Context: ctx}, nil)
}

// isSigned reports whether an answer of the userinfo endpoint is a JWT.
func (r *Response) isSigned() bool { return r.mediaType() == "application/jwt" }

// userInfoTable has the checks of an answer of the userinfo endpoint, before it
// is read.
func (c *Client) userInfoTable() []check.Row[*Response] {
	return []check.Row[*Response]{
		row("signed", "OIDC Core 5.3.2", c.checkInfoSigned),
		row("status", "OIDC Core 5.3.2", checkSignedStatus),
	}
}

// checkInfoSigned refuses an unsigned answer if the client is registered for signed
// ones.
func (c *Client) checkInfoSigned(r *Response) check.Finding {
	if want := c.cfg.UserInfoSignedResponseAlg; want != "" && !r.isSigned() {
		return asUserInfo(check.Fail("application/jwt signed with "+want, r.describe()))
	}
	return check.Pass("")
}

func checkSignedStatus(r *Response) check.Finding {
	if r.isSigned() && r.Status != http.StatusOK {
		return asUserInfo(check.Fail("status 200", r.describe()))
	}
	return check.Pass("")
}

// asUserInfo names a finding after the endpoint.
func asUserInfo(f check.Finding) check.Finding {
	f.Name = "userinfo"
	return f
}

// signedInfoTable has the checks of a signed answer: those of an ID token, as far
// as they apply (OIDC Core 5.3.2, 5.3.4).
func (c *Client) signedInfoTable() []check.Row[*check.Verification] {
	return []check.Row[*check.Verification]{
		row("userinfo_alg", "OIDC Core 5.3.4", c.checkInfoAlg),
		row("userinfo_crit", "RFC 7515 section 4.1.11", verifyCrit),
		row("signature", "OIDC Core 5.3.4", c.verifySigned),
		row("userinfo_iss", "OIDC Core 5.3.2", c.checkInfoIss),
		row("userinfo_aud", "OIDC Core 5.3.2", c.checkInfoAud),
	}
}

func (c *Client) checkInfoAlg(v *check.Verification) check.Finding {
	alg := text(v.Header["alg"])
	if allowed := c.op.allowedAlgorithms(c.cfg.UserInfoSignedResponseAlg); !slices.Contains(allowed, alg) {
		return check.Fail(strings.Join(allowed, " or "), showValue(v.Header["alg"]))
	}
	return check.Pass(alg)
}

// checkInfoIss refuses another issuer. The claim is optional.
func (c *Client) checkInfoIss(v *check.Verification) check.Finding {
	if iss := v.Claims["iss"]; iss != nil && iss != c.cfg.Issuer {
		return check.Fail(c.cfg.Issuer, showValue(iss))
	}
	return check.Pass("")
}

// checkInfoAud refuses another audience. The claim is optional.
func (c *Client) checkInfoAud(v *check.Verification) check.Finding {
	if aud, ok := audience(v.Claims["aud"]); v.Claims["aud"] != nil && (!ok || !slices.Contains(aud, c.cfg.ClientID)) {
		return check.Fail(quote(c.cfg.ClientID), showValue(v.Claims["aud"]))
	}
	return check.Pass("")
}

// subjectTable has the checks of whose claims an answer has.
func subjectTable() []check.Row[check.UserInfo] {
	return []check.Row[check.UserInfo]{row("userinfo_sub", "OIDC Core 5.3.2", checkInfoSub)}
}

// checkInfoSub compares the subject with the ID token's.
func checkInfoSub(u check.UserInfo) check.Finding {
	sub := text(u.Claims["sub"])
	switch {
	case sub == "":
		return check.Fail("a sub", showValue(u.Claims["sub"]))
	case u.Subject != "" && sub != u.Subject:
		return check.Fail(quote(u.Subject), quote(sub))
	}
	return check.Pass(sub)
}
