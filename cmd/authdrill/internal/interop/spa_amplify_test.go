package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// amplify has tokens from the token endpoint of the domain, and refreshes them with
// the user pool's own API.
func amplify() spa {
	return spa{
		library: "aws-amplify", persona: "cognito", page: "/amplify.html",
		settings: map[string]any{"domain": "example.auth.us-east-1.amazoncognito.com", "userPool": "us-east-1_example", "scope": "openid email"},
		cases: map[string]func(*visit){
			signIn: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
			},
			refresh: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("refresh", "renewed")
			},
			// It has no frames: the page goes to the provider and back, without a word.
			renewal: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("silent", spaSignsIn)
			},
			signOut: func(v *visit) {
				v.open(nil)
				v.press("sign-in", spaSignsIn)
				v.press("sign-out", "signed out, undefined")
				v.press("silent", "refused: OAuthSignInException: .*")
			},
			denial: func(v *visit) {
				v.person.denies()
				v.open(nil)
				v.press("sign-in", "refused: OAuthSignInException: .*")
			},
			// Of an ID token the library reads the claims only.
			tampered: func(v *visit) {
				v.open(nil)
				v.tamper(fault.Tamper{Raw: "not.a-token"})
				v.press("sign-in", "refused: .*")
			},
		},
	}
}
