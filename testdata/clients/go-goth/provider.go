package main

import (
	"errors"
	"os"
	"time"

	"github.com/markbates/goth"
	"github.com/markbates/goth/providers/apple"
	"github.com/markbates/goth/providers/auth0"
	"github.com/markbates/goth/providers/azureadv2"
	"github.com/markbates/goth/providers/cognito"
	"github.com/markbates/goth/providers/discord"
	"github.com/markbates/goth/providers/facebook"
	"github.com/markbates/goth/providers/github"
	"github.com/markbates/goth/providers/gitlab"
	"github.com/markbates/goth/providers/google"
	"github.com/markbates/goth/providers/linkedin"
	"github.com/markbates/goth/providers/okta"
	"github.com/markbates/goth/providers/openidConnect"
	"github.com/markbates/goth/providers/slack"
	"github.com/markbates/goth/providers/spotify"
)

// client is the app at its provider.
type client struct{ id, secret, callback string }

// providers are goth's, by how the variables of their clients begin.
func providers() map[string]func(client) (goth.Provider, error) {
	return map[string]func(client) (goth.Provider, error){
		"APPLE": signInWithApple,
		"AUTH0": func(c client) (goth.Provider, error) {
			return auth0.New(c.id, c.secret, c.callback, os.Getenv("AUTH0_DOMAIN"), "openid", "profile", "email", "offline_access"), nil
		},
		"COGNITO": func(c client) (goth.Provider, error) {
			return cognito.New(c.id, c.secret, os.Getenv("COGNITO_DOMAIN"), c.callback, "openid", "profile", "email"), nil
		},
		"DISCORD": func(c client) (goth.Provider, error) {
			return discord.New(c.id, c.secret, c.callback, discord.ScopeIdentify, discord.ScopeEmail), nil
		},
		"FACEBOOK": func(c client) (goth.Provider, error) {
			return facebook.New(c.id, c.secret, c.callback), nil
		},
		"GITHUB": func(c client) (goth.Provider, error) {
			return github.New(c.id, c.secret, c.callback, "user:email"), nil
		},
		"GITLAB": func(c client) (goth.Provider, error) {
			return gitlab.New(c.id, c.secret, c.callback, "read_user"), nil
		},
		"GOOGLE": func(c client) (goth.Provider, error) {
			return google.New(c.id, c.secret, c.callback, "openid", "email", "profile"), nil
		},
		"KEYCLOAK": func(c client) (goth.Provider, error) {
			return openidConnect.New(c.id, c.secret, c.callback, os.Getenv("KEYCLOAK_REALM")+"/.well-known/openid-configuration", "profile", "email")
		},
		"LINKEDIN": func(c client) (goth.Provider, error) {
			return linkedin.New(c.id, c.secret, c.callback), nil
		},
		"MICROSOFT": func(c client) (goth.Provider, error) {
			scopes := []azureadv2.ScopeType{azureadv2.OpenIDScope, azureadv2.ProfileScope, azureadv2.EmailScope, azureadv2.UserReadScope, azureadv2.OfflineAccessScope}
			return azureadv2.New(c.id, c.secret, c.callback, azureadv2.ProviderOptions{Scopes: scopes}), nil
		},
		"OKTA": func(c client) (goth.Provider, error) {
			return okta.New(c.id, c.secret, os.Getenv("OKTA_ORG"), c.callback, "openid", "profile", "email", "offline_access"), nil
		},
		"SLACK": func(c client) (goth.Provider, error) {
			return slack.New(c.id, c.secret, c.callback, slack.ScopeUserRead, "users:read.email"), nil
		},
		"SPOTIFY": func(c client) (goth.Provider, error) {
			return spotify.New(c.id, c.secret, c.callback), nil
		},
	}
}

func chosen(callback string) (goth.Provider, error) {
	for name, provider := range providers() {
		if id := os.Getenv(name + "_CLIENT_ID"); id != "" {
			return provider(client{id, os.Getenv(name + "_CLIENT_SECRET"), callback})
		}
	}
	return nil, errors.New("no <PROVIDER>_CLIENT_ID is set")
}

// signInWithApple makes the secret of the private key that Apple gave the team.
func signInWithApple(c client) (goth.Provider, error) {
	now := time.Now()
	secret, err := apple.MakeSecret(apple.SecretParams{
		PKCS8PrivateKey: c.secret, TeamId: os.Getenv("APPLE_TEAM_ID"), KeyId: os.Getenv("APPLE_KEY_ID"), ClientId: c.id,
		Iat: int(now.Unix()), Exp: int(now.Add(30 * 24 * time.Hour).Unix()),
	})
	if err != nil {
		return nil, err
	}
	return apple.New(c.id, *secret, c.callback, nil, apple.ScopeName, apple.ScopeEmail), nil
}
