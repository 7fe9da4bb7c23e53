package client_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"math/big"
	"testing"

	"github.com/authdrill/authdrill/client"
)

// BenchmarkSignIn is the whole client side of a sign-in and its refresh, with
// the provider's answers, which are signed for each, and without a network.
func BenchmarkSignIn(b *testing.B) {
	p := newProvider(b)
	c := p.client(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.signIn(c, client.AuthorizeOptions{}, nil); err != nil {
			b.Fatal(err)
		}
		p.log, p.forms, p.requests = nil, nil, nil
	}
}

// BenchmarkIDToken validates one ID token again and again: the whole list of
// OIDC Core 3.1.3.7, keys cached. BenchmarkIDTokenFloor is the signature alone.
func BenchmarkIDToken(b *testing.B) {
	for name, k := range map[string]key{"ES256": newKey(b, "k1"), "RS256": newRSAKey(b, "k1", 2048)} {
		b.Run(name, func(b *testing.B) {
			p := newProvider(b)
			p.signer = k
			p.publish(nil)
			c := p.client(b, nil)
			a, response, err := p.begin(c, client.AuthorizeOptions{ResponseType: "id_token"})
			if err != nil {
				b.Fatal(err)
			}
			verify := client.Verifier(c, a, response.Get("id_token"))
			if err := verify(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = verify(b.Context())
			}
		})
	}
}

// BenchmarkIDTokenFloor is what no validation can be faster than.
func BenchmarkIDTokenFloor(b *testing.B) {
	k := newKey(b, "k1")
	input := "header.claims"
	sig := signature(b, k, input)
	digest := sha256.Sum256([]byte(input))
	public := &k.private.(*ecdsa.PrivateKey).PublicKey
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	for b.Loop() {
		if !ecdsa.Verify(public, digest[:], r, s) {
			b.Fatal("no")
		}
	}
}
