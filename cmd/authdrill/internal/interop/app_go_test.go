package interop

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// gothApps are goth's providers, by the URLs that are written in goth. Its twitterv2
// is not among them, for it speaks OAuth 1.0a.
func gothApps() []webApp {
	return []webApp{
		gothGoogle(), gothGitHub(), gothFacebook(), gothMicrosoft(), gothApple(), gothGitLab(), gothSlack(),
		gothDiscord(), gothLinkedIn(), gothSpotify(), gothAuth0(), gothOkta(), gothKeycloak(), gothCognito(),
	}
}

// goth is the app at a persona. Of a failure goth tells the status alone, and of
// a refresh what the provider says.
func goth(persona, id, secret, denied string, more map[string]func(*guest)) webApp {
	f := webApp{library: "github.com/markbates/goth", folder: "go-goth", persona: persona, callback: "/login/authorized", id: id, secret: secret, named: true, tests: more}
	f.tests[signIn] = signedIn
	f.tests[denial] = declined("Access denied: " + denied)
	f.tests[unasked] = func(g *guest) {
		g.open("/login/authorized?code=stolen&state=forged")
		g.sees("The sign-in failed: its state is not this browser")
	}
	return f
}

func gothGoogle() webApp {
	return goth("google", "1034-app.apps.googleusercontent.com", "GOCSPX-a-secret", "error=access_denied reason= ", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", "Token has been expired or revoked."),
		// What has expired already, goth does not take.
		expired + ": from the beginning": func(g *guest) {
			g.expired()
			g.signIn("/login", true)
			g.sees("The sign-in failed: Invalid token received from provider")
		},
	})
}

func gothGitHub() webApp {
	return goth("github", "Iv1.0123456789abcdef", "0123456789abcdef0123456789abcdef01234567", "error=access_denied reason=The user has denied your application access.", map[string]func(*guest){
		signIn + ": its token does not expire": lasting(400 * day),
		withdrawn:                              revoked("GitHub API responded with a 401 trying to fetch user information"),
	})
}

func gothFacebook() webApp {
	const refused = "facebook responded with a 400 trying to fetch user information"
	return goth("facebook", "1234567890123456", "0123456789abcdef0123456789abcdef", "error=access_denied reason=Permissions error", map[string]func(*guest){
		expired:   lapsed(61*day, refused),
		withdrawn: revoked(refused),
	})
}

func gothMicrosoft() webApp {
	return goth("microsoft", "00001111-aaaa-2222-bbbb-3333cccc4444", "a8Q~secret", "error=access_denied reason=AADSTS65004", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", "AADSTS50173: "),
	})
}

// gothApple asks for a profile nowhere: that a token has expired shows where it
// is refreshed, as the app does at each visit.
func gothApple() webApp {
	f := goth("apple", "test.example.app", "", "error=user_cancelled_authorize reason= ", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", ""),
	})
	f.env = []string{"APPLE_TEAM_ID=TEAM123456", "APPLE_KEY_ID=" + appleKeyID}
	f.sign = applePEM
	return f
}

func gothGitLab() webApp {
	return goth("gitlab", "0123456789abcdef", "gloas-secret", "error=access_denied reason=The resource owner or authorization server denied the request.", map[string]func(*guest){
		refresh:   refreshed(121 * time.Minute),
		withdrawn: ended("invalid_grant", "The provided authorization grant is invalid"),
	})
}

// gothSlack takes for a user without a name what Slack refuses with status 200.
func gothSlack() webApp {
	return goth("slack", "1234567890.1234567890", "0123456789abcdef", "error=access_denied reason= ", map[string]func(*guest){
		signIn + ": its token does not expire": lasting(400 * day),
		withdrawn:                              revoked("slack names no user"),
	})
}

func gothDiscord() webApp {
	return goth("discord", "123456789012345678", "discord-secret", "error=access_denied reason=The resource owner or authorization server denied the request", map[string]func(*guest){
		refresh:   refreshed(8 * day),
		withdrawn: ended("invalid_grant", `Invalid "refresh_token" in request.`),
	})
}

func gothLinkedIn() webApp {
	const refused = "linkedin responded with a 401 trying to fetch user profile"
	return goth("linkedin", "0123456789abcd", "WPL_AP1.secret", "error=user_cancelled_authorize reason=The user cancelled the authorization", map[string]func(*guest){
		expired:   lapsed(61*day, refused),
		withdrawn: revoked(refused),
	})
}

func gothSpotify() webApp {
	return goth("spotify", "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210", "error=access_denied reason= ", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", "Refresh token revoked"),
	})
}

func gothAuth0() webApp {
	f := goth("auth0", "0123456789abcdefghijklmnopqrstuv", "auth0-secret", "error=access_denied reason=User did not authorize the request", map[string]func(*guest){
		refresh:   refreshed(25 * time.Hour),
		withdrawn: ended("invalid_grant", "Unknown or invalid refresh token."),
	})
	f.env = []string{"AUTH0_DOMAIN=tenant.us.auth0.com"}
	return f
}

func gothOkta() webApp {
	f := goth("okta", "0oa0123456789abcdefg", "okta-secret", "error=access_denied reason=The resource owner or authorization server denied the request.", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", "The refresh token is invalid or expired."),
	})
	f.env = []string{"OKTA_ORG=https://org.okta.com"}
	return f
}

// gothKeycloak is goth's provider of OpenID Connect: it is told of the realm, and
// discovers the rest.
func gothKeycloak() webApp {
	f := goth("keycloak", "the-app", "keycloak-secret", "error=access_denied reason= ", map[string]func(*guest){
		refresh:                   refreshed(6 * time.Minute),
		expired + ": the session": lapsed(40*time.Minute, refusal("invalid_grant", "Token is not active")),
		withdrawn:                 ended("invalid_grant", "Session not active"),
	})
	f.env = []string{"KEYCLOAK_REALM=https://keycloak.example.com/realms/staff"}
	return f
}

func gothCognito() webApp {
	f := goth("cognito", "0123456789abcdefghijklmnop", "cognito-secret", "error=access_denied reason= ", map[string]func(*guest){
		refresh:   refreshed(61 * time.Minute),
		withdrawn: ended("invalid_grant", ""),
	})
	f.env = []string{"COGNITO_DOMAIN=https://example.auth.us-east-1.amazoncognito.com"}
	return f
}

// refusal is how goth tells that a refresh is refused, with a description that
// begins so.
func refusal(code, description string) string {
	text := fmt.Sprintf("oauth2: %q", code)
	if description != "" {
		text += " " + strings.TrimSuffix(strconv.Quote(description), `"`)
	}
	return html.EscapeString(text)
}

// ended expects of the app that it tells why its refresh is refused, when the
// user took the permission back.
func ended(code, description string) func(*guest) { return revoked(refusal(code, description)) }

// refreshed expects of the app that it goes on when its token has expired.
func refreshed(after time.Duration) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		before := g.refreshed()
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("alice@example.com")
		if got := g.refreshed() - before; got != 1 {
			g.t.Errorf("%d refreshes, want 1", got)
		}
	}
}
