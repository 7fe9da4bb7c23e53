package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// msalBrowser asks the real instance discovery whether it knows its authority.
func msalBrowser() spa {
	return spa{
		library: "@azure/msal-browser", persona: "microsoft", page: "/msal-browser.html", redirect: []string{"/msal-browser-callback.html"}, popup: true,
		settings:   map[string]any{"authority": "https://login.microsoftonline.com/common", "scope": "User.Read", "loginHint": "alice@example.com"},
		silent:     step{"frame", spaSignsIn},
		signedOut:  "signed out, 0 accounts",
		afterwards: "refused: login_required: AADSTS50058: .*",
		denied:     "refused: access_denied: AADSTS65004: .*",
		forged:     fault.Tamper{Raw: "not.a-token"}, // of an ID token from the token endpoint the library reads the claims only
		refused:    "refused: token_parsing_error: .*",
	}
}
