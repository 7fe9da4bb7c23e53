package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// oktaAuthJS has the response posted to the page by frames and popups.
func oktaAuthJS() spa {
	return spa{
		library: "@okta/okta-auth-js", persona: "okta", page: "/okta-auth-js.html",
		settings: map[string]any{"issuer": "https://org.okta.com/oauth2/default", "scope": "openid email"},
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.again()
				v.open(nil)
				v.press("popup", spaSignsIn)
			},
			userinfo: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("userinfo", "alice@example.com")
			},
			refresh: func(v *visit) {
				v.open(map[string]any{"scope": "openid email offline_access"})
				v.press("sign-in", spaSignsIn)
				v.press("refresh", "renewed")
			},
			renewal: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("frame", "renewed")
				v.press("refresh", "renewed") // without a refresh token it is a frame
			},
			signOut: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("sign-out", "signed out, false")
				v.press("frame", "refused: login_required: .*")
			},
			denial: func(v *visit) {
				v.person.denies()
				v.open(nil)
				v.press("sign-in", "refused: access_denied: .*")
				v.press("popup", "refused: access_denied: .*")
			},
			tampered: func(v *visit) {
				v.open(nil)
				v.tamper(fault.Tamper{Claims: map[string]any{"aud": "somebody-else"}})
				v.press("sign-in", "refused: INTERNAL: The audience .somebody-else. does not match .*")
			},
		},
	}
}
