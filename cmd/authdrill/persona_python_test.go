package main

import (
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// TestPythonAppsForRealProviders lets the blueprints of Flask-Dance, as they come,
// sign in at the personas.
func TestPythonAppsForRealProviders(t *testing.T) {
	atPersonas(t, flaskDance()...)
}

const (
	googleRefuses    = "Request had invalid authentication credentials."
	googleRefreshes  = "Token has been expired or revoked."
	microsoftRefuses = "Lifetime validation failed, the token is expired."
	microsoftRevokes = "IDX14100: JWT is not well formed."
)

func flaskDance() []foreign {
	// at is an app in front of a persona; its paths are those of the API, of
	// authorization and of tokens.
	at := func(persona, blueprint, api, authorize, token string, tests map[string]func(*guest)) foreign {
		f := flaskGitHub()
		v := strings.ToUpper(persona)
		f.folder, f.persona, f.callback = "flask-dance", persona, "/login/"+blueprint+"/authorized"
		f.urls = map[string]string{v + "_API_URL": api, v + "_AUTHORIZE_URL": authorize, v + "_ACCESS_TOKEN_URL": token}
		f.tests = tests
		return f
	}
	facebook := flaskFacebook().tests
	facebook["is told of a denial"] = declined("Access denied: reason=Permissions error error=access_denied")
	return []foreign{
		at("google", "google", "/", "/o/oauth2/auth", "/o/oauth2/token", map[string]func(*guest){
			"signs in":            signedIn,
			"is told of a denial": declined("Access denied: reason=None error=access_denied"),
			// It is the app's clock that lets Flask-Dance refresh, and nothing that Google says.
			"signs in again when the token has expired at Google": expires(61*time.Minute, googleRefuses),
			"refreshes a token that has expired by its own clock": renews,
			"tells that a refresh is refused":                     renewalRefused("google/refresh-token-revoked", googleRefreshes),
			"tells that the user took it back":                    revoked(googleRefuses),
		}),
		at("github", "github", "/", "/login/oauth/authorize", "/login/oauth/access_token", flaskGitHub().tests),
		at("facebook", "facebook", "/", "/dialog/oauth", "/oauth/access_token", facebook),
		at("microsoft", "azure", "/", "/common/oauth2/v2.0/authorize", "/common/oauth2/v2.0/token", map[string]func(*guest){
			"signs in":            signedIn,
			"is told of a denial": declined("Access denied: reason=AADSTS65004: User declined to consent to access the app. error=access_denied"),
			"signs in again when the token has expired at Microsoft": expires(61*time.Minute, microsoftRefuses),
			"refreshes a token that has expired by its own clock":    renews,
			"tells that a refresh is refused":                        renewalRefused("microsoft/password-changed", "AADSTS50173: "),
			"tells that the user took it back":                       revoked(microsoftRevokes),
		}),
	}
}

// expires is an app that does without refreshing.
func expires(after time.Duration, tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("Please sign in again: " + tells)
	}
}

// renews is an app that refreshes what has expired by its own clock.
func renews(g *guest) {
	g.expired()
	g.signIn("/login", true)
	g.sees("alice@example.test")
	if got := g.refreshed(); got != 1 {
		g.t.Errorf("%d refreshes, want 1", got)
	}
}

// renewalRefused is the same app when the provider has a reason of its own.
func renewalRefused(documented, tells string) func(*guest) {
	return func(g *guest) {
		g.expired()
		if _, err := g.op.Fault(fault.Fault{Documented: documented}); err != nil {
			g.t.Fatal(err)
		}
		g.signIn("/login", true)
		g.sees("Please sign in again: " + tells)
	}
}
