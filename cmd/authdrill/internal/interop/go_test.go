package interop

// goClients are libraries of Go.
func goClients() []client {
	at := func(library string, cases ...string) client {
		return client{library: library, language: "Go", folder: "go-clients", program: []string{"./go-clients", library}, cases: cases}
	}
	return []client{
		at("golang.org/x/oauth2", signIn, refresh, clientToken, denial),
		at("github.com/coreos/go-oidc/v3", signIn, userinfo, denial, tampered),
		at("github.com/zitadel/oidc/v3", signIn, userinfo, refresh, signOut, denial, tampered),
		at("github.com/hashicorp/cap", signIn, userinfo, denial, tampered),
		with(jwtTokens, at("github.com/MicahParks/keyfunc/v3", verify, verifyTampered)),
	}
}
