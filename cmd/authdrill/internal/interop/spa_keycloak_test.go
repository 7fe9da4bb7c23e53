package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// keycloakJS watches the session in a frame, and tries first whether the browser
// lets frames have cookies.
func keycloakJS() spa {
	open := func(v *visit, init map[string]any, outcome string) {
		v.open(map[string]any{"init": init})
		v.hears(v.T, "init: "+outcome)
	}
	check := map[string]any{"onLoad": "check-sso"}
	return spa{
		library: "keycloak-js", persona: "keycloak", page: "/keycloak-js.html", redirect: []string{"/keycloak-js-silent.html"},
		settings: map[string]any{"url": "https://keycloak.example.com", "realm": "acme"},
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				open(v, nil, "not signed in")
				v.press("sign-in", spaSignsIn)
			},
			userinfo: func(v *visit) {
				open(v, nil, "not signed in")
				v.press("sign-in", spaSignsIn)
				v.press("userinfo", "alice@example.com")
			},
			refresh: func(v *visit) {
				open(v, nil, "not signed in")
				v.press("sign-in", spaSignsIn)
				v.press("refresh", "renewed")
			},
			renewal: func(v *visit) {
				open(v, check, "not signed in")
				v.press("sign-in", spaSignsIn)
				open(v, check, spaSignsIn)
			},
			signOut: func(v *visit) {
				open(v, check, "not signed in")
				v.press("sign-in", spaSignsIn)
				v.press("sign-out", "not signed in")
				open(v, check, "not signed in")
			},
			denial: func(v *visit) {
				v.person.denies()
				open(v, nil, "not signed in")
				v.press("sign-in", "refused: access_denied: .*")
			},
			tampered: func(v *visit) {
				open(v, nil, "not signed in")
				v.tamper(fault.Tamper{Claims: map[string]any{"nonce": "another"}})
				v.press("sign-in", "refused: .*[Nn]once.*")
			},
		},
	}
}
