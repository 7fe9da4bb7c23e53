// Command app signs in with the settings that stand in it.
package main

import (
	"context"
	"fmt"
	"html"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	ctx := context.Background()
	// SETTINGS

	// One visitor is all it has.
	state, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	http.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), http.StatusFound)
	})
	http.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("state") != state {
			http.Error(w, "another state", http.StatusBadRequest)
			return
		}
		email, err := signedIn(r.Context(), provider, &config, r.FormValue("code"), verifier)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintf(w, "<p>Signed in as: %s", html.EscapeString(email))
	})

	// The settings name the address, so whoever wrote them had it listen already.
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("Running on http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

// signedIn redeems a code, and tells whose it is.
func signedIn(ctx context.Context, provider *oidc.Provider, config *oauth2.Config, code, verifier string) (string, error) {
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", err
	}
	raw, _ := token.Extra("id_token").(string) // without one, there is nothing to verify
	id, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return "", err
	}
	if info.Subject != id.Subject {
		return "", fmt.Errorf("userinfo is of %s, the ID token of %s", info.Subject, id.Subject)
	}
	return info.Email, nil
}
