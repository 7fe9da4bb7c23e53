// Package app is a web app on top of package client: it signs users in at any
// OpenID provider, keeps their sessions, refreshes their tokens, calls a protected
// resource and signs them out. Begin with [New], which makes an [App] of a
// [Config]; an App is an http.Handler.
package app

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

//go:embed html/*.tmpl static/app.css
var files embed.FS

// Config configures an App. Config.RedirectURL is required: it is where the
// App answers /callback, and says which host the App is.
type Config struct {
	client.Config
	// APIURL is the protected resource that the button "Call the API" calls; ""
	// leaves the button out.
	APIURL string
	// Title is the name of the app on its pages; default "Client app".
	Title string
	// AllowedHosts are further names the App may be reached by, without port,
	// beside that of RedirectURL and loopback addresses.
	AllowedHosts []string
	// SessionAge is how long somebody stays signed in. Default 8 h.
	SessionAge time.Duration
	// Admins are the accounts, as /whoami names them, that may see /admin.
	Admins []string
	// Second is a second provider, signed in at by /login?provider=second. Only
	// its Issuer, ClientID and ClientSecret are used.
	Second *client.Config
	// Authorize is what every authorization request asks for beside the rest.
	Authorize client.AuthorizeOptions
	// Log gets a line for each sign-in, sign-out and failure, without secrets; nil:
	// nobody reads it.
	Log io.Writer
	// LocalAccounts lets people register with an e-mail address and a password, at
	// /register, and sign in with them at /password.
	LocalAccounts bool
	// MaxSessions bounds how many sessions and pending logins are kept; the
	// oldest give way. Default 10,000.
	MaxSessions int
}

// App is a web app on a Client: an http.Handler with the pages /, /login,
// /callback, /refresh, /call, /logout, /signed-out and, as JSON, /whoami, /api,
// /admin and /healthz; /backchannel_logout takes logout tokens; with LocalAccounts
// there are /register and /password.
//
// What it does about its cookies: the session's is HttpOnly and SameSite=Lax,
// and gets a new value when somebody signs in. A pending login has a cookie of
// its own. With response_mode form_post the provider's page posts to /callback
// from another site, where a Lax cookie stays behind; the cookie of the pending
// login is then SameSite=None, which browsers take with Secure only, so form_post
// from another site needs https. On plain http, which is for loopback addresses,
// provider and app are of the same site, and Lax will do.
type App struct {
	cfg      Config
	client   *client.Client
	second   *client.Client // nil where there is one provider
	accounts accounts
	told     told // logout tokens that were taken
	mux      *http.ServeMux
	base     *url.URL // of RedirectURL, without its path
	visitors *shelf[*visitor]
	pending  *shelf[*login]
	answered *shelf[string] // browsers by the state of a sign-in that they have finished
	pages    *template.Template
	diary    diary
	locals   locals
	single   sync.Mutex // of an app with a bug
}

// New makes an App. It sends nothing yet.
func New(cfg Config) (*App, error) { return NewWith(cfg, client.New, nil) }

// NewWith makes an App on clients that newClient makes, with edits to its own
// checks and operations. It is not part of the API: package mutant builds its
// apps with it.
func NewWith(cfg Config, newClient func(client.Config) (*client.Client, error), edits func(*App) []check.Edit) (*App, error) {
	base, err := url.Parse(cfg.RedirectURL)
	if err != nil || base.Host == "" || base.Path != "/callback" || base.RawQuery != "" {
		return nil, fmt.Errorf("app: RedirectURL %q must be a URL with the path /callback, such as http://127.0.0.1:9401/callback", cfg.RedirectURL)
	}
	cfg.Random = lockRandom(cfg.Random)
	other := cfg.Config
	c, err := newClient(cfg.Config)
	if err != nil {
		return nil, err
	}
	cfg.Config = c.Config()
	cfg.Title = cmp.Or(cfg.Title, "Client app")
	cfg.SessionAge = cmp.Or(cfg.SessionAge, 8*time.Hour)
	cfg.MaxSessions = cmp.Or(cfg.MaxSessions, 10_000)
	if cfg.ResponseMode == "" && cfg.ResponseType != "code" {
		// A fragment never reaches a server; a form does.
		cfg.ResponseMode = "form_post"
	}
	var second *client.Client
	if cfg.Second != nil {
		other.Issuer, other.ClientID, other.ClientSecret = cfg.Second.Issuer, cfg.Second.ClientID, cfg.Second.ClientSecret
		if second, err = newClient(other); err != nil {
			return nil, err
		}
	}
	pages, err := template.New("").Funcs(template.FuncMap{"mark": mark}).ParseFS(files, "html/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("app: the pages are broken: %w", err)
	}
	a := &App{
		pages: pages,
		cfg:   cfg, client: c, second: second, mux: http.NewServeMux(), base: &url.URL{Scheme: base.Scheme, Host: base.Host},
		visitors: newShelf[*visitor](cfg.MaxSessions, cfg.SessionAge, cfg.Now),
	}
	a.answered = newShelf[string](cfg.MaxSessions, time.Minute, cfg.Now)
	a.diary = newDiary(cfg.Log, cfg.Now, c.HasBug)
	a.pending = newShelf[*login](cfg.MaxSessions, a.patience(), cfg.Now)
	a.mux.HandleFunc("GET /{$}", a.home)
	a.mux.HandleFunc("GET /login", a.login)
	a.mux.HandleFunc("GET /callback", a.callback)
	a.mux.HandleFunc("POST /callback", a.callback)
	a.mux.HandleFunc("POST /refresh", a.action(a.refresh))
	a.mux.HandleFunc("POST /call", a.action(a.call))
	a.mux.HandleFunc("POST /logout", a.action(a.logout))
	a.mux.HandleFunc("GET /signed-out", a.signedOut)
	a.mux.HandleFunc("GET /whoami", a.whoami)
	a.mux.HandleFunc("GET /api", a.api)
	a.mux.HandleFunc("GET /admin", a.admin)
	a.mux.HandleFunc("GET /healthz", a.health)
	a.mux.HandleFunc("POST /backchannel_logout", a.backchannelLogout)
	a.mux.HandleFunc("GET /static/app.css", a.stylesheet)
	if cfg.LocalAccounts {
		a.mux.HandleFunc("GET /register", a.form("Register", "/register"))
		a.mux.HandleFunc("POST /register", a.action(a.register))
		a.mux.HandleFunc("GET /password", a.form("Sign in with a password", "/password"))
		a.mux.HandleFunc("POST /password", a.action(a.passwordLogin))
	}
	var list []check.Edit
	if edits != nil {
		list = edits(a)
	}
	if err := check.NewEdits(list).Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// patience is how long a pending login is kept.
func (a *App) patience() time.Duration {
	if a.keeps() {
		return 24 * time.Hour
	}
	return a.cfg.LoginTimeout
}

// keeps reports whether a pending login outlives its answer and its time.
func (a *App) keeps() bool {
	return a.client.HasBug(client.PendingKept)
}

// ServeHTTP answers a request, if it is for this host: a page of a stranger whose
// name resolves to this machine is none of ours (DNS rebinding).
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.client.HasBug(client.OneAtATime) {
		a.single.Lock()
		defer a.single.Unlock()
	}
	h := w.Header()
	h.Set("Content-Security-Policy", a.policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !a.ours(r.Host) {
		http.Error(w, "This app does not go by that name. Add it to AllowedHosts if it should.", http.StatusMisdirectedRequest)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	a.mux.ServeHTTP(w, r)
}

// policy is the content security policy. form-action covers redirects too, and
// signing out ends at the provider.
func (a *App) policy() string {
	targets := "'self'"
	provider := a.cfg.Issuer
	if m := a.client.Metadata(); m != nil && m.EndSessionEndpoint != "" {
		provider = m.EndSessionEndpoint
	}
	if u, err := url.Parse(provider); err == nil {
		targets += " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + targets
}

func (a *App) ours(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() || host == "localhost" || host == a.base.Hostname() {
		return true
	}
	return slices.Contains(a.cfg.AllowedHosts, host)
}

// secure reports whether the App is reached by https.
func (a *App) secure() bool { return a.base.Scheme == "https" }

func (a *App) stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, files, "static/app.css")
}

// localPath is a path of this app to return to, "/" for anything else: not
// another site, however it is spelt.
func (a *App) localPath(s string) string {
	if a.client.HasBug(client.OpenRedirect) && s != "" {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	if path := u.RequestURI(); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return path
	}
	return "/"
}
