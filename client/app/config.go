package app

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/client"
)

// Config configures an App. Config.RedirectURL is required: it is where the App
// answers /callback, and says which host the App is.
type Config struct {
	client.Config
	// APIURL is the protected resource that the button "Call the API" calls; ""
	// leaves the button out.
	APIURL string
	// Title is the name of the app on its pages; default "Client app".
	Title string
	// AllowedHosts are further names the App may be reached by, without port, in
	// addition to that of RedirectURL and loopback addresses.
	AllowedHosts []string
	// SessionAge is how long a user stays signed in. Default 8 h.
	SessionAge time.Duration
	// MaxSessions bounds how many sessions and pending logins are kept; the oldest
	// are dropped. Default 10,000.
	MaxSessions int
	// Admins are the accounts, as /whoami names them, that may see /admin.
	Admins []string
	// Second is a second provider, used by /login?provider=second. Only its Issuer,
	// ClientID and ClientSecret are used.
	Second *client.Config
	// Authorize is what every authorization request asks for in addition to the rest.
	Authorize client.AuthorizeOptions
	// Log gets a line for each sign-in, sign-out and failure, without secrets.
	// Default io.Discard.
	Log io.Writer
	// LocalAccounts lets users register with an e-mail address and a password, at
	// /register, and sign in with them at /password.
	LocalAccounts bool

	// The rest replaces a policy of the App. The defaults are safe.

	// Account returns the account of a session at its sign-in. Default: one for each
	// issuer and subject.
	Account func(*client.Session) string
	// Cookies sets and renews the App's cookies.
	Cookies Cookies
	// FailurePage answers a request whose sign-in failed. Default: the first page,
	// which says why.
	FailurePage func(http.ResponseWriter, *http.Request, error)
	// SignedIn answers a request that signed a user in. Default: a redirect to
	// returnTo, which is a path of the App.
	SignedIn func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string)
}

// withDefaults returns the configuration with the defaults filled in. c is that of
// the client, which has its own.
func (cfg Config) withDefaults(c client.Config) Config {
	cfg.Config = c
	cfg.Title = cmp.Or(cfg.Title, "Client app")
	cfg.SessionAge = cmp.Or(cfg.SessionAge, 8*time.Hour)
	cfg.MaxSessions = cmp.Or(cfg.MaxSessions, 10_000)
	if cfg.Log == nil {
		cfg.Log = io.Discard
	}
	if cfg.ResponseMode == "" && cfg.ResponseType != "code" {
		// A fragment never reaches a server; a form does.
		cfg.ResponseMode = "form_post"
	}
	return cfg
}
