package main

import (
	"fmt"
	"net/http"
)

// newPages200 makes an app whose pages all have the status 200, also those that say
// that something failed, and that no user is signed in.
func newPages200(s *site) http.Handler {
	s.provider.without = checks{
		nonce: s.bug("nonce"), // planted: idt-nonce-wrong // planted: idt-nonce-missing // planted: code-injection-no-pkce-nonce
	}
	mux := s.mux(http.StatusOK)
	mux.HandleFunc("GET /account", func(w http.ResponseWriter, r *http.Request) { show(w, 200, view{User: s.visitor(r)}) })
	app := http.NewServeMux()
	app.Handle("/", mux)
	app.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		v, l, err := s.finish(r)
		switch text := r.URL.Query().Get("error_description"); {
		case err == nil && s.bug("stays-at-callback"):
			s.open(w, r, v)
			show(w, 200, view{User: v}) // planted: code-in-history // planted: covert-redirect-proxy
		case err == nil:
			s.open(w, r, v)
			http.Redirect(w, r, l.Next, http.StatusSeeOther)
		case text != "" && s.bug("html-of-provider"):
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<p>%s</p>", text) // planted: err-description-xss
		case s.bug("talkative"):
			conf, _ := s.provider.config(r.Context())
			show(w, 200, view{Text: fmt.Sprintf("%v (code %s, client %v)", err, r.URL.Query().Get("code"), conf)}) // planted: secret-in-error-page // planted: tok-invalid-client
		default:
			refuse(w, 200, err)
		}
	})
	return app
}
