package client_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"math/big"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// BenchmarkSignIn is the whole client side of a sign-in and its refresh, with
// the provider's answers, which are signed for each, and without a network.
func BenchmarkSignIn(b *testing.B) {
	p := clienttest.NewProvider(b)
	c := p.Client(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); err != nil {
			b.Fatal(err)
		}
		p.Log, p.Forms, p.Requests = nil, nil, nil
	}
}

// BenchmarkIDToken validates one ID token again and again: the whole list of
// OIDC Core 3.1.3.7, keys cached. BenchmarkIDTokenFloor is the signature alone.
func BenchmarkIDToken(b *testing.B) {
	for name, k := range map[string]clienttest.Key{"ES256": clienttest.NewKey(b, "k1"), "RS256": clienttest.NewRSAKey(b, "k1", 2048)} {
		b.Run(name, func(b *testing.B) {
			p := clienttest.NewProvider(b)
			p.Signer = k
			p.Publish(nil)
			c := p.Client(b, nil)
			a, response, err := p.Begin(c, client.AuthorizeOptions{ResponseType: "id_token"})
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
	k := clienttest.NewKey(b, "k1")
	input := "header.claims"
	sig := clienttest.Signature(b, k, input)
	digest := sha256.Sum256([]byte(input))
	public := &k.Private.(*ecdsa.PrivateKey).PublicKey
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	for b.Loop() {
		if !ecdsa.Verify(public, digest[:], r, s) {
			b.Fatal("no")
		}
	}
}
