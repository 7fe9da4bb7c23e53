package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// auth0SPA renews in a frame, which posts the response to the page, or by refresh
// tokens.
func auth0SPA() spa {
	return spa{
		library: "@auth0/auth0-spa-js", persona: "auth0", page: "/auth0-spa-js.html", popup: true,
		settings:   map[string]any{"domain": "tenant.us.auth0.com", "scope": "openid email"},
		offline:    map[string]any{"refreshTokens": true, "scope": "openid email offline_access"},
		silent:     step{"frame", "renewed"},
		signedOut:  "signed out, false",
		afterwards: "refused: login_required: Login required",
		denied:     "refused: access_denied: User did not authorize the request",
		forged:     fault.Tamper{Claims: map[string]any{"aud": "somebody-else"}},
		refused:    "refused: Error: Audience .aud. claim mismatch in the ID token.*",
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				v.signsIn(map[string]any{"audience": "https://api.example.com/"})
				v.press("audience", "https://api.example.com/( .*)?")
				v.again()
				v.start(nil)
				v.press("popup", spaSignsIn)
			},
		},
	}
}
