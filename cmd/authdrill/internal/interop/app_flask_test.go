package interop

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// flaskApps are apps on Flask, each with a library and a provider.
func flaskApps() []webApp {
	return []webApp{flaskOAuthlib(), flaskAuthlibGoogle(), flaskGitHub(), flaskFacebook()}
}

func flaskOAuthlib() webApp {
	f := webApp{
		library: "Flask-OAuthlib", folder: "flask-oauthlib", persona: "google", callback: "/login/authorized",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		urls:  map[string]string{"GOOGLE_BASE_URL": "/oauth2/v1/", "GOOGLE_ACCESS_TOKEN_URL": "/o/oauth2/token", "GOOGLE_AUTHORIZE_URL": "/o/oauth2/auth"},
		tests: google(),
	}
	f.tests[denial] = declined("Access denied: reason=None error=access_denied")
	return f
}

func flaskAuthlibGoogle() webApp {
	f := flaskOAuthlib()
	f.library, f.folder, f.urls = "authlib", "flask-authlib-google", map[string]string{"GOOGLE_METADATA_URL": "/.well-known/openid-configuration"}
	f.tests[denial] = declined("Access denied: reason= error=access_denied")
	return f
}

func flaskGitHub() webApp {
	return webApp{
		library: "requests-oauthlib", folder: "flask-github", persona: "github", callback: "/login/authorized",
		id: "Iv1.0123456789abcdef", secret: "0123456789abcdef0123456789abcdef01234567",
		urls: map[string]string{"GITHUB_AUTHORIZE_URL": "/login/oauth/authorize", "GITHUB_ACCESS_TOKEN_URL": "/login/oauth/access_token", "GITHUB_API_URL": ""},
		tests: map[string]func(*guest){
			signIn:                                 signedIn,
			denial:                                 declined("Access denied: reason=The user has denied your application access. error=access_denied"),
			signIn + ": its token does not expire": lasting(400 * day),
			withdrawn:                              revoked("Bad credentials"),
		},
	}
}

func flaskFacebook() webApp {
	return webApp{
		library: "requests-oauthlib", folder: "flask-facebook", persona: "facebook", callback: "/login/authorized",
		id: "1234567890123456", secret: "0123456789abcdef0123456789abcdef",
		urls: map[string]string{"FACEBOOK_AUTHORIZE_URL": "/v22.0/dialog/oauth", "FACEBOOK_ACCESS_TOKEN_URL": "/v22.0/oauth/access_token", "FACEBOOK_GRAPH_URL": "/v22.0"},
		tests: map[string]func(*guest){
			signIn:  signedIn,
			denial:  declined("Access denied: reason=user_denied error=Permissions error"),
			expired: lapsed(61*day, "Error validating access token: Session has expired."),
			expired + ": by its own clock": func(g *guest) {
				g.expired()
				g.signIn("/login", true)
				g.sees("Please sign in again: the access token has expired")
			},
			signIn + ": without the address that was unticked": func(g *guest) {
				g.signIn("/login", true, []string{}...) // none at all
				g.sees("Signed in as: Alice")
			},
			withdrawn: revoked("Error validating access token: The user has not authorized application."),
		},
	}
}

const day = 24 * time.Hour

// google is what an app does that asks Google for offline access where its user
// wants to stay.
func google() map[string]func(*guest) {
	return map[string]func(*guest){
		signIn:  signedIn,
		expired: lapsed(61*time.Minute, "the access token has expired"),
		refresh + ": at Google": func(g *guest) {
			g.signIn("/login?stay=1", true)
			for n := range 2 {
				g.op.Clock().Advance(61 * time.Minute)
				g.open("/")
				g.sees("alice@example.com")
				if got := g.refreshed(); got != n+1 {
					g.t.Errorf("%d refreshes, want %d", got, n+1)
				}
			}
		},
		refresh + ": by its own clock": func(g *guest) {
			g.expired()
			g.signIn("/login?stay=1", true)
			g.sees("alice@example.com")
			if got := g.refreshed(); got != 1 {
				g.t.Errorf("%d refreshes, want 1", got)
			}
		},
		withdrawn: func(g *guest) {
			g.signIn("/login?stay=1", true)
			g.op.RevokeGrant("alice", g.app.id)
			g.open("/")
			g.sees("Please sign in again: Token has been expired or revoked.")
		},
	}
}

func signedIn(g *guest) {
	g.signIn("/login", true)
	g.sees("alice@example.com")
	g.open("/logout")
	g.sees("Sign in")
}

func declined(tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", false)
		g.sees(tells)
	}
}

func revoked(tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.op.RevokeGrant("alice", g.app.id)
		g.open("/")
		g.sees("Please sign in again: " + tells)
	}
}

// Over TLS the app trusts the test's authority as it would trust a company's: by
// the environment. What it asks of oauthlib is what it asks in production.
func TestFlaskOAuthlibOverTLS(t *testing.T) {
	a := flaskOAuthlib()
	a.tls = true
	started(t, a.folder)
	g := newGuest(t, a).anew(t)
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.com")
	g.op.Clock().Advance(61 * time.Minute)
	g.open("/")
	g.sees("alice@example.com")
	if got := g.refreshed(); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

// The way of the README: the command imitates Google, and is told what
// happens by its control API.
func TestFlaskOAuthlibAtTheCommand(t *testing.T) {
	f := flaskOAuthlib()
	started(t, f.folder)
	r := commandtest.Serve(t, "--persona", "google")
	g := &guest{t: t, app: f, at: f.run(t, r.Issuer, insecure), browser: &agent.Agent{}}
	tell(t, r.Control, "PUT", "/clients/"+f.id, map[string]any{"client_secret": f.secret, "redirect_uris": []string{g.at + f.callback}})
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.com")
	tell(t, r.Control, "POST", "/clock/advance", map[string]any{"by": "61m"})
	g.open("/")
	g.sees("alice@example.com")
	tell(t, r.Control, "POST", "/grants/revoke", map[string]any{"user": "alice", "client_id": f.id})
	g.open("/")
	g.sees("Please sign in again: Token has been expired or revoked.")
}
