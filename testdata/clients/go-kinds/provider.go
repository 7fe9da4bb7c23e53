package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
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

// provider is where users sign in. Its metadata are fetched when they are needed, and
// again after a failure.
type provider struct {
	issuer, id, secret, redirect string
	http                         *http.Client
	style                        oauth2.AuthStyle
	scopes                       []string
	without                      checks

	// keySet verifies signatures; the default is that of go-oidc.
	keySet oidc.KeySet

	// identify returns the user of a token response; the default is byIDToken.
	identify func(ctx context.Context, token *oauth2.Token, l *login) (*visitor, error)

	mu    sync.Mutex
	found *oidc.Provider
	meta  metadata
}

// checks are those that a bug leaves out.
type checks struct {
	iss, aud, exp, iat, nonce   bool // of ID tokens
	duplicates, errorFirst      bool // of authorization responses
	metadataIssuer, metadataTLS bool
	freshVerifier               bool // of authorization requests
}

type metadata struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	JWKS          string `json:"jwks_uri"`
	Iss           bool   `json:"authorization_response_iss_parameter_supported"`
}

func newProvider(issuer, id, secret, redirect string) *provider {
	p := &provider{issuer: issuer, id: id, secret: secret, redirect: redirect, style: oauth2.AuthStyleInHeader, scopes: []string{"openid", "profile", "email"}}
	p.http = &http.Client{Timeout: 5 * time.Second, Transport: bounded{}, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("a provider does not redirect")
	}}
	p.identify = p.byIDToken
	return p
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
	ctx = p.context(context.WithoutCancel(ctx)) // its keys are fetched later, with this context
	if p.without.metadataIssuer {
		ctx = oidc.InsecureIssuerURLContext(ctx, p.issuer)
	}
	found, err := oidc.NewProvider(ctx, p.issuer)
	if err != nil {
		return nil, err
	}
	var meta metadata
	if err := found.Claims(&meta); err != nil {
		return nil, err
	}
	for _, endpoint := range []string{meta.Authorization, meta.Token, meta.JWKS} {
		if !strings.HasPrefix(endpoint, "https://") && (!strings.HasPrefix(endpoint, "http://") || strings.HasPrefix(p.issuer, "https:") && !p.without.metadataTLS) {
			return nil, fmt.Errorf("the metadata name the endpoint %q", endpoint)
		}
	}
	p.found, p.meta = found, meta
	return found, nil
}

func (p *provider) config(ctx context.Context) (*oauth2.Config, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = p.style
	return &oauth2.Config{ClientID: p.id, ClientSecret: p.secret, RedirectURL: p.redirect, Endpoint: endpoint, Scopes: p.scopes}, nil
}

// authorize returns the address of the authorization request.
func (p *provider) authorize(ctx context.Context, l *login) (string, error) {
	conf, err := p.config(ctx)
	if err != nil {
		return "", err
	}
	if p.without.freshVerifier {
		l.Verifier = "the-same-verifier-for-each-of-all-the-sign-ins"
	}
	return conf.AuthCodeURL(l.State, oauth2.S256ChallengeOption(l.Verifier), oidc.Nonce(l.Nonce)), nil
}

// answer takes an authorization response whose state was found.
func (p *provider) answer(ctx context.Context, q url.Values, l *login) (*visitor, error) {
	for name, values := range q {
		if len(values) > 1 && !p.without.duplicates {
			return nil, fmt.Errorf("several %s", name)
		}
	}
	conf, err := p.config(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	promised := p.meta.Iss
	p.mu.Unlock()
	switch {
	case time.Since(l.Since) > 30*time.Minute:
		return nil, errors.New("the sign-in took too long")
	case q.Get("iss") != p.issuer && (q.Has("iss") || promised):
		return nil, errors.New("iss: an answer of another provider")
	case q.Has("error") && (!q.Has("code") || !p.without.errorFirst):
		return nil, fmt.Errorf("the provider answers %q", q.Get("error"))
	case q.Get("code") == "":
		return nil, errors.New("no code")
	}
	token, err := conf.Exchange(p.context(ctx), q.Get("code"), oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return nil, err
	}
	if token.Type() != "Bearer" {
		return nil, fmt.Errorf("a token of type %q", token.TokenType)
	}
	return p.identify(ctx, token, l)
}

// claims are those of an ID token and of userinfo. What is not always a text is any.
type claims struct {
	Iss      string         `json:"iss"`
	Sub      string         `json:"sub"`
	Iat      *int64         `json:"iat"`
	Azp      any            `json:"azp"`
	Nonce    string         `json:"nonce"`
	Name     any            `json:"name"`
	Email    any            `json:"email"`
	Verified any            `json:"email_verified"`
	Username any            `json:"preferred_username"`
	Events   map[string]any `json:"events"`
}

func (c *claims) visitor(iss string) *visitor {
	text := func(v any) string { s, _ := v.(string); return s }
	return &visitor{Iss: iss, Sub: c.Sub, Email: text(c.Email), Name: text(c.Name), Verified: c.Verified, Username: text(c.Username)}
}

var errNonce = errors.New("nonce: an ID token of another sign-in")

// byIDToken takes the user from the ID token.
func (p *provider) byIDToken(ctx context.Context, token *oauth2.Token, l *login) (*visitor, error) {
	raw, _ := token.Extra("id_token").(string)
	c, err := p.verify(ctx, raw, token.AccessToken, l.Nonce)
	if err != nil {
		return nil, err
	}
	v := c.visitor(c.Iss)
	v.rawID, v.accessToken = raw, token.AccessToken
	return v, nil
}

// verify validates an ID token: with go-oidc, and what that leaves to the app.
func (p *provider) verify(ctx context.Context, raw, accessToken, nonce string) (*claims, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	if typ := header(raw, "typ"); typ != "" && !strings.EqualFold(typ, "JWT") {
		return nil, fmt.Errorf("a token of typ %q", typ)
	}
	conf := &oidc.Config{
		ClientID: p.id, SupportedSigningAlgs: []string{"RS256", "PS256", "ES256", "EdDSA"},
		SkipIssuerCheck: p.without.iss, SkipClientIDCheck: p.without.aud, SkipExpiryCheck: p.without.exp,
	}
	verifier := found.Verifier(conf)
	if p.keySet != nil {
		verifier = oidc.NewVerifier(p.issuer, p.keySet, conf)
	}
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, err
	}
	switch {
	case c.Nonce != nonce && !p.without.nonce:
		return nil, errNonce
	case (len(token.Audience) != 1 || c.Azp != nil && c.Azp != p.id) && !p.without.aud:
		return nil, errors.New("aud, azp: an ID token for others too")
	case strings.TrimSpace(c.Sub) == "" || len(c.Sub) > 255:
		return nil, errors.New("sub: nobody")
	case !p.without.iat && (c.Iat == nil || time.Until(time.Unix(*c.Iat, 0)) > time.Minute || time.Since(time.Unix(*c.Iat, 0)) > 24*time.Hour):
		return nil, errors.New("iat: an ID token of another day")
	case c.Events != nil:
		return nil, errors.New("a logout token is no ID token")
	}
	if token.AccessTokenHash != "" {
		return &c, token.VerifyAccessToken(accessToken)
	}
	return &c, nil
}

// userinfo returns what the provider says of the user of an access token.
func (p *provider) userinfo(ctx context.Context, token *oauth2.Token) (*claims, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	info, err := found.UserInfo(p.context(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	var c claims
	if err := info.Claims(&c); err != nil {
		return nil, err
	}
	if strings.TrimSpace(c.Sub) == "" {
		return nil, errors.New("userinfo: nobody")
	}
	return &c, nil
}

// header returns a member of a token's JOSE header.
func header(raw, name string) string {
	part, _, _ := strings.Cut(raw, ".")
	data, err := base64.RawURLEncoding.DecodeString(part)
	var h map[string]any
	if err != nil || json.Unmarshal(data, &h) != nil {
		return ""
	}
	s, _ := h[name].(string)
	return s
}
