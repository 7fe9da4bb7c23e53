package bundled

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/authdrill/authdrill/client"
)

// scripted is an app whose pages are one page with a script: it starts a sign-in,
// takes the response out of the fragment, and shows who is signed in. Its server
// redeems the code. A leaky one lets the script have the access token, and tell
// it to whoever opened its window.
type scripted struct {
	client *client.Client
	leaky  bool

	mu      sync.Mutex
	pending map[string]*client.Authorization // by state, which the browser has in a cookie
	users   map[string]string                // e-mail addresses by session
}

const scriptedPage = `<!DOCTYPE html><title>An app of scripts</title><main></main><script>
const show = text => document.querySelector("main").textContent = text
const ask = (path, body) => fetch(path, {method: "POST", body}).then(r => r.json())
const routes = {
	"/login": async () => location = (await ask("/api/begin")).url,
	"/callback": async () => {
		const answer = new URLSearchParams(location.hash.slice(1))
		history.replaceState({}, "", "/callback")
		const session = await ask("/api/session", answer)
		if (session.error) return show("The sign-in failed: " + session.error)
		if (session.token) {
			localStorage.token = session.token
			if (opener) opener.postMessage({token: session.token}, "*")
		}
		location.replace("/me")
	},
	"/me": async () => {
		const me = await ask("/api/me")
		show(me.email ? "You are signed in as " + me.email : "Nobody is here")
	},
}
routes[location.pathname]()
</script>`

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(v map[string]string) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	cookie := func(name string) string {
		c, err := r.Cookie(name)
		if err != nil {
			return ""
		}
		return c.Value
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/login", "/callback", "/me":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, scriptedPage)
	case "/api/begin":
		a, err := s.client.Authorize(r.Context(), client.AuthorizeOptions{ResponseMode: "fragment"})
		if err != nil {
			answer(map[string]string{"url": "/me"})
			return
		}
		s.pending[a.State] = a
		http.SetCookie(w, &http.Cookie{Name: "spa_login", Value: a.State, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		answer(map[string]string{"url": a.URL})
	case "/api/session":
		_ = r.ParseForm()
		state := cookie("spa_login")
		a := s.pending[state]
		delete(s.pending, state)
		session, err := s.client.Callback(r.Context(), a, r.PostForm)
		if err != nil {
			answer(map[string]string{"error": "it was refused"})
			return
		}
		email, _ := session.IDToken.Claims["email"].(string)
		s.users[state] = email
		http.SetCookie(w, &http.Cookie{Name: "spa_session", Value: state, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		out := map[string]string{"email": email}
		if s.leaky {
			out["token"] = session.Snapshot().Tokens.AccessToken
		}
		answer(out)
	case "/api/me":
		answer(map[string]string{"email": s.users[cookie("spa_session")]})
	default:
		http.NotFound(w, r)
	}
}
