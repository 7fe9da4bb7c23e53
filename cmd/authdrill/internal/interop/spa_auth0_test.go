package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// auth0SPA renews in a frame, which posts the response to the page, or by refresh
// tokens.
func auth0SPA() spa {
	withRefresh := map[string]any{"refreshTokens": true, "scope": "openid email offline_access"}
	return spa{
		library: "@auth0/auth0-spa-js", persona: "auth0", page: "/auth0-spa-js.html",
		settings: map[string]any{"domain": "tenant.us.auth0.com", "scope": "openid email"},
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				v.open(map[string]any{"audience": "https://api.example.com/"})
				v.press("sign-in", spaSignsIn)
				v.press("audience", "https://api.example.com/( .*)?")
				v.again()
				v.open(nil)
				v.press("popup", spaSignsIn)
			},
			refresh: func(v *visit) {
				v.open(withRefresh)
				v.press("sign-in", spaSignsIn)
				v.press("refresh", "renewed")
			},
			renewal: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("frame", "renewed")
			},
			signOut: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("sign-out", "signed out, false")
				v.press("frame", "refused: login_required: Login required")
			},
			denial: func(v *visit) {
				v.person.denies()
				v.open(nil)
				v.press("sign-in", "refused: access_denied: User did not authorize the request")
				v.press("popup", "refused: access_denied: User did not authorize the request")
			},
			tampered: func(v *visit) {
				v.open(nil)
				v.tamper(fault.Tamper{Claims: map[string]any{"aud": "somebody-else"}})
				v.press("sign-in", "refused: Error: Audience .aud. claim mismatch in the ID token.*")
			},
		},
	}
}
