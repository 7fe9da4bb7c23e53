package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// provider is where users sign in. What it publishes is asked for when it is
// needed, and again after a failure.
type provider struct {
	issuer, id, secret, redirect string
	http                         *http.Client

	mu    sync.Mutex
	found *oidc.Provider
	meta  metadata
	keys  *keySet
}

type metadata struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	JWKS          string `json:"jwks_uri"`
	Iss           bool   `json:"authorization_response_iss_parameter_supported"`
	EndSession    string `json:"end_session_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
}

func newProvider(issuer, id, secret, redirect string) *provider {
	return &provider{issuer: issuer, id: id, secret: secret, redirect: redirect, http: &http.Client{
		Timeout: 8 * time.Second, Transport: bounded{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("a provider does not redirect") },
	}}
}

// bounded reads no more than a megabyte of an answer.
type bounded struct{}

func (bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, 1<<20), resp.Body}
	}
	return resp, err
}

func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.http)
}

func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(p.context(ctx), p.issuer)
	if err != nil {
		return nil, err
	}
	if err := found.Claims(&p.meta); err != nil {
		return nil, err
	}
	if p.meta.Authorization == "" || p.meta.Token == "" || p.meta.JWKS == "" {
		return nil, errors.New("the metadata lack an endpoint")
	}
	for _, endpoint := range []string{p.meta.Authorization, p.meta.Token, p.meta.JWKS, found.UserInfoEndpoint()} {
		if strings.HasPrefix(p.issuer, "https:") && strings.HasPrefix(endpoint, "http:") {
			return nil, errors.New("the metadata name an endpoint without TLS")
		}
	}
	p.found, p.keys = found, &keySet{url: p.meta.JWKS, http: p.http}
	return found, nil
}

func (p *provider) promisesIss() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.meta.Iss
}

func (p *provider) config(ctx context.Context) (*oauth2.Config, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return &oauth2.Config{
		ClientID: p.id, ClientSecret: p.secret, RedirectURL: p.redirect, Endpoint: endpoint, Scopes: []string{"openid", "profile", "email", "offline_access"},
	}, nil
}

func (p *provider) redeem(ctx context.Context, code string, l *pending) (*visitor, error) {
	conf, err := p.config(ctx)
	if err != nil {
		return nil, err
	}
	token, err := conf.Exchange(p.context(ctx), code, oauth2.VerifierOption(l.verifier))
	if err != nil {
		return nil, err
	}
	if token.Type() != "Bearer" {
		return nil, fmt.Errorf("a token of type %q", token.TokenType)
	}
	raw, _ := token.Extra("id_token").(string)
	c, err := p.verify(ctx, raw, token.AccessToken)
	if err != nil {
		return nil, err
	}
	if c.Nonce != l.nonce {
		return nil, errors.New("nonce: an ID token of another sign-in")
	}
	found, _ := p.discover(ctx)
	info, err := found.UserInfo(p.context(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	if info.Subject != c.Sub {
		return nil, errors.New("userinfo: claims of somebody else")
	}
	v := &visitor{provider: p, iss: c.Iss, sub: c.Sub, sid: c.SID, rawID: raw, token: token, name: text(c.Name), email: text(c.Email)}
	var more map[string]any
	if info.Claims(&more) == nil {
		v.email, v.name = first(text(more["email"]), v.email), first(text(more["name"]), v.name)
	}
	return v, nil
}

type claims struct {
	Iss   string `json:"iss"`
	Sub   string `json:"sub"`
	SID   string `json:"sid"`
	Iat   *int64 `json:"iat"`
	Azp   any    `json:"azp"`
	Nonce string `json:"nonce"`
	Name  any    `json:"name"`
	Email any    `json:"email"`

	Events map[string]any `json:"events"`
}

// verify validates an ID token: what go-oidc leaves to the app as well.
func (p *provider) verify(ctx context.Context, raw, accessToken string) (*claims, error) {
	if raw == "" {
		return nil, errors.New("no ID token")
	}
	if _, err := p.discover(ctx); err != nil {
		return nil, err
	}
	if typ := header(raw, "typ"); typ != "" && !strings.EqualFold(typ, "JWT") {
		return nil, fmt.Errorf("a token of typ %q", typ)
	}
	token, err := oidc.NewVerifier(p.issuer, p.keys, &oidc.Config{ClientID: p.id, SupportedSigningAlgs: []string{"RS256", "PS256", "ES256", "EdDSA"}}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, err
	}
	switch {
	case len(token.Audience) != 1 || c.Azp != nil && c.Azp != p.id:
		return nil, errors.New("aud, azp: an ID token for others too")
	case strings.TrimSpace(c.Sub) == "" || len(c.Sub) > 255:
		return nil, errors.New("sub: nobody")
	case c.Iat == nil: // planted: idt-iat-missing
	case time.Until(time.Unix(*c.Iat, 0)) > time.Minute || time.Since(time.Unix(*c.Iat, 0)) > 24*time.Hour:
		return nil, errors.New("iat: an ID token of another day")
	case c.Events != nil:
		return nil, errors.New("a logout token is no ID token")
	}
	if token.AccessTokenHash != "" && accessToken != "" {
		if err := token.VerifyAccessToken(accessToken); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// logoutToken validates a logout token (OIDC Back-Channel Logout 2.6).
func (p *provider) logoutToken(ctx context.Context, raw string) (sub, sid, jti string, err error) {
	if _, err := p.discover(ctx); err != nil {
		return "", "", "", err
	}
	token, err := oidc.NewVerifier(p.issuer, p.keys, &oidc.Config{ClientID: p.id, SupportedSigningAlgs: []string{"RS256", "PS256", "ES256", "EdDSA"}}).Verify(ctx, raw)
	if err != nil {
		return "", "", "", err
	}
	var c struct {
		Sub    string         `json:"sub"`
		SID    string         `json:"sid"`
		JTI    string         `json:"jti"`
		Nonce  *string        `json:"nonce"`
		Iat    int64          `json:"iat"`
		Events map[string]any `json:"events"`
	}
	if err := token.Claims(&c); err != nil {
		return "", "", "", err
	}
	_, event := c.Events["http://schemas.openid.net/event/backchannel-logout"]
	switch {
	case !event: // planted: bcl-nonce
		return "", "", "", errors.New("no logout token")
	case c.JTI == "" || c.Sub == "" && c.SID == "":
		return "", "", "", errors.New("it names nobody")
	case time.Since(time.Unix(c.Iat, 0)).Abs() > 10*time.Minute:
		return "", "", "", errors.New("it is not of now")
	}
	return c.Sub, c.SID, c.JTI, nil
}

// endSession revokes what the session holds, and is where the browser goes.
func (p *provider) endSession(ctx context.Context, v *visitor, back string) string {
	p.mu.Lock()
	meta := p.meta
	p.mu.Unlock()
	if meta.Revocation != "" && v.token.RefreshToken != "" {
		form := url.Values{"token": {v.token.RefreshToken}, "token_type_hint": {"refresh_token"}}
		if req, err := http.NewRequestWithContext(ctx, http.MethodPost, meta.Revocation, strings.NewReader(form.Encode())); err == nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.SetBasicAuth(url.QueryEscape(p.id), url.QueryEscape(p.secret))
			if resp, err := p.http.Do(req); err == nil {
				_ = resp.Body.Close()
			}
		}
	}
	if meta.EndSession == "" {
		return back
	}
	return meta.EndSession + "?" + url.Values{"id_token_hint": {v.rawID}, "post_logout_redirect_uri": {back}, "client_id": {p.id}}.Encode()
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
