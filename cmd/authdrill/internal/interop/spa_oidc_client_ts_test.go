package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// oidcClientTS renews in a frame where it has no refresh token.
func oidcClientTS() spa {
	offline := map[string]any{"scope": "openid email offline_access"}
	return spa{
		library: "oidc-client-ts", page: "/oidc-client-ts.html", redirect: []string{"/oidc-client-ts-callback.html"}, popup: true,
		settings:   map[string]any{"scope": "openid email"},
		offline:    offline,
		userinfo:   true,
		silent:     step{"frame", "renewed"},
		signedOut:  "signed out, null",
		afterwards: "refused: login_required: .*",
		denied:     "refused: access_denied: .*",
		cases: map[string]func(*visit){
			// Of an ID token from the token endpoint the library checks sub only.
			tampered: func(v *visit) {
				v.signsIn(offline)
				v.tamper(fault.Tamper{Claims: map[string]any{"sub": "somebody-else"}})
				v.press("refresh", "refused: Error: sub in id_token does not match current sub")
			},
		},
	}
}
