package scenarios

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
	"errors"
	"path"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// giveKeys registers the public keys of clients that authenticate with one and
// bring none of their own: the bundled client signs with the private half.
func (st *stage) giveKeys(s *setup.Setup) error {
	for id, c := range s.Clients {
		if c == nil || c.AuthMethod != protocol.PrivateKeyJWT || len(c.JWKS) > 0 || c.JWKSURI != "" {
			continue
		}
		key, err := st.clientKey(id, c.AuthSigningAlg)
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

// readKeys reads the signing keys that a scenario names, relative to its file.
func (l *loader) readKeys(s *Scenario, root *strict.Node, h *home) strict.Problems {
	if len(s.Provider.Keys) == 0 {
		return nil
	}
	err := s.Provider.ReadKeys(func(file string) ([]byte, error) {
		name := path.Join(path.Dir(s.File), file)
		data, err := h.read(name, l.budget)
		if err == nil && len(data) > persona.MaxKeyFile {
			err = confined.ErrTooLarge
		}
		if err != nil {
			message, _ := h.refusal(name, err)
			return nil, errors.New(message)
		}
		return data, nil
	})
	var problems persona.KeyProblems
	if !errors.As(err, &problems) {
		return nil
	}
	return problems.At(root.Find("provider"))
}

// signingAlg is the algorithm a client is registered to sign assertions with.
func (st *stage) signingAlg(id string) protocol.Algorithm {
	for _, c := range st.provider.Clients() {
		if c.ID == id {
			return c.AuthSigningAlg
		}
	}
	return ""
}

// clientKey is the key of a client for an algorithm, made at its first use.
func (st *stage) clientKey(id string, alg protocol.Algorithm) (*jose.JSONWebKey, error) {
	name := id + " " + string(alg)
	if key := st.keys[name]; key != nil {
		return key, nil
	}
	key, err := clientKey(st.run.Seed, id, alg)
	st.keys[name] = key
	return key, err
}

// clientKey makes the key of a client: from the seed where the algorithm lets
// it, EdDSA if none is named.
func clientKey(seed uint64, id string, alg protocol.Algorithm) (*jose.JSONWebKey, error) {
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
