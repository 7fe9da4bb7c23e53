package interop

import (
	"time"
)

// passportSocial is one app on Passport's strategies. Passport drops expires_in: a
// token that has expired is known by what the provider says.
func passportSocial() []webApp {
	google := webApp{
		library: "passport-google-oauth20", folder: "node-passport-social", persona: "google", callback: "/login/authorized",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		urls: map[string]string{"GOOGLE_AUTHORIZE_URL": "/o/oauth2/v2/auth", "GOOGLE_ACCESS_TOKEN_URL": "/oauth2/v4/token", "GOOGLE_PROFILE_URL": "/oauth2/v3/userinfo"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: reason=undefined error=access_denied"),
			expired:   lapsed(61*time.Minute, "Invalid Credentials"),
			withdrawn: revoked("Invalid Credentials"),
		},
	}
	github := webApp{
		library: "passport-github2", folder: google.folder, persona: "github", callback: google.callback,
		id: "Iv1.0123456789abcdef", secret: "0123456789abcdef0123456789abcdef01234567",
		urls: map[string]string{"GITHUB_AUTHORIZE_URL": "/login/oauth/authorize", "GITHUB_ACCESS_TOKEN_URL": "/login/oauth/access_token", "GITHUB_PROFILE_URL": "/user", "GITHUB_EMAIL_URL": "/user/emails"},
		tests: map[string]func(*guest){
			signIn:                                 signedIn,
			denial:                                 declined("Access denied: reason=The user has denied your application access. error=access_denied"),
			signIn + ": its token does not expire": lasting(400 * day),
			withdrawn:                              revoked("Bad credentials"),
		},
	}
	facebook := webApp{
		library: "passport-facebook", folder: google.folder, persona: "facebook", callback: google.callback,
		id: "1234567890123456", secret: "0123456789abcdef0123456789abcdef",
		urls: map[string]string{"FACEBOOK_AUTHORIZE_URL": "/v3.2/dialog/oauth", "FACEBOOK_ACCESS_TOKEN_URL": "/v3.2/oauth/access_token", "FACEBOOK_PROFILE_URL": "/v3.2/me"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: reason=Permissions error error=access_denied"),
			expired:   lapsed(61*day, "Error validating access token: Session has expired."),
			withdrawn: revoked("Error validating access token: The user has not authorized application."),
			signIn + ": without the address that was unticked": func(g *guest) {
				g.signIn("/login", true, []string{}...) // none at all
				g.sees("Signed in as: Alice", "no address")
			},
		},
	}
	return []webApp{google, github, facebook}
}

// authJS is one app on Auth.js. Auth.js keeps what the provider says of a denial to
// its log, and leaves tokens to the app: this one asks the provider at each visit.
func authJS() []webApp {
	google := webApp{
		library: "@auth/core", folder: "node-authjs", persona: "google", callback: "/auth/callback/google",
		id: "1034-app.apps.googleusercontent.com", secret: "GOCSPX-a-secret",
		urls: map[string]string{"GOOGLE_ISSUER": "", "GOOGLE_API_URL": "/v1/userinfo"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: OAuthCallbackError"),
			expired:   lapsed(61*time.Minute, "Invalid Credentials"),
			withdrawn: revoked("Invalid Credentials"),
		},
	}
	github := webApp{
		library: google.library, folder: google.folder, persona: "github", callback: "/auth/callback/github",
		id: "Iv1.0123456789abcdef", secret: "0123456789abcdef0123456789abcdef01234567",
		urls: map[string]string{"GITHUB_BASE_URL": "", "GITHUB_API_URL": "/user"},
		tests: map[string]func(*guest){
			signIn:                                 signedIn,
			denial:                                 declined("Access denied: OAuthCallbackError"),
			signIn + ": its token does not expire": lasting(400 * day),
			withdrawn:                              revoked("Bad credentials"),
		},
	}
	apple := webApp{
		library: google.library, folder: google.folder, persona: "apple", callback: "/auth/callback/apple",
		id:   "com.example.web",
		urls: map[string]string{"APPLE_ISSUER": "", "APPLE_API_URL": "/auth/token"},
		tests: map[string]func(*guest){
			signIn: signedIn,
			denial: declined("Access denied: OAuthCallbackError"),
			refresh + ": its refresh token does not expire": lasting(100 * day),
			withdrawn: revoked("invalid_grant"),
			signIn + ": the name is told once": func(g *guest) {
				g.signIn("/login", true)
				g.sees("Signed in as: Alice Example, alice@example.com")
				g.open("/logout")
				g.open("/login")
				g.sees("Signed in as: alice@example.com, alice@example.com")
			},
		},
	}
	apple.sign = appleSecret
	gitlab := webApp{
		library: google.library, folder: google.folder, persona: "gitlab", callback: "/auth/callback/gitlab",
		id: "0123456789abcdef", secret: "gloas-secret",
		urls: map[string]string{"GITLAB_BASE_URL": "", "GITLAB_API_URL": "/api/v4/user"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: OAuthCallbackError"),
			expired:   lapsed(121*time.Minute, "Token is expired. You can either do re-authorization or token refresh."),
			withdrawn: revoked("Token was revoked. You have to re-authorize from the user."),
		},
	}
	slack := webApp{
		library: google.library, folder: google.folder, persona: "slack", callback: "/auth/callback/slack",
		id: "1234567890.1234567890", secret: "0123456789abcdef",
		urls: map[string]string{"SLACK_ISSUER": "", "SLACK_API_URL": "/api/openid.connect.userInfo"},
		tests: map[string]func(*guest){
			signIn:                                 signedIn,
			denial:                                 declined("Access denied: OAuthCallbackError"),
			signIn + ": its token does not expire": lasting(400 * day),
			withdrawn:                              revoked("token_revoked"),
		},
	}
	discord := webApp{
		library: google.library, folder: google.folder, persona: "discord", callback: "/auth/callback/discord",
		id: "123456789012345678", secret: "discord-secret",
		urls: map[string]string{"DISCORD_AUTHORIZE_URL": "/api/oauth2/authorize", "DISCORD_TOKEN_URL": "/api/oauth2/token", "DISCORD_USERINFO_URL": "/api/users/@me", "DISCORD_API_URL": "/api/users/@me"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: OAuthCallbackError"),
			expired:   lapsed(8*day, "401: Unauthorized"),
			withdrawn: revoked("401: Unauthorized"),
		},
	}
	return []webApp{google, github, apple, gitlab, slack, discord, authJSMicrosoft()}
}

// authJSMicrosoft is the same app at Microsoft. For the tenant's metadata Auth.js
// insists on TLS.
func authJSMicrosoft() webApp {
	return webApp{
		library: "@auth/core", folder: "node-authjs", persona: "microsoft", callback: "/auth/callback/microsoft-entra-id", tls: true,
		id: "11112222-3333-4444-5555-666677778888", secret: "a~secret.of-microsoft",
		urls: map[string]string{"MICROSOFT_ISSUER": "/common/v2.0", "MICROSOFT_API_URL": "/v1.0/me"},
		tests: map[string]func(*guest){
			signIn:    signedIn,
			denial:    declined("Access denied: OAuthCallbackError"),
			expired:   lapsed(61*time.Minute, "Lifetime validation failed, the token is expired."),
			withdrawn: revoked("IDX14100: JWT is not well formed."),
		},
	}
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
		g.sees("alice@example.com")
	}
}
