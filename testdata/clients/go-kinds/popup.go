package main

import (
	"html/template"
	"net/http"
)

// newPopup makes an app whose page opens the sign-in in a pop-up. The callback tells
// the page that opened it, which must be of this app, and closes the pop-up. It needs a
// browser that runs scripts.
func newPopup(s *site) http.Handler {
	app := http.NewServeMux()
	app.Handle("/", s.mux(http.StatusForbidden))
	app.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = opener.Execute(w, s.visitor(r))
	})
	app.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		v, _, err := s.finish(r)
		if err != nil {
			refuse(w, http.StatusForbidden, err)
			return
		}
		s.open(w, r, v)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		message, target := "signed in", s.base
		if s.bug("message-for-all") {
			message, target = v.accessToken, "*" // planted: postmessage-wildcard
		}
		kept := ""
		if s.bug("token-in-storage") {
			kept = v.accessToken // planted: tokens-in-web-storage
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
		_ = told.Execute(w, map[string]any{"Message": message, "Target": target, "Kept": kept, "Stays": s.bug("stays-at-callback")}) // planted: code-in-history
	})
	app.HandleFunc("GET /popup.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(openerScript))
	})
	return app
}

var opener = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title>
{{if .}}<h1>Signed in as {{.Name}} ({{.Email}})</h1>
<form method="post" action="/logout"><input type="hidden" name="csrf" value="{{.CSRF}}"><button>Sign out</button></form>
{{else}}<p>Not signed in.</p><button id="sign-in">Sign in</button>{{end}}<script src="/popup.js"></script></html>`))

const openerScript = `
document.getElementById("sign-in")?.addEventListener("click", () => open("/login", "sign-in", "popup"))
addEventListener("message", e => { if (e.origin === location.origin) location.reload() })
`

var told = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Signed in</title><p>You are signed in.</p><script>
{{with .Kept}}localStorage.setItem("token", {{.}}){{end}}
if (window.opener) {
	opener.postMessage({{.Message}}, {{.Target}})
	history.replaceState(null, "", "/")
} else if (!{{.Stays}}) location.replace("/")
</script></html>`))
