package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
)

// foreign is an app that was written for a real provider.
type foreign struct {
	folder, persona string
	callback        string
	id, secret      string
	keys            json.RawMessage   // public ones, of an app whose secret is a JWT
	urls            map[string]string // the provider's, at the issuer, by the app's variables
	env             []string          // more of the app's variables
	proxied         bool              // it changes no URL, and meets the provider under its own host names
	tests           map[string]func(*guest)
}

func flaskOAuthlib() foreign {
	f := foreign{
		folder: "flask-oauthlib", persona: "google", callback: "/login/authorized",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		urls:  map[string]string{"GOOGLE_BASE_URL": "/oauth2/v1/", "GOOGLE_ACCESS_TOKEN_URL": "/o/oauth2/token", "GOOGLE_AUTHORIZE_URL": "/o/oauth2/auth"},
		tests: google(),
	}
	f.tests["is told of a denial"] = declined("Access denied: reason=None error=access_denied")
	return f
}

func flaskAuthlibGoogle() foreign {
	f := flaskOAuthlib()
	f.folder, f.urls = "flask-authlib-google", map[string]string{"GOOGLE_METADATA_URL": "/.well-known/openid-configuration"}
	f.tests["is told of a denial"] = declined("Access denied: reason= error=access_denied")
	return f
}

func flaskGitHub() foreign {
	return foreign{
		folder: "flask-github", persona: "github", callback: "/login/authorized",
		id: "Iv1.0123456789abcdef", secret: "0123456789abcdef0123456789abcdef01234567",
		urls: map[string]string{"GITHUB_AUTHORIZE_URL": "/login/oauth/authorize", "GITHUB_ACCESS_TOKEN_URL": "/login/oauth/access_token", "GITHUB_API_URL": ""},
		tests: map[string]func(*guest){
			"signs in":            signedIn,
			"is told of a denial": declined("Access denied: reason=The user has denied your application access. error=access_denied"),
			"has a token that does not expire": func(g *guest) {
				g.signIn("/login", true)
				g.op.Clock().Advance(400 * day)
				g.open("/")
				g.sees("alice@example.com")
			},
			"tells that the user took it back": revoked("Bad credentials"),
		},
	}
}

func flaskFacebook() foreign {
	return foreign{
		folder: "flask-facebook", persona: "facebook", callback: "/login/authorized",
		id: "1234567890123456", secret: "0123456789abcdef0123456789abcdef",
		urls: map[string]string{"FACEBOOK_AUTHORIZE_URL": "/v22.0/dialog/oauth", "FACEBOOK_ACCESS_TOKEN_URL": "/v22.0/oauth/access_token", "FACEBOOK_GRAPH_URL": "/v22.0"},
		tests: map[string]func(*guest){
			"signs in":            signedIn,
			"is told of a denial": declined("Access denied: reason=user_denied error=Permissions error"),
			"signs in again when the token has expired": func(g *guest) {
				g.signIn("/login", true)
				g.op.Clock().Advance(61 * day)
				g.open("/")
				g.sees("Please sign in again: Error validating access token: Session has expired.")
			},
			"signs in again when the token has expired by its own clock": func(g *guest) {
				g.expired()
				g.signIn("/login", true)
				g.sees("Please sign in again: the access token has expired")
			},
			"does without the address that was unticked": func(g *guest) {
				g.signIn("/login", true, []string{}...) // none at all
				g.sees("Signed in as: Alice")
			},
			"tells that the user took it back": revoked("Error validating access token: The user has not authorized application."),
		},
	}
}

const day = 24 * time.Hour

// google is what an app does that asks Google for offline access where its user
// wants to stay.
func google() map[string]func(*guest) {
	return map[string]func(*guest){
		"signs in": signedIn,
		"signs in again when the token has expired": func(g *guest) {
			g.signIn("/login", true)
			g.op.Clock().Advance(61 * time.Minute)
			g.open("/")
			g.sees("Please sign in again: the access token has expired")
		},
		"refreshes a token that has expired at Google": func(g *guest) {
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
		"refreshes a token that has expired by its own clock": func(g *guest) {
			g.expired()
			g.signIn("/login?stay=1", true)
			g.sees("alice@example.com")
			if got := g.refreshed(); got != 1 {
				g.t.Errorf("%d refreshes, want 1", got)
			}
		},
		"tells that the user took it back": func(g *guest) {
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

// TestAppsForRealProviders lets apps that were written for Google, GitHub and
// Facebook sign in at the personas, with nothing but their URLs changed.
func TestAppsForRealProviders(t *testing.T) {
	atPersonas(t, flaskOAuthlib(), flaskAuthlibGoogle(), flaskGitHub(), flaskFacebook())
}

// atPersonas runs each app's tests against its persona.
func atPersonas(t *testing.T, apps ...foreign) {
	t.Helper()
	for _, f := range apps {
		t.Run(f.folder+"/"+f.persona, func(t *testing.T) {
			installed(t, filepath.Join(clientsFolder, f.folder))
			t.Parallel()
			g := newGuest(t, f, []string{insecure})
			for name, test := range f.tests {
				t.Run(name, func(t *testing.T) { test(g.anew(t)) })
			}
		})
	}
}

// Over TLS the app trusts the test's authority as it would trust a company's: by
// the environment. What it asks of oauthlib is what it asks in production.
func TestFlaskOAuthlibOverTLS(t *testing.T) {
	t.Parallel()
	authority, file := authorityFile(t)
	g := newGuest(t, flaskOAuthlib(), []string{"SSL_CERT_FILE=" + file, "REQUESTS_CA_BUNDLE=" + file}, mockprovider.WithTLS(authority))
	g.wire = g.op.HTTPClient().Transport
	g = g.anew(t)
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.com")
	g.op.Clock().Advance(61 * time.Minute)
	g.open("/")
	g.sees("alice@example.com")
	if got := g.refreshed(); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

// The way of the README: the command stands in for Google, and is told what
// happens by its control API.
func TestFlaskOAuthlibAtTheCommand(t *testing.T) {
	t.Parallel()
	f := flaskOAuthlib()
	installed(t, filepath.Join(clientsFolder, f.folder))
	r := served(t, "--persona", "google")
	g := &guest{t: t, app: f, at: f.run(t, r.Issuer, insecure), browser: agent.New(agent.Options{})}
	tell := func(method, path string, body any) {
		t.Helper()
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, r.Control+path, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %s", method, path, resp.Status)
		}
	}
	tell("PUT", "/clients/"+f.id, map[string]any{"client_secret": f.secret, "redirect_uris": []string{g.at + f.callback}})
	g.signIn("/login?stay=1", true)
	g.sees("alice@example.com")
	tell("POST", "/clock/advance", map[string]any{"by": "61m"})
	g.open("/")
	g.sees("alice@example.com")
	tell("POST", "/grants/revoke", map[string]any{"user": "alice", "client_id": f.id})
	g.open("/")
	g.sees("Please sign in again: Token has been expired or revoked.")
}
