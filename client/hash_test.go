package client_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestHashes: at_hash is made with the hash of the signature's algorithm (OIDC
// Core 3.1.3.6), which for Ed25519 is SHA-512.
func TestHashes(t *testing.T) {
	t.Parallel()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := clienttest.NewProvider(t)
	p.Signer = clienttest.Key{ID: "k1", Private: edwards, Alg: jose.EdDSA}
	p.Publish(nil)
	sum := sha512.Sum512([]byte("access-1"))
	p.Claims = map[string]any{"at_hash": base64.RawURLEncoding.EncodeToString(sum[:32])}
	if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); err != nil {
		t.Error(err)
	}
	if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "at_hash" {
		t.Errorf("the hash of another token: %v", err)
	}
}

// TestOddSignatures: what looks like a signature and is none (RFC 8725 section 3.4,
// RFC 7518 section 3.4).
func TestOddSignatures(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(t testing.TB, k clienttest.Key, input string) []byte{
		"stripped":      func(testing.TB, clienttest.Key, string) []byte { return nil },
		"r and s are 0": func(testing.TB, clienttest.Key, string) []byte { return make([]byte, 64) },
		"too short": func(t testing.TB, k clienttest.Key, input string) []byte {
			return clienttest.Signature(t, k, input)[:63]
		},
		"DER": func(t testing.TB, k clienttest.Key, input string) []byte {
			sig := clienttest.Signature(t, k, input)
			der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])})
			if err != nil {
				t.Fatal(err)
			}
			return der
		},
	} {
		p := clienttest.NewProvider(t)
		p.Resign = func(h, c map[string]any) string {
			input := clienttest.Encode(t, h) + "." + clienttest.Encode(t, c)
			return input + "." + base64.RawURLEncoding.EncodeToString(make(t, p.Signer, input))
		}
		if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "signature" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The algorithm and the curve belong together (RFC 7518 section 3.4).
	p := clienttest.NewProvider(t)
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.Keys = []any{clienttest.Key{ID: "k1", Private: other, Alg: jose.ES384}.JWK(t, nil)}
	if _, err := p.SignIn(p.Client(t, nil), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "key" {
		t.Error(err)
	}
}
