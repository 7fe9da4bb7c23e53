// Package app is a web app on top of package client: it signs users in at any
// OpenID provider, keeps their sessions, refreshes their tokens, calls a protected
// resource and signs them out. Begin with [New], which makes an [App] of a
// [Config]; an App is an http.Handler.
package app

import (
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

//go:embed html/*.tmpl static/app.css
var files embed.FS

// App is a web app on a client.Client. Its pages are /, /login, /callback,
// /refresh, /call, /logout and /signed-out; /whoami, /api, /admin and /healthz
// answer with JSON, and /backchannel_logout takes logout tokens. With
// LocalAccounts it has /register and /password.
//
// Its cookies: that of a session is HttpOnly and SameSite=Lax, and gets a new value
// when a user signs in. A pending login has a cookie of its own. With response_mode
// form_post the provider's page posts to /callback from another site, and browsers
// do not send a Lax cookie with it; the cookie of the pending login is then
// SameSite=None, which browsers take with Secure only, so form_post from another
// site needs https. On plain http, which is for loopback addresses, provider and
// app are of the same site, and Lax suffices.
type App struct {
	cfg    Config
	client *client.Client
	second *client.Client // nil with one provider
	base   *url.URL       // of RedirectURL, without its path
	pages  *template.Template
	log    eventLog

	visitors *timedMap[*visitor]
	pending  *timedMap[*login]
	answered *timedMap[string] // browsers, by the state of a sign-in that they have finished
	accounts accounts
	local    localAccounts

	// The seams: what Config or the strict App puts there, with the edits applied.
	account     func(*client.Session) string
	cookies     Cookies
	failurePage func(http.ResponseWriter, *http.Request, error)
	signedIn    func(http.ResponseWriter, *http.Request, *client.Session, string)
	handler     http.Handler
}

// New makes an App. It sends nothing yet: the provider may still be down.
func New(cfg Config) (*App, error) { return NewWith(cfg, client.New, nil) }

// NewWith makes an App on clients that newClient makes, with edits to its handler
// and its seams. It is not part of the API: package mutant builds its apps with it.
func NewWith(cfg Config, newClient func(client.Config) (*client.Client, error), edits func(c, second *client.Client) []check.Edit) (*App, error) {
	base, err := url.Parse(cfg.RedirectURL)
	if err != nil || base.Host == "" || base.Path != "/callback" || base.RawQuery != "" {
		return nil, fmt.Errorf("app: RedirectURL %q must be a URL with the path /callback, such as http://127.0.0.1:9401/callback", cfg.RedirectURL)
	}
	a := &App{base: &url.URL{Scheme: base.Scheme, Host: base.Host}}
	cfg.Random = lockRandom(cfg.Random)
	if err := a.connect(cfg, newClient); err != nil {
		return nil, err
	}
	if a.pages, err = template.New("").Funcs(template.FuncMap{"mark": mark}).ParseFS(files, "html/*.tmpl"); err != nil {
		return nil, fmt.Errorf("app: the pages cannot be parsed: %w", err)
	}
	a.accounts.issuer = a.cfg.Issuer
	a.log = newEventLog(a.cfg.Log, a.cfg.Now)
	a.visitors = newTimedMap[*visitor](a.cfg.MaxSessions, a.cfg.SessionAge, a.cfg.Now)
	a.pending = newTimedMap[*login](a.cfg.MaxSessions, a.cfg.LoginTimeout, a.cfg.Now)
	a.answered = newTimedMap[string](a.cfg.MaxSessions, time.Minute, a.cfg.Now)
	var list []check.Edit
	if edits != nil {
		list = edits(a.client, a.second)
	}
	if err := a.assemble(check.NewEdits(list)); err != nil {
		return nil, err
	}
	return a, nil
}

// connect makes the clients, one for each provider.
func (a *App) connect(cfg Config, newClient func(client.Config) (*client.Client, error)) (err error) {
	if a.client, err = newClient(cfg.Config); err != nil {
		return err
	}
	a.cfg = cfg.withDefaults(a.client.Config())
	if cfg.Second != nil {
		other := cfg.Config
		other.Issuer, other.ClientID, other.ClientSecret = cfg.Second.Issuer, cfg.Second.ClientID, cfg.Second.ClientSecret
		a.second, err = newClient(other)
	}
	return err
}

// assemble sets the seams and the handler.
func (a *App) assemble(e *check.Edits) error {
	a.account, a.failurePage, a.signedIn = a.cfg.Account, a.cfg.FailurePage, a.cfg.SignedIn
	if a.account == nil {
		a.account = a.accounts.accountOf
	}
	if a.failurePage == nil {
		a.failurePage = a.showFailure
	}
	if a.signedIn == nil {
		a.signedIn = redirectTo
	}
	a.account = check.Operation(e, "account", a.account)
	a.cookies = check.Operation(e, "cookies", a.cfg.Cookies.withDefaults(a))
	a.failurePage = check.Operation(e, "failure page", a.failurePage)
	a.signedIn = check.Operation(e, "signed in", a.signedIn)
	a.handler = check.Operation[http.Handler](e, "handler", a.forOurHost(a.routes()))
	return e.Err()
}

// routes returns the pages.
func (a *App) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.frontPage)
	mux.HandleFunc("GET /login", a.beginLogin)
	mux.HandleFunc("GET /callback", a.callback)
	mux.HandleFunc("POST /callback", a.callback)
	mux.HandleFunc("POST /refresh", a.action(a.refresh))
	mux.HandleFunc("POST /call", a.action(a.call))
	mux.HandleFunc("POST /logout", a.action(a.logout))
	mux.HandleFunc("GET /signed-out", a.signedOutPage)
	mux.HandleFunc("GET /whoami", a.whoami)
	mux.HandleFunc("GET /api", a.api)
	mux.HandleFunc("GET /admin", a.admin)
	mux.HandleFunc("GET /healthz", health)
	mux.HandleFunc("POST /backchannel_logout", a.backchannelLogout)
	mux.HandleFunc("GET /static/app.css", stylesheet)
	if a.cfg.LocalAccounts {
		mux.HandleFunc("GET /register", a.form("Register", "/register"))
		mux.HandleFunc("POST /register", a.action(a.register))
		mux.HandleFunc("GET /password", a.form("Sign in with a password", "/password"))
		mux.HandleFunc("POST /password", a.action(a.passwordLogin))
	}
	return mux
}

// forOurHost answers a request if it is for this host. A page of another site whose
// name resolves to this machine gets nothing (DNS rebinding).
func (a *App) forOurHost(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.isOurHost(r.Host) {
			http.Error(w, "This app does not go by that name. Add it to AllowedHosts if it should.", http.StatusMisdirectedRequest)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// ServeHTTP answers a request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", a.policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	a.handler.ServeHTTP(w, r)
}

// policy is the content security policy. form-action covers redirects too, and
// signing out ends at the provider.
func (a *App) policy() string {
	targets := "'self'"
	for _, c := range []*client.Client{a.client, a.second} {
		if c == nil {
			continue
		}
		cfg := c.Config()
		provider := cfg.Issuer
		if m := cfg.Metadata; m != nil && m.EndSessionEndpoint != "" {
			provider = m.EndSessionEndpoint
		}
		if u, err := url.Parse(provider); err == nil {
			targets += " " + u.Scheme + "://" + u.Host
		}
	}
	return "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + targets
}

func (a *App) isOurHost(hostport string) bool {
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

// isSecure reports whether the App is reached by https.
func (a *App) isSecure() bool { return a.base.Scheme == "https" }

func stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, files, "static/app.css")
}

// localPath returns a path of this app to return to: "/" for anything else, such as
// another site, however it is spelt.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	if path := u.RequestURI(); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return path
	}
	return "/"
}
