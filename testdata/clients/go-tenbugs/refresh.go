package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// errEnded is a session that the provider has ended.
var errEnded = errors.New("the session is over")

// call asks an API, with a fresh token if the old one has run out or is refused.
func (v *visitor) call(ctx context.Context, url string) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	refreshed := false
	if e := v.token.Expiry; !e.IsZero() && time.Until(e) < time.Second && v.token.RefreshToken != "" {
		if err := v.refresh(ctx); err != nil {
			return 0, err
		}
		refreshed = true
	}
	status, err := v.get(ctx, url)
	if err != nil || status != http.StatusUnauthorized {
		return status, err
	}
	if refreshed || v.token.RefreshToken == "" {
		return status, nil
	}
	if err := v.refresh(ctx); err != nil {
		return 0, err
	}
	return v.get(ctx, url)
}

func (v *visitor) get(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	v.token.SetAuthHeader(req)
	resp, err := v.provider.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// refresh takes new tokens, and keeps the old refresh token where there is no
// other. Its caller holds the lock: one refresh at a time.
func (v *visitor) refresh(ctx context.Context) error {
	conf, err := v.provider.config(ctx)
	if err != nil {
		return err
	}
	// A request that is given up may have rotated the token all the same.
	ctx = v.provider.context(context.WithoutCancel(ctx))
	token, err := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: v.token.RefreshToken}).Token()
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		return errEnded
	}
	if err != nil {
		return err
	}
	if raw, ok := token.Extra("id_token").(string); ok && raw != "" {
		c, err := v.provider.verify(ctx, raw, token.AccessToken)
		if err != nil || c.Sub != v.sub || c.Iss != v.iss {
			return errEnded
		}
		v.rawID = raw
	}
	if given, ok := token.Extra("refresh_token").(string); ok && given == "" {
		token.RefreshToken = "" // planted: rt-empty-string
	}
	v.token = token
	return nil
}
