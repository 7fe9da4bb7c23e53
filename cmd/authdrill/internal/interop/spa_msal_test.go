package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// msalBrowser asks the real instance discovery whether it knows its authority.
func msalBrowser() spa {
	return spa{
		library: "@azure/msal-browser", persona: "microsoft", page: "/msal-browser.html", redirect: []string{"/msal-browser-callback.html"},
		settings: map[string]any{"authority": "https://login.microsoftonline.com/common", "scope": "User.Read", "loginHint": "alice@example.com"},
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.again()
				v.open(nil)
				v.press("popup", spaSignsIn)
			},
			refresh: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("refresh", "renewed")
			},
			renewal: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("frame", spaSignsIn)
			},
			signOut: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("sign-out", "signed out, 0 accounts")
				v.press("frame", "refused: login_required: AADSTS50058: .*")
			},
			denial: func(v *visit) {
				v.person.denies()
				v.open(nil)
				v.press("sign-in", "refused: access_denied: AADSTS65004: .*")
				v.press("popup", "refused: access_denied: AADSTS65004: .*")
			},
			// Of an ID token from the token endpoint the library reads the claims only.
			tampered: func(v *visit) {
				v.open(nil)
				v.tamper(fault.Tamper{Raw: "not.a-token"})
				v.press("sign-in", "refused: token_parsing_error: .*")
			},
		},
	}
}
