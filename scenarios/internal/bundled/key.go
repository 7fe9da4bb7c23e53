package bundled

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// registerKeys registers public keys for clients that authenticate with one and have
// none: the bundled client signs with the private half.
func (b *Subject) registerKeys(s *setup.Setup) error {
	for id, c := range s.Clients {
		if c == nil || c.AuthMethod != protocol.PrivateKeyJWT || len(c.JWKS) > 0 || c.JWKSURI != "" {
			continue
		}
		key, err := b.clientKey(id, c.AuthSigningAlg)
		if err != nil {
			return err
		}
		set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
		if err != nil {
			return err
		}
		changed := *c
		changed.JWKS = set
		s.Clients[id] = &changed
	}
	return nil
}

// signingAlg returns the algorithm that a client is registered to sign assertions
// with.
func (b *Subject) signingAlg(id string) protocol.Algorithm {
	for _, c := range b.provider.Clients() {
		if c.ID == id {
			return c.AuthSigningAlg
		}
	}
	return ""
}

// clientKey returns the key of a client for an algorithm, made at its first use.
func (b *Subject) clientKey(id string, alg protocol.Algorithm) (*jose.JSONWebKey, error) {
	name := id + " " + string(alg)
	if key := b.keys[name]; key != nil {
		return key, nil
	}
	key, err := newClientKey(b.options.Seed, id, alg)
	b.keys[name] = key
	return key, err
}

// newClientKey makes the key of a client, from the seed where the algorithm allows
// that. The default is EdDSA.
func newClientKey(seed uint64, id string, alg protocol.Algorithm) (*jose.JSONWebKey, error) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seed)
	sum := sha256.Sum256(append(b[:], "key of "+id...))
	var private crypto.Signer
	var err error
	switch text := string(alg); {
	case strings.HasPrefix(text, "RS"), strings.HasPrefix(text, "PS"):
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	case alg == protocol.ES256:
		private, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:])
	case alg == protocol.ES384:
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case alg == protocol.ES512:
		private, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	default:
		alg = protocol.EdDSA // the same signature for the same assertion
		private = ed25519.NewKeyFromSeed(sum[:])
	}
	if err != nil {
		return nil, err
	}
	return &jose.JSONWebKey{Key: private, KeyID: id + "-key", Algorithm: string(alg), Use: "sig"}, nil
}
