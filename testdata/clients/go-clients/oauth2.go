package main

import (
	"context"
	"encoding/json"
	"errors"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func plain() cases {
	ctx := context.Background()
	cfg := &oauth2.Config{
		ClientID: clientID, ClientSecret: clientSecret, RedirectURL: redirectURI, Scopes: []string{"openid", "email", "offline_access"},
		Endpoint: oauth2.Endpoint{AuthURL: issuer + "/authorize", TokenURL: issuer + "/token"},
	}
	token := func() (*oauth2.Token, error) {
		verifier := oauth2.GenerateVerifier()
		params, err := visit(cfg.AuthCodeURL("a-state", oauth2.S256ChallengeOption(verifier)))
		if err != nil {
			return nil, err
		}
		return cfg.Exchange(ctx, params.Get("code"), oauth2.VerifierOption(verifier))
	}
	who := func(t *oauth2.Token, err error) (string, error) {
		if err != nil {
			return "", err
		}
		response, err := cfg.Client(ctx, t).Get(issuer + "/userinfo")
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		var user struct{ Email string }
		err = json.NewDecoder(response.Body).Decode(&user)
		return "signed in as " + user.Email, err
	}
	signIn := func() (string, error) {
		t, err := token()
		return who(t, err)
	}
	return cases{
		"sign-in": signIn, "denial": signIn,
		"refresh": func() (string, error) {
			t, err := token()
			if err != nil {
				return "", err
			}
			renewed, err := cfg.TokenSource(ctx, &oauth2.Token{RefreshToken: t.RefreshToken}).Token()
			if err == nil && renewed.AccessToken == t.AccessToken {
				err = errors.New("the same access token")
			}
			return "refreshed", err
		},
		"token": func() (string, error) {
			own := clientcredentials.Config{ClientID: clientID, ClientSecret: clientSecret, TokenURL: issuer + "/token"}
			t, err := own.Token(ctx)
			if err != nil {
				return "", err
			}
			return "given " + t.Type(), nil
		},
	}
}
