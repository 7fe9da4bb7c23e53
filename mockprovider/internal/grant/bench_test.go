package grant

import (
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

func BenchmarkClientCredentials(b *testing.B) {
	for _, format := range []string{"opaque", "jwt"} {
		b.Run(format, func(b *testing.B) {
			r := newRig(b, provider(persona.Persona{AccessToken: persona.AccessToken{Format: format}}))
			params := form("grant_type", "client_credentials", "scope", "a")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.token(params); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCodeFlow is an authorization and a redemption with PKCE and an
// ES256 ID token.
func BenchmarkCodeFlow(b *testing.B) {
	r := newRig(b)
	c := challenge(verifier)
	b.ReportAllocs()
	for b.Loop() {
		code := r.code("openid", "code_challenge", c, "code_challenge_method", "S256")
		if _, err := r.redeem(code, "code_verifier", verifier); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIntrospect(b *testing.B) {
	r := newRig(b)
	token := r.login("openid")["access_token"].(string)
	b.ReportAllocs()
	for b.Loop() {
		if !r.live(token) {
			b.Fatal("dead")
		}
	}
}
