package interop

import "github.com/authdrill/authdrill/mockprovider/fault"

// amplify has tokens from the token endpoint of the domain, and refreshes them with
// the user pool's own API. It has no frames: the page goes to the provider and back,
// without a word.
func amplify() spa {
	return spa{
		library: "aws-amplify", persona: "cognito", page: "/amplify.html",
		settings:   map[string]any{"domain": "example.auth.us-east-1.amazoncognito.com", "userPool": "us-east-1_example", "scope": "openid email"},
		silent:     step{"silent", spaSignsIn},
		signedOut:  "signed out, undefined",
		afterwards: "refused: OAuthSignInException: .*",
		denied:     "refused: OAuthSignInException: .*",
		forged:     fault.Tamper{Raw: "not.a-token"}, // of an ID token the library reads the claims only
		refused:    "refused: .*",
	}
}
