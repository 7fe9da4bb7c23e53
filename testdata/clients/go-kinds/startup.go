package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// newStartup makes an app that fetches the metadata when it starts, and does not start
// with metadata that cannot be true. A provider that does not answer is asked again at
// the first sign-in.
func newStartup(s *site) http.Handler {
	s.provider.without = checks{
		metadataIssuer: s.bug("any-issuer"), // planted: disc-issuer-mismatch // planted: malicious-endpoints
		metadataTLS:    s.bug("any-scheme"), // planted: disc-http-endpoints
	}
	s.provider.identify = func(ctx context.Context, token *oauth2.Token, l *login) (*visitor, error) {
		raw, _ := token.Extra("id_token").(string)
		if s.bug("algorithms-of-metadata") && strings.EqualFold(header(raw, "alg"), "none") && s.provider.advertises(ctx, "none") {
			if v := decode(raw); v != nil {
				return v, nil // planted: disc-alg-none-advertised
			}
		}
		return s.provider.byIDToken(ctx, token, l)
	}
	_, err := s.provider.discover(context.Background())
	var unreachable net.Error
	switch {
	case err == nil:
	case errors.As(err, &unreachable), strings.HasPrefix(err.Error(), "5"): // go-oidc's error begins with the status
		log.Print("the provider cannot be reached: ", err)
		if s.bug("needs-provider") {
			log.Fatal("giving up") // planted: disc-down-at-boot // planted: disc-404-500-html
		}
	default:
		log.Fatal(err)
	}
	return s.mux(http.StatusForbidden)
}

// advertises reports whether the metadata name an algorithm for ID tokens.
func (p *provider) advertises(ctx context.Context, alg string) bool {
	found, err := p.discover(ctx)
	var meta struct {
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	return err == nil && found.Claims(&meta) == nil && slices.Contains(meta.Algorithms, alg)
}
