package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// oidcClientTS renews in a frame where it has no refresh token.
func oidcClientTS() spa {
	withRefresh := map[string]any{"scope": "openid email offline_access"}
	return spa{
		library: "oidc-client-ts", page: "/oidc-client-ts.html", redirect: []string{"/oidc-client-ts-callback.html"},
		settings: map[string]any{"scope": "openid email"},
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
				v.press("sign-out", "signed out, null")
				v.press("frame", "refused: login_required: .*")
			},
			denial: func(v *visit) {
				v.person.denies()
				v.open(nil)
				v.press("sign-in", "refused: access_denied: .*")
				v.press("popup", "refused: access_denied: .*")
			},
			// Of an ID token from the token endpoint the library checks sub only.
			tampered: func(v *visit) {
				v.open(withRefresh)
				v.press("sign-in", spaSignsIn)
				v.tamper(fault.Tamper{Claims: map[string]any{"sub": "somebody-else"}})
				v.press("refresh", "refused: Error: sub in id_token does not match current sub")
			},
		},
	}
}
