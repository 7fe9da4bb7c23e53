package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

//go:embed testonly_rsa.pem
var rsaPool []byte

// Algorithms returns the JWS algorithms a ring can sign with (RFC 7518 section
// 3.1, RFC 8037 section 3.1). They must not be changed.
func Algorithms() []protocol.Algorithm { return algorithms() }

var algorithms = sync.OnceValue(func() []protocol.Algorithm {
	var out []protocol.Algorithm
	for _, name := range protocol.Algorithm("").Values("signing") {
		out = append(out, protocol.Algorithm(name))
	}
	return out
})

// Key is a signing key. It does not change.
type Key struct {
	Kid string
	Alg protocol.Algorithm

	private crypto.Signer
	seeded  bool     // its signatures follow from key and input alone
	headers sync.Map // encoded JOSE headers by typ
}

// Header returns the JOSE header of a token of that type, empty for none, that k
// signs, encoded for the wire (RFC 7515 section 3.1).
func (k *Key) Header(typ string) string {
	if h, ok := k.headers.Load(typ); ok {
		return h.(string)
	}
	members := map[string]string{"alg": string(k.Alg), "kid": k.Kid}
	if typ != "" {
		members["typ"] = typ
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return "" // cannot happen: strings
	}
	h := base64.RawURLEncoding.EncodeToString(raw)
	k.headers.Store(typ, h)
	return h
}

// Public returns the public key.
func (k *Key) Public() crypto.PublicKey { return k.private.Public() }

// PublicPEM returns the public key as a PEM block: what a verifier that is
// tricked into HS256 would take for a shared secret (RFC 8725 section 2.1).
func (k *Key) PublicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		return nil // cannot happen: the keys are of the types it knows
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// JWK returns the public key as a JWK (RFC 7517 section 4).
func (k *Key) JWK() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.Public(), KeyID: k.Kid, Algorithm: string(k.Alg), Use: "sig"}
}

// Sign makes a JWS signature (RFC 7515 section 5.1). In seeded mode all but
// PS256, whose salt is random, give the same signature for the same input.
func (k *Key) Sign(input []byte) ([]byte, error) {
	if k.Alg == protocol.EdDSA {
		return k.private.Sign(nil, input, crypto.Hash(0))
	}
	digest := sha256.Sum256(input)
	switch k.Alg {
	case protocol.RS256:
		return k.private.Sign(nil, digest[:], crypto.SHA256)
	case protocol.PS256:
		return k.private.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
	// Without randomness the nonce follows from key and input (RFC 6979), which
	// takes a fifth longer.
	var random io.Reader
	if !k.seeded {
		random = rand.Reader
	}
	der, err := k.private.Sign(random, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	raw := make([]byte, 64) // r and s side by side (RFC 7518 section 3.4)
	sig.R.FillBytes(raw[:32])
	sig.S.FillBytes(raw[32:])
	return raw, nil
}

// Verify checks a JWS signature with k's algorithm.
func Verify(k *Key, input, sig []byte) error {
	digest := sha256.Sum256(input)
	ok := false
	switch pub := k.Public().(type) {
	case *rsa.PublicKey:
		if k.Alg == protocol.PS256 {
			return rsa.VerifyPSS(pub, crypto.SHA256, digest[:], sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], sig)
	case *ecdsa.PublicKey:
		ok = len(sig) == 64 && ecdsa.Verify(pub, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	case ed25519.PublicKey:
		ok = ed25519.Verify(pub, input, sig)
	}
	if !ok {
		return errors.New("the signature does not fit the key")
	}
	return nil
}

// maker makes the private keys of a ring.
type maker struct {
	seed   *uint64
	name   string
	random bool // fresh keys, also RSA
}

func (m maker) key(alg protocol.Algorithm, purpose string, index int) (*Key, error) {
	private, err := m.private(alg, purpose, index)
	if err != nil {
		return nil, err
	}
	k := &Key{Alg: alg, private: private, seeded: m.seed != nil}
	jwk := jose.JSONWebKey{Key: k.Public()}
	thumb, err := jwk.Thumbprint(crypto.SHA256) // RFC 7638
	if err != nil {
		return nil, err
	}
	// Issuers may draw the same RSA key from the pool; their kids still differ.
	sum := sha256.Sum256(append(thumb, m.name+"\x00"+string(alg)...))
	k.Kid = base64.RawURLEncoding.EncodeToString(sum[:12])
	return k, nil
}

func (m maker) private(alg protocol.Algorithm, purpose string, index int) (crypto.Signer, error) {
	var seed [32]byte
	if m.seed != nil {
		seed = derive(*m.seed, purpose+string(alg), m.name, index)
	} else if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	switch alg {
	case protocol.RS256, protocol.PS256:
		if m.random {
			return rsa.GenerateKey(rand.Reader, 2048)
		}
		return pooled(m.name, purpose, alg, index)
	case protocol.ES256:
		for {
			// Not every 32 bytes are a scalar; the next digest of them may be.
			if private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:]); err == nil {
				return private, nil
			}
			seed = sha256.Sum256(seed[:])
		}
	case protocol.EdDSA:
		return ed25519.NewKeyFromSeed(seed[:]), nil
	}
	return nil, fmt.Errorf("no signing algorithm %q: there are %v", alg, Algorithms())
}

// pooled returns an RSA key of the pool: the last one is for foreign signatures
// and is never published, the others take turns.
func pooled(name, purpose string, alg protocol.Algorithm, index int) (crypto.Signer, error) {
	var blocks [][]byte
	for block, rest := pem.Decode(rsaPool); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block.Bytes)
	}
	n := len(blocks) - 1
	if purpose != foreign {
		start := derive(0, string(alg), name, 0)
		n = (int(start[0]) + index) % n
	}
	key, err := x509.ParsePKCS8PrivateKey(blocks[n])
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PrivateKey), nil
}

const foreign = "foreign"
