package interop

// nodeClients are libraries of JavaScript, on Node.
func nodeClients() []client {
	at := func(library, program string, cases ...string) client {
		return client{library: library, language: "JavaScript", folder: "node-clients", program: []string{"node", program}, cases: cases}
	}
	return []client{
		at("openid-client", "openid-client.mjs", signIn, userinfo, refresh, signOut, clientToken, device, verify, denial, tampered),
		at("oauth4webapi", "oauth4webapi.mjs", signIn, userinfo, refresh, signOut, clientToken, denial, tampered),
		at("oidc-client-ts", "oidc-client-ts.mjs", signIn, refresh, signOut, denial),
		at("simple-oauth2", "simple-oauth2.mjs", signIn, refresh, signOut, clientToken, denial),
		at("@badgateway/oauth2-client", "badgateway.mjs", signIn, refresh, signOut, clientToken, verify, denial),
		at("arctic", "arctic.mjs", signIn, refresh, signOut, denial),
		with(jwtTokens, at("jose", "jose.mjs", verify, verifyTampered)),
	}
}
