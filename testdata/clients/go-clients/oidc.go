package main

import (
	"context"
	"errors"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	capoidc "github.com/hashicorp/cap/oidc"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

func scopes() []string { return []string{"openid", "email", "offline_access"} }

// verified signs in with coreos/go-oidc.
func verified() cases {
	ctx := context.Background()
	signIn := func(tell func(*gooidc.Provider, *gooidc.IDToken, *oauth2.Token) (string, error)) func() (string, error) {
		return func() (string, error) {
			provider, err := gooidc.NewProvider(ctx, issuer)
			if err != nil {
				return "", err
			}
			cfg := &oauth2.Config{ClientID: clientID, ClientSecret: clientSecret, RedirectURL: redirectURI, Scopes: scopes(), Endpoint: provider.Endpoint()}
			params, err := visit(cfg.AuthCodeURL("a-state", gooidc.Nonce("n-1")))
			if err != nil {
				return "", err
			}
			token, err := cfg.Exchange(ctx, params.Get("code"))
			if err != nil {
				return "", err
			}
			raw, _ := token.Extra("id_token").(string)
			verified, err := provider.Verifier(&gooidc.Config{ClientID: clientID}).Verify(ctx, raw)
			if err != nil {
				return "", err
			}
			if verified.Nonce != "n-1" {
				return "", errors.New("another nonce")
			}
			return tell(provider, verified, token)
		}
	}
	byToken := signIn(func(_ *gooidc.Provider, id *gooidc.IDToken, _ *oauth2.Token) (string, error) {
		var claims struct{ Email string }
		err := id.Claims(&claims)
		return "signed in as " + claims.Email, err
	})
	return cases{
		"sign-in": byToken, "denial": byToken, "tampered": byToken,
		"userinfo": signIn(func(p *gooidc.Provider, _ *gooidc.IDToken, t *oauth2.Token) (string, error) {
			info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(t))
			if err != nil {
				return "", err
			}
			return "signed in as " + info.Email, nil
		}),
	}
}

// relying signs in with zitadel/oidc.
func relying() cases {
	ctx := context.Background()
	signIn := func(tell func(rp.RelyingParty, *oidc.Tokens[*oidc.IDTokenClaims]) (string, error)) func() (string, error) {
		return func() (string, error) {
			party, err := rp.NewRelyingPartyOIDC(ctx, issuer, clientID, clientSecret, redirectURI, scopes())
			if err != nil {
				return "", err
			}
			verifier := oauth2.GenerateVerifier()
			params, err := visit(rp.AuthURL("a-state", party, rp.WithCodeChallenge(oidc.NewSHACodeChallenge(verifier))))
			if err != nil {
				return "", err
			}
			tokens, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, params.Get("code"), party, rp.WithCodeVerifier(verifier))
			if err != nil {
				return "", err
			}
			return tell(party, tokens)
		}
	}
	byToken := signIn(func(_ rp.RelyingParty, t *oidc.Tokens[*oidc.IDTokenClaims]) (string, error) {
		return "signed in as " + t.IDTokenClaims.Email, nil
	})
	return cases{
		"sign-in": byToken, "denial": byToken, "tampered": byToken,
		"userinfo": signIn(func(party rp.RelyingParty, t *oidc.Tokens[*oidc.IDTokenClaims]) (string, error) {
			info, err := rp.Userinfo[*oidc.UserInfo](ctx, t.AccessToken, t.TokenType, t.IDTokenClaims.Subject, party)
			if err != nil {
				return "", err
			}
			return "signed in as " + info.Email, nil
		}),
		"refresh": signIn(func(party rp.RelyingParty, t *oidc.Tokens[*oidc.IDTokenClaims]) (string, error) {
			renewed, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, t.RefreshToken, "", "")
			if err == nil && renewed.AccessToken == t.AccessToken {
				err = errors.New("the same access token")
			}
			return "refreshed", err
		}),
		"sign-out": signIn(func(party rp.RelyingParty, t *oidc.Tokens[*oidc.IDTokenClaims]) (string, error) {
			if err := rp.RevokeToken(ctx, party, t.RefreshToken, "refresh_token"); err != nil {
				return "", err
			}
			_, err := rp.EndSession(ctx, party, t.IDToken, "http://localhost:8123/", "s-1", "", nil)
			return "signed out", err
		}),
	}
}

// capable signs in with hashicorp/cap.
func capable() cases {
	ctx := context.Background()
	signIn := func(tell func(*capoidc.Provider, *capoidc.Tk) (string, error)) func() (string, error) {
		return func() (string, error) {
			cfg, err := capoidc.NewConfig(issuer, clientID, capoidc.ClientSecret(clientSecret), []capoidc.Alg{capoidc.RS256}, []string{redirectURI})
			if err != nil {
				return "", err
			}
			provider, err := capoidc.NewProvider(cfg)
			if err != nil {
				return "", err
			}
			defer provider.Done()
			request, err := capoidc.NewRequest(time.Minute, redirectURI, capoidc.WithScopes("email"))
			if err != nil {
				return "", err
			}
			address, err := provider.AuthURL(ctx, request)
			if err != nil {
				return "", err
			}
			params, err := visit(address)
			if err != nil {
				return "", err
			}
			token, err := provider.Exchange(ctx, request, params.Get("state"), params.Get("code"))
			if err != nil {
				return "", err
			}
			return tell(provider, token)
		}
	}
	byToken := signIn(func(_ *capoidc.Provider, t *capoidc.Tk) (string, error) {
		var claims struct{ Email string }
		err := t.IDToken().Claims(&claims)
		return "signed in as " + claims.Email, err
	})
	return cases{
		"sign-in": byToken, "denial": byToken, "tampered": byToken,
		"userinfo": signIn(func(p *capoidc.Provider, t *capoidc.Tk) (string, error) {
			var id struct{ Sub string }
			if err := t.IDToken().Claims(&id); err != nil {
				return "", err
			}
			var info struct{ Email string }
			err := p.UserInfo(ctx, t.StaticTokenSource(), id.Sub, &info)
			return "signed in as " + info.Email, err
		}),
	}
}

// resource checks access tokens with golang-jwt and keyfunc.
func resource() cases {
	return cases{"verify": func() (string, error) {
		keys, err := keyfunc.NewDefault([]string{issuer + "/jwks"})
		if err != nil {
			return "", err
		}
		token, err := jwt.Parse(accessToken, keys.Keyfunc, jwt.WithIssuer(issuer), jwt.WithExpirationRequired())
		if err != nil {
			return "", err
		}
		subject, err := token.Claims.GetSubject()
		return "given by " + subject, err
	}}
}
