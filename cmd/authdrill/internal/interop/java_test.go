package interop

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// javaClients are libraries of Java.
func javaClients() []client {
	at := func(library, class string, cases ...string) client {
		return client{library: library, language: "Java", folder: "java-clients", program: []string{"java", "-XX:TieredStopAtLevel=1", "-cp", "target/app/*", "example." + class}, cases: cases}
	}
	return []client{
		at("com.nimbusds:oauth2-oidc-sdk", "Nimbus", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered),
		with(jwtTokens, at("com.auth0:java-jwt", "JavaJwt", verify, verifyTampered)),
		with(typJWT, springSecurity()),
	}
}

// springSecurity is the resource server of Spring Security.
func springSecurity() client {
	return client{
		library: "spring-security-oauth2-jose", language: "Java", folder: "java-spring-plain",
		program: []string{"java", "-XX:TieredStopAtLevel=1", "-cp", "target/app/java-spring-plain.jar:target/app/lib/*", "example.Verify"},
		cases:   []string{verify, verifyTampered},
	}
}

// typJWT is what authdrill env --for spring says.
func typJWT(t *testing.T, p *provider) {
	t.Helper()
	if err := p.Set(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt", Typ: "JWT"}}); err != nil {
		t.Fatal(err)
	}
}

// TestSpringSecurityRefusesATJWT is why authdrill env --for spring sets typ.
func TestSpringSecurityRefusesATJWT(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a program in Java: not with -short")
	}
	c := with(jwtTokens, springSecurity())
	commandtest.Installed(t, c.folder)
	said, succeeded := c.run(t, c.start(t, verify), verify)
	if last := said[len(said)-1]; succeeded || !strings.Contains(last, "at+jwt") {
		t.Errorf("%v: %s", succeeded, last)
	}
}
