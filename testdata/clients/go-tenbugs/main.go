// The app of ../go-oidc with ten bugs, each marked with the id of the one entry
// of the catalogue that it must fail: authdrill attack finds these ten, and
// nothing else.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// visitor is a browser's session.
type visitor struct {
	mu       sync.Mutex
	provider *provider
	account  string
	iss, sub string
	sid      string // of the session at the provider
	email    string
	name     string
	csrf     string
	rawID    string
	token    *oauth2.Token
}

// pending is a sign-in that waits for its answer.
type pending struct {
	provider                       *provider
	browser, nonce, verifier, next string
	since                          time.Time
}

type app struct {
	base      string
	apiURL    string
	providers map[string]*provider

	mu       sync.Mutex
	visitors map[string]*visitor
	logins   map[string]*pending
	accounts map[string]string
	told     map[string]time.Time // logout tokens that were taken
}

func main() {
	base := "http://127.0.0.1:" + os.Getenv("PORT")
	a := &app{
		base: base, apiURL: os.Getenv("API_URL"), visitors: map[string]*visitor{}, logins: map[string]*pending{},
		accounts: map[string]string{}, told: map[string]time.Time{}, providers: map[string]*provider{},
	}
	for name, issuer := range map[string]string{"first": os.Getenv("OIDC_ISSUER"), "second": os.Getenv("OIDC_ISSUER_2")} {
		if issuer != "" {
			a.providers[name] = newProvider(issuer, os.Getenv("OIDC_CLIENT_ID"), os.Getenv("OIDC_CLIENT_SECRET"), base+"/callback")
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("GET /login", a.login)
	mux.HandleFunc("GET /callback", a.callback)
	mux.HandleFunc("POST /logout", a.logout)
	mux.HandleFunc("GET /signed-out", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "You are signed out.") })
	mux.HandleFunc("GET /me", a.me)
	mux.HandleFunc("GET /api", a.api)
	mux.HandleFunc("GET /admin", a.admin)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "well") })
	mux.HandleFunc("POST /backchannel_logout", a.backchannelLogout)
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadHeaderTimeout: 10 * time.Second, Handler: secure(mux)}
	log.Fatal(server.ListenAndServe())
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		next.ServeHTTP(w, r)
	})
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Example</title>
{{with .Text}}<p>{{.}}</p>{{end}}{{with .User}}<h1>Hello {{.}}</h1>
<form method="post" action="/logout"><input type="hidden" name="csrf" value="{{$.CSRF}}"><button>Sign out</button></form>
{{else}}<p><a href="/login">Sign in</a></p>{{end}}</html>`))

type view struct{ Text, User, CSRF string }

func say(w http.ResponseWriter, status int, text string) { show(w, status, view{Text: text}) }

func show(w http.ResponseWriter, status int, v view) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = page.Execute(w, v)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (a *app) visitor(r *http.Request) (*visitor, string) {
	c, err := r.Cookie("session")
	if err != nil {
		return nil, ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.visitors[c.Value], c.Value
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	if v == nil {
		show(w, 200, view{})
		return
	}
	show(w, 200, view{User: v.name, CSRF: v.csrf})
}

func (a *app) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	name := "first"
	if q.Get("provider") == "second" {
		name = "second"
	}
	p := a.providers[name]
	if p == nil || q.Get("iss") != "" && q.Get("iss") != p.issuer {
		say(w, 400, "That is not our provider.")
		return
	}
	conf, err := p.config(r.Context())
	if err != nil {
		log.Print(err)
		say(w, 424, "The provider cannot be reached. Try again.")
		return
	}
	browser := ""
	if c, err := r.Cookie("login"); err == nil && len(c.Value) == 26 {
		browser = c.Value
	} else {
		browser = rand.Text()
		cookie(w, "login", browser)
	}
	state := rand.Text()
	l := &pending{provider: p, browser: browser, nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), next: local(q.Get("next")), since: time.Now()}
	a.mu.Lock()
	for key, old := range a.logins {
		if time.Since(old.since) > 30*time.Minute || len(a.logins) > 10_000 {
			delete(a.logins, key)
		}
	}
	a.logins[state] = l
	a.mu.Unlock()
	if host := r.Header.Get("X-Forwarded-Host"); host != "" {
		conf.RedirectURL = "http://" + host + "/callback" // planted: redirect-uri-host-header
	}
	http.Redirect(w, r, conf.AuthCodeURL(state, oauth2.S256ChallengeOption(l.verifier), oauth2.SetAuthURLParam("nonce", l.nonce)), http.StatusSeeOther)
}

func cookie(w http.ResponseWriter, name, value string) {
	// planted: session-cookie-flags
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", SameSite: http.SameSiteLaxMode, MaxAge: 8 * 3600})
}

// local lets a path of this app through, and nothing else.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || // planted: open-redirect-return-to
		!strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	v, next, err := a.signIn(r)
	if err != nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(403)
		fmt.Fprint(w, "<p>"+r.URL.Query().Get("error_description")+"</p>") // planted: err-description-xss
		return
	}
	_, old := a.visitor(r)
	id := rand.Text()
	a.mu.Lock()
	delete(a.visitors, old)
	a.visitors[id] = v
	a.mu.Unlock()
	cookie(w, "session", id)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// signIn takes the authorization response.
func (a *app) signIn(r *http.Request) (*visitor, string, error) {
	q := r.URL.Query()
	for name, values := range q {
		if len(values) > 1 {
			return nil, "", fmt.Errorf("several %s", name)
		}
	}
	c, err := r.Cookie("login")
	if err != nil {
		return nil, "", errors.New("a browser that began nothing")
	}
	a.mu.Lock()
	l := a.logins[q.Get("state")]
	if l != nil && l.browser == c.Value {
		delete(a.logins, q.Get("state"))
	}
	a.mu.Unlock()
	switch {
	case l == nil || l.browser != c.Value || time.Since(l.since) > 30*time.Minute:
		return nil, "", errors.New("state: no sign-in of this browser is pending")
	case q.Get("iss") != l.provider.issuer && q.Has("iss"): // planted: iss-missing
		return nil, "", errors.New("iss: an answer of another provider")
	case q.Has("error"):
		return nil, "", fmt.Errorf("the provider answers %q", q.Get("error"))
	case q.Get("code") == "":
		return nil, "", errors.New("no code")
	}
	v, err := l.provider.redeem(r.Context(), q.Get("code"), l)
	if err != nil {
		return nil, "", err
	}
	v.account = a.account(v)
	v.csrf = rand.Text()
	return v, l.next, nil
}

// account is known by iss and sub alone.
func (a *app) account(v *visitor) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := v.iss + " " + v.sub
	if a.accounts[key] == "" {
		a.accounts[key] = fmt.Sprintf("account-%d", len(a.accounts)+1)
	}
	return a.accounts[key]
}

func (a *app) me(w http.ResponseWriter, r *http.Request) {
	v, _ := a.visitor(r)
	if v == nil {
		answer(w, 401, map[string]any{"signed_in": false})
		return
	}
	answer(w, 200, map[string]any{"signed_in": true, "account": v.account, "iss": v.iss, "sub": v.sub, "email": v.email, "name": v.name})
}

func (a *app) admin(w http.ResponseWriter, r *http.Request) {
	if v, _ := a.visitor(r); v == nil {
		answer(w, 401, map[string]any{"error": "nobody is signed in"})
		return
	}
	answer(w, 403, map[string]any{"error": "this page is for administrators, and nobody is one"})
}

func (a *app) api(w http.ResponseWriter, r *http.Request) {
	v, id := a.visitor(r)
	if v == nil {
		answer(w, 401, map[string]any{"error": "nobody is signed in"})
		return
	}
	status, err := v.call(r.Context(), a.apiURL)
	if errors.Is(err, errEnded) {
		a.mu.Lock()
		delete(a.visitors, id)
		a.mu.Unlock()
		answer(w, 401, map[string]any{"error": "the provider has ended the session"})
		return
	}
	if err != nil {
		log.Print(err)
		answer(w, 424, map[string]any{"error": "the API cannot be reached"})
		return
	}
	answer(w, status, map[string]any{"status": status})
}

func (a *app) logout(w http.ResponseWriter, r *http.Request) {
	v, id := a.visitor(r)
	if v == nil || r.PostFormValue("csrf") != v.csrf {
		say(w, 403, "Press the button on the first page.")
		return
	}
	a.mu.Lock()
	delete(a.visitors, id)
	a.mu.Unlock()
	cookie(w, "session", "")
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	http.Redirect(w, r, v.provider.endSession(ctx, v, a.base+"/signed-out"), http.StatusSeeOther)
}

func (a *app) backchannelLogout(w http.ResponseWriter, r *http.Request) {
	sub, sid, jti, err := a.providers["first"].logoutToken(r.Context(), r.PostFormValue("logout_token"))
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, again := a.told[jti]; err == nil && again {
		err = errors.New("that token was taken before")
	}
	if err != nil {
		answer(w, 400, map[string]any{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	for old, at := range a.told {
		if time.Since(at) > time.Hour {
			delete(a.told, old)
		}
	}
	a.told[jti] = time.Now()
	for id, v := range a.visitors {
		if (sub == "" || v.sub == sub) && (sid == "" || v.sid == sid) && v.iss == a.providers["first"].issuer {
			delete(a.visitors, id)
		}
	}
	w.WriteHeader(200)
}
