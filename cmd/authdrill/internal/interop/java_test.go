package interop

// javaClients are libraries of Java.
func javaClients() []client {
	at := func(library, class string, cases ...string) client {
		return client{library: library, language: "Java", folder: "java-clients", program: []string{"java", "-XX:TieredStopAtLevel=1", "-cp", "target/app/*", "example." + class}, cases: cases}
	}
	return []client{
		at("com.nimbusds:oauth2-oidc-sdk", "Nimbus", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered),
		with(jwtTokens, at("com.auth0:java-jwt", "JavaJwt", verify, verifyTampered)),
	}
}
