package main

import (
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

// newRetry makes an app that leaves it to golang.org/x/oauth2 how the client
// authenticates: until one way has worked, the library tries the other after any
// failure, so that a token request which fails is sent twice.
func newRetry(s *site) http.Handler {
	s.provider.style = oauth2.AuthStyleAutoDetect
	if s.bug("follows-redirects") {
		s.provider.http.CheckRedirect = nil // planted: tok-redirect-307 // planted: http-downgrade
	}
	s.provider.without.freshVerifier = s.bug("one-verifier") // planted: pkce-verifier-reused
	mux := s.mux(http.StatusForbidden)
	app := http.NewServeMux()
	app.Handle("/", mux)
	app.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		with := url.Values{}
		if host := r.Header.Get("X-Forwarded-Host"); host != "" && s.bug("forwarded-host") {
			with.Set("redirect_uri", "http://"+host+"/callback") // planted: redirect-uri-host-header
		}
		mux.ServeHTTP(&authorizeWith{w, with}, r)
	})
	return app
}

// authorizeWith changes parameters of the authorization request that a page redirects to.
type authorizeWith struct {
	http.ResponseWriter
	params url.Values
}

func (a *authorizeWith) WriteHeader(status int) {
	if to, err := url.Parse(a.Header().Get("Location")); err == nil && len(a.params) > 0 {
		q := to.Query()
		for name := range a.params {
			q.Set(name, a.params.Get(name))
		}
		to.RawQuery = q.Encode()
		a.Header().Set("Location", to.String())
	}
	a.ResponseWriter.WriteHeader(status)
}
