package main

import (
	"testing"
	"time"
)

// passportSocial is one app on Passport's strategies. Passport drops expires_in: a
// token that has expired is known by what the provider says.
func passportSocial() []foreign {
	google := foreign{
		folder: "node-passport-social", persona: "google", callback: "/login/authorized",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		urls: map[string]string{"GOOGLE_AUTHORIZE_URL": "/o/oauth2/v2/auth", "GOOGLE_ACCESS_TOKEN_URL": "/oauth2/v4/token", "GOOGLE_PROFILE_URL": "/oauth2/v3/userinfo"},
		tests: map[string]func(*guest){
			"signs in":                         signedIn,
			"is told of a denial":              declined("Access denied: reason=undefined error=access_denied"),
			"tells that the token has expired": lapsed(61*time.Minute, "Request had invalid authentication credentials."),
			"tells that the user took it back": revoked("Request had invalid authentication credentials."),
		},
	}
	github := foreign{
		folder: google.folder, persona: "github", callback: google.callback,
		id: "Iv1.0123456789abcdef", secret: "0123456789abcdef0123456789abcdef01234567",
		urls: map[string]string{"GITHUB_AUTHORIZE_URL": "/login/oauth/authorize", "GITHUB_ACCESS_TOKEN_URL": "/login/oauth/access_token", "GITHUB_PROFILE_URL": "/user", "GITHUB_EMAIL_URL": "/user/emails"},
		tests: map[string]func(*guest){
			"signs in":                         signedIn,
			"is told of a denial":              declined("Access denied: reason=The user has denied your application access. error=access_denied"),
			"has a token that does not expire": lasting(400 * day),
			"tells that the user took it back": revoked("Bad credentials"),
		},
	}
	facebook := foreign{
		folder: google.folder, persona: "facebook", callback: google.callback,
		id: "1234567890123456", secret: "0123456789abcdef0123456789abcdef",
		urls: map[string]string{"FACEBOOK_AUTHORIZE_URL": "/v3.2/dialog/oauth", "FACEBOOK_ACCESS_TOKEN_URL": "/v3.2/oauth/access_token", "FACEBOOK_PROFILE_URL": "/v3.2/me"},
		tests: map[string]func(*guest){
			"signs in":                         signedIn,
			"is told of a denial":              declined("Access denied: reason=Permissions error error=access_denied"),
			"tells that the token has expired": lapsed(61*day, "Error validating access token: Session has expired."),
			"tells that the user took it back": revoked("Error validating access token: The user has not authorized application."),
			"does without the address that was unticked": func(g *guest) {
				g.signIn("/login", true, []string{}...) // none at all
				g.sees("Signed in as: Alice", "no address")
			},
		},
	}
	return []foreign{google, github, facebook}
}

// lapsed opens the app when its access token has expired.
func lapsed(after time.Duration, tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("Please sign in again: " + tells)
	}
}

// lasting opens the app when other tokens would have expired.
func lasting(after time.Duration) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("alice@example.test")
	}
}

// TestNodeAppsForRealProviders does as TestAppsForRealProviders does, with apps
// on Node.
func TestNodeAppsForRealProviders(t *testing.T) {
	atPersonas(t, passportSocial()...)
}
