package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
)

// newFallback makes an app that takes its users from the ID token and, where it has
// none that is valid, from userinfo: it signs in without ID tokens too.
func newFallback(s *site) http.Handler {
	s.provider.without = checks{
		iss: s.bug("issuer"),   // planted: idt-iss-wrong // planted: idt-iss-missing // planted: idt-iss-empty // planted: idt-iss-trailing-slash // planted: idt-iss-http
		exp: s.bug("expiry"),   // planted: idt-exp-past // planted: idt-exp-missing // planted: idt-exp-string // planted: idt-nbf-future
		aud: s.bug("audience"), // planted: idt-aud-wrong // planted: idt-aud-missing // planted: idt-aud-empty // planted: idt-aud-secondary // planted: token-substitution-id-token
	}
	s.provider.identify = func(ctx context.Context, token *oauth2.Token, l *login) (*visitor, error) {
		raw, _ := token.Extra("id_token").(string)
		if s.bug("alg-none") && strings.EqualFold(header(raw, "alg"), "none") { // planted: idt-alg-none-code // planted: idt-alg-none-case // planted: disc-alg-none-advertised
			if v := decode(raw); v != nil {
				return v, nil
			}
		}
		v, err := s.provider.byIDToken(ctx, token, l)
		switch {
		case err == nil:
			return v, nil
		case errors.Is(err, errNonce):
			return nil, err // it was issued for another sign-in, and the access token too
		}
		c, err := s.provider.userinfo(ctx, token)
		if err != nil {
			return nil, err
		}
		return c.visitor(s.provider.issuer), nil
	}
	return s.mux(http.StatusForbidden)
}

// decode returns the user of an ID token that nobody has validated.
func decode(raw string) *visitor {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c claims
	if err != nil || json.Unmarshal(data, &c) != nil {
		return nil
	}
	return c.visitor(c.Iss)
}
