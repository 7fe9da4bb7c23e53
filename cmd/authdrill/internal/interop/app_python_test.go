package interop

import (
	"maps"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

const (
	googleRefuses    = "Invalid Credentials"
	googleRefreshes  = "Token has been expired or revoked."
	facebookRefuses  = "Error validating access token: Session has expired."
	facebookRevokes  = "Error validating access token: The user has not authorized application."
	microsoftRefuses = "Lifetime validation failed, the token is expired."
	microsoftRevokes = "IDX14100: JWT is not well formed."
)

// flaskDance are the blueprints of Flask-Dance, as they come.
func flaskDance() []webApp {
	// at is an app in front of a persona; its paths are those of the API, of
	// authorization and of tokens.
	at := func(persona, blueprint, api, authorize, token string, tests map[string]func(*guest)) webApp {
		f := flaskGitHub()
		v := strings.ToUpper(persona)
		f.library, f.folder, f.persona, f.callback = "Flask-Dance", "flask-dance", persona, "/login/"+blueprint+"/authorized"
		f.urls = map[string]string{v + "_API_URL": api, v + "_AUTHORIZE_URL": authorize, v + "_ACCESS_TOKEN_URL": token}
		f.tests = tests
		return f
	}
	facebook := flaskFacebook().tests
	facebook[denial] = declined("Access denied: reason=Permissions error error=access_denied")
	return []webApp{
		at("google", "google", "/", "/o/oauth2/auth", "/o/oauth2/token", map[string]func(*guest){
			signIn: signedIn,
			denial: declined("Access denied: reason=None error=access_denied"),
			// It is the app's clock that lets Flask-Dance refresh, and nothing that Google says.
			expired:                        lapsed(61*time.Minute, googleRefuses),
			refresh + ": by its own clock": renews,
			refreshRefused:                 renewalRefused("google/refresh-token-revoked", googleRefreshes),
			withdrawn:                      revoked(googleRefuses),
		}),
		at("github", "github", "/", "/login/oauth/authorize", "/login/oauth/access_token", flaskGitHub().tests),
		at("facebook", "facebook", "/", "/dialog/oauth", "/oauth/access_token", facebook),
		at("microsoft", "azure", "/", "/common/oauth2/v2.0/authorize", "/common/oauth2/v2.0/token", microsoft()),
	}
}

// flaskSocialCore are the backends of social-auth-core, as they come.
func flaskSocialCore() []webApp {
	// at is a backend in front of a persona; urls are its class attributes.
	at := func(persona string, urls map[string]string, tests map[string]func(*guest)) webApp {
		f := flaskGitHub()
		f.library, f.folder, f.persona, f.urls, f.tests = "social-auth-core", "flask-social-core", persona, map[string]string{}, tests
		for attribute, path := range urls {
			f.urls[strings.ToUpper(persona)+"_"+attribute] = path
		}
		return f
	}
	google := at("google", map[string]string{
		"AUTHORIZATION_URL": "/o/oauth2/auth", "ACCESS_TOKEN_URL": "/o/oauth2/token", "REVOKE_TOKEN_URL": "/o/oauth2/revoke", "PROFILE_URL": "/oauth2/v3/userinfo",
	}, map[string]func(*guest){
		signIn: signedIn,
		denial: declined("Access denied: reason= error=access_denied"),
		// It is the app's clock here too that lets social-core refresh.
		expired:                        lapsed(61*time.Minute, googleRefuses),
		refresh + ": by its own clock": renews,
		refreshRefused:                 renewalRefused("google/refresh-token-revoked", googleRefreshes),
		withdrawn:                      revoked(googleRefuses),
		signOut:                        givesBack(googleRefuses),
	})
	github := at("github", map[string]string{
		"AUTHORIZATION_URL": "/login/oauth/authorize", "ACCESS_TOKEN_URL": "/login/oauth/access_token", "API_URL": "/",
	}, flaskGitHub().tests)
	// social-core reads no message that is not about OAuth.
	github.tests[withdrawn] = revoked("The authentication provider rejected the request.")
	facebook := at("facebook", map[string]string{
		"AUTHORIZATION_URL": "/v{version}/dialog/oauth", "ACCESS_TOKEN_URL": "/v{version}/oauth/access_token",
		"USER_DATA_URL": "/v{version}/me", "REVOKE_TOKEN_URL": "/v{version}/{uid}/permissions",
	}, map[string]func(*guest){
		signIn:  signedIn,
		denial:  declined("Access denied: reason=Permissions error error=access_denied"),
		expired: lapsed(61*day, facebookRefuses),
		refresh + ": an exchange, by its own clock": func(g *guest) {
			g.expired()
			g.signIn("/login", true)
			g.sees("alice@example.com")
			if got := len(g.op.Journal().Find(journal.Query{Params: map[string]any{"grant_type": "fb_exchange_token"}, Status: 200})); got != 1 {
				g.t.Errorf("%d exchanges, want 1", got)
			}
		},
		userinfo + ": it proves that it has the secret": func(g *guest) {
			g.signIn("/login", true)
			if len(g.op.Journal().Find(journal.Query{Endpoint: "userinfo_endpoint", Params: map[string]any{"appsecret_proof": "$any"}, Status: 200})) == 0 {
				g.t.Error("no profile was asked for with an appsecret_proof")
			}
		},
		signIn + ": without the address that was unticked": flaskFacebook().tests[signIn+": without the address that was unticked"],
		withdrawn: revoked(facebookRevokes),
		signOut:   givesBack(facebookRevokes),
	})
	graph := at("microsoft", map[string]string{
		"AUTHORIZATION_URL": "/common/oauth2/v2.0/authorize", "ACCESS_TOKEN_URL": "/common/oauth2/v2.0/token", "PROFILE_URL": "/v1.0/me",
	}, microsoft())
	// The other backend for Microsoft has its user from the ID token, whose issuer it
	// makes of the template in the metadata. It asks for nothing later, and so hears
	// that a token has died when it refreshes.
	tenant := at("microsoft", map[string]string{"BASE_URL": "/{tenant_id}"}, maps.Clone(graph.tests))
	tenant.library += " (azuread-v2-tenant-oauth2)"
	tenant.env = []string{"MICROSOFT_TENANT_ID=common"}
	delete(tenant.tests, expired)
	delete(tenant.tests, withdrawn)
	apple := at("apple", map[string]string{
		"AUTHORIZATION_URL": "/auth/authorize", "ACCESS_TOKEN_URL": "/auth/token", "JWK_URL": "/auth/keys", "ID_TOKEN_ISSUER": "",
	}, map[string]func(*guest){
		signIn: signedIn,
		signIn + ": it keeps the name that is told once": func(g *guest) {
			g.signIn("/login", true)
			g.sees("Signed in as: Alice Example alice@example.com")
			g.open("/logout")
			g.open("/login")
			g.sees("Signed in as: Alice Example alice@example.com")
		},
		// To social-core, this is no denial. It keeps no refresh token of Apple's and
		// asks it for nothing later: that access ended, it never hears.
		denial: declined("The provider refused: user_cancelled_authorize"),
	})
	apple.env = []string{"APPLE_TEAM_ID=TEAM123456", "APPLE_KEY_ID=" + appleKeyID}
	apple.sign = applePEM
	return []webApp{google, github, facebook, graph, tenant, apple}
}

// microsoft is an app that asks for offline access and Microsoft Graph.
func microsoft() map[string]func(*guest) {
	return map[string]func(*guest){
		signIn:                         signedIn,
		denial:                         declined("Access denied: reason=AADSTS65004: User declined to consent to access the app. error=access_denied"),
		expired:                        lapsed(61*time.Minute, microsoftRefuses),
		refresh + ": by its own clock": renews,
		refreshRefused:                 renewalRefused("microsoft/password-changed", "AADSTS50173: "),
		withdrawn:                      revoked(microsoftRevokes),
	}
}

// givesBack is an app that revokes its own token.
func givesBack(tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.open("/revoke")
		g.sees("Please sign in again: " + tells)
	}
}

// renews is an app that refreshes what has expired by its own clock.
func renews(g *guest) {
	g.expired()
	g.signIn("/login", true)
	g.sees("alice@example.com")
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
