package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// oktaAuthJS has the response posted to the page by frames and popups.
func oktaAuthJS() spa {
	return spa{
		library: "@okta/okta-auth-js", persona: "okta", page: "/okta-auth-js.html", popup: true,
		settings:   map[string]any{"issuer": "https://org.okta.com/oauth2/default", "scope": "openid email"},
		offline:    map[string]any{"scope": "openid email offline_access"},
		userinfo:   true,
		silent:     step{"frame", "renewed"},
		signedOut:  "signed out, false",
		afterwards: "refused: login_required: .*",
		denied:     "refused: access_denied: .*",
		forged:     fault.Tamper{Claims: map[string]any{"aud": "somebody-else"}},
		refused:    "refused: INTERNAL: The audience .somebody-else. does not match .*",
		cases: map[string]func(*visit){
			renewal: func(v *visit) {
				v.signsIn(nil)
				v.press("frame", "renewed")
				v.press("refresh", "renewed") // without a refresh token it is a frame
			},
		},
	}
}
