package main

import (
	_ "embed"
	"html/template"
	"net/http"
)

// newSPA makes a single-page app: a public client in JavaScript, on no library, that
// keeps its tokens in memory only. A page that is loaded again has none, so that the
// page which shows the user is a fragment of the same page.
func newSPA(s *site) http.Handler {
	bugs := map[string]bool{
		"state": s.bug("any-state"),  // planted: state-wrong
		"nonce": s.bug("any-nonce"),  // planted: idt-nonce-wrong
		"html":  s.bug("inner-html"), // planted: err-description-xss
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/spa.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(spaScript)
		case "/", "/callback":
			h := w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", "default-src 'self'; connect-src 'self' "+s.provider.issuer+"; frame-ancestors 'none'; base-uri 'none'")
			_ = shell.Execute(w, map[string]any{"Issuer": s.provider.issuer, "ClientID": s.provider.id, "Callback": s.provider.redirect, "Bugs": bugs})
		default:
			http.NotFound(w, r)
		}
	})
}

//go:embed spa.js
var spaScript []byte

var shell = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title>
<main data-issuer="{{.Issuer}}" data-client="{{.ClientID}}" data-callback="{{.Callback}}" data-bugs="{{range $name, $has := .Bugs}}{{if $has}}{{$name}} {{end}}{{end}}">Loading</main><script type="module" src="/spa.js"></script></html>`))
