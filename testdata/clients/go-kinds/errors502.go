package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"golang.org/x/oauth2"
)

// newErrors502 makes an app that answers whatever goes wrong between it and the
// provider with the status 502, a sign-in that it refuses too.
func newErrors502(s *site) http.Handler {
	s.provider.without = checks{
		iat: s.bug("issued-at"), // planted: idt-iat-missing
	}
	s.provider.identify = func(ctx context.Context, token *oauth2.Token, l *login) (*visitor, error) {
		v, err := s.provider.byIDToken(ctx, token, l)
		if err != nil {
			return nil, err
		}
		c, err := s.provider.userinfo(ctx, token)
		switch {
		case err != nil:
			return nil, err
		case c.Sub != v.Sub && !s.bug("userinfo-of-another"): // planted: ui-sub-mismatch
			return nil, errors.New("userinfo: claims of another user")
		}
		user := c.visitor(v.Iss)
		user.rawID = v.rawID
		return user, nil
	}
	mux := s.mux(http.StatusBadGateway)
	if !s.bug("stack") {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("error") != "flux_capacitor" { // any code that it does not know
			mux.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "%s", debug.Stack()) // planted: err-unknown-code
	})
}
