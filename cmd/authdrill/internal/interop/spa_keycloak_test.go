package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// keycloakJS watches the session in a frame, and tries first whether the browser
// lets frames have cookies. It renews when the page is opened again.
func keycloakJS() spa {
	check := map[string]any{"init": map[string]any{"onLoad": "check-sso"}}
	return spa{
		library: "keycloak-js", persona: "keycloak", page: "/keycloak-js.html", redirect: []string{"/keycloak-js-silent.html"},
		settings: map[string]any{"url": "https://keycloak.example.com", "realm": "acme"},
		ready:    "init: not signed in",
		userinfo: true,
		denied:   "refused: access_denied: .*",
		forged:   fault.Tamper{Claims: map[string]any{"nonce": "another"}},
		refused:  "refused: .*[Nn]once.*",
		cases: map[string]func(*visit){
			renewal: func(v *visit) {
				v.signsIn(check)
				v.open(check)
				v.hears(v.T, "init: "+spaSignsIn)
			},
			signOut: func(v *visit) {
				v.signsIn(check)
				v.press("sign-out", "not signed in")
				v.start(check)
			},
		},
	}
}
