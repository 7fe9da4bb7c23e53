package clienttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// Key is a signature key.
type Key struct {
	ID      string
	Private any
	Alg     jose.SignatureAlgorithm
}

// NewKey makes a key for ES256.
func NewKey(t testing.TB, id string) Key {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return Key{id, k, jose.ES256}
}

// NewRSAKey makes a key for RS256.
func NewRSAKey(t testing.TB, id string, bits int) Key {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return Key{id, k, jose.RS256}
}

// JWK is the public key as it is published, with some members set.
func (k Key) JWK(t testing.TB, set map[string]any) map[string]any {
	t.Helper()
	raw, err := jose.JSONWebKey{Key: k.Private, KeyID: k.ID}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		delete(m, secret)
	}
	maps.Copy(m, set)
	return m
}

// Public is the public half.
func (k Key) Public() any { return k.Private.(crypto.Signer).Public() }
