package interop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// appleKeyID is what the key of appleKey is called.
const appleKeyID = "ABC123DEFG"

// appleKey is a key that a client of Apple's signs its secrets with, and the set
// that it is known by.
func appleKey(t *testing.T) (*ecdsa.PrivateKey, json.RawMessage) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: appleKeyID, Algorithm: "ES256"}}})
	if err != nil {
		t.Fatal(err)
	}
	return key, set
}

// applePEM is the key as Apple hands it out, for an app that signs its own secrets.
func applePEM(t *testing.T, _ string) (secret string, keys json.RawMessage) {
	t.Helper()
	key, keys := appleKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), keys
}

// appleSecret is a secret that is signed already, for an app that cannot sign.
func appleSecret(t *testing.T, id string) (secret string, keys json.RawMessage) {
	t.Helper()
	key, keys := appleKey(t)
	now := clock.Machine()
	claims, err := json.Marshal(map[string]any{"iss": "TEAM123456", "sub": id, "aud": "https://appleid.apple.com", "iat": now.Unix(), "exp": now.Add(180 * day).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: appleKeyID}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	if secret, err = signed.CompactSerialize(); err != nil {
		t.Fatal(err)
	}
	return secret, keys
}
