package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
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
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

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
	for _, name := range protocol.Values[protocol.Algorithm]("signing") {
		out = append(out, protocol.Algorithm(name))
	}
	return out
})

// Key is a signing key. It does not change.
type Key struct {
	Kid string
	Alg protocol.Algorithm

	private crypto.Signer
	enc     bool     // it is only published
	seeded  bool     // its signatures follow only from key and input
	headers sync.Map // encoded JOSE headers by typ

	latest atomic.Pointer[x509.Certificate] // that was made of it
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

// Encrypts reports whether k is a key for encryption, which a provider publishes
// and does not sign with.
func (k *Key) Encrypts() bool { return k.enc }

// PublicJWK returns the public key as it is written in the key set, for a verifier
// that is tricked in the same way.
func (k *Key) PublicJWK() []byte {
	text, err := json.Marshal(k.JWK())
	if err != nil {
		return nil // cannot happen: the keys are of the types it knows
	}
	return text
}

// JWK returns the public key as a JWK (RFC 7517 section 4).
func (k *Key) JWK() jose.JSONWebKey {
	if k.enc {
		return jose.JSONWebKey{Key: k.Public(), KeyID: k.Kid, Algorithm: string(k.Alg), Use: "enc"}
	}
	return jose.JSONWebKey{Key: k.Public(), KeyID: k.Kid, Algorithm: string(k.Alg), Use: "sig"}
}

// Sign makes a JWS signature (RFC 7515 section 5.1). In seeded mode all but
// RSASSA-PSS, whose salt is random, give the same signature for the same input.
func (k *Key) Sign(input []byte) ([]byte, error) {
	f := familyOf(k.Alg)
	if f.hash == 0 {
		return k.private.Sign(nil, input, crypto.Hash(0))
	}
	digest := f.digest(input)
	switch {
	case f.pss:
		return k.private.Sign(rand.Reader, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: f.hash})
	case f.curve == nil:
		return k.private.Sign(nil, digest, f.hash)
	}
	// Without randomness the nonce follows from key and input (RFC 6979), which
	// takes a fifth longer.
	var random io.Reader
	if !k.seeded {
		random = rand.Reader
	}
	der, err := k.private.Sign(random, digest, f.hash)
	if err != nil {
		return nil, err
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, err
	}
	n := f.scalar()
	raw := make([]byte, 2*n) // r and s side by side (RFC 7518 section 3.4)
	sig.R.FillBytes(raw[:n])
	sig.S.FillBytes(raw[n:])
	return raw, nil
}

// Verify checks a JWS signature with k's algorithm.
func Verify(k *Key, input, sig []byte) error {
	f := familyOf(k.Alg)
	ok := false
	switch pub := k.Public().(type) {
	case *rsa.PublicKey:
		if f.pss {
			return rsa.VerifyPSS(pub, f.hash, f.digest(input), sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.VerifyPKCS1v15(pub, f.hash, f.digest(input), sig)
	case *ecdsa.PublicKey:
		n := f.scalar()
		ok = len(sig) == 2*n && ecdsa.Verify(pub, f.digest(input), new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
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
	// Issuers may draw the same RSA key from the pool, and an issuer draws it again
	// after some rotations; their kids still differ.
	owner := m.name + "\x00" + string(alg)
	if round := index / poolTurns; round > 0 {
		owner += "\x00" + strconv.Itoa(round)
	}
	sum := sha256.Sum256(append(thumb, owner...))
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
	f := familyOf(alg)
	switch {
	case !slices.Contains(Algorithms(), alg):
		return nil, fmt.Errorf("unknown signing algorithm %q: want one of %v", alg, Algorithms())
	case f.curve != nil:
		return scalarKey(f, seed)
	case f.hash == 0:
		return ed25519.NewKeyFromSeed(seed[:]), nil
	case m.random:
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return poolKey(m.name, purpose, alg, index)
}

// scalarKey makes the key of a curve from a seed. Not all bytes are a scalar; the
// next digest of the seed may give some that are.
func scalarKey(f family, seed [32]byte) (crypto.Signer, error) {
	for {
		raw := make([]byte, 0, f.scalar()+len(seed))
		for block := seed; len(raw) < f.scalar(); block = sha256.Sum256(block[:]) {
			raw = append(raw, block[:]...)
		}
		raw = raw[:f.scalar()]
		if spare := 8*len(raw) - f.curve.Params().BitSize; spare > 0 {
			raw[0] &= 0xff >> spare
		}
		if private, err := ecdsa.ParseRawPrivateKey(f.curve, raw); err == nil {
			return private, nil
		}
		seed = sha256.Sum256(seed[:])
	}
}

// poolTurns is how many RSA keys of the pool take turns.
const poolTurns = 7

// poolKey returns an RSA key of the pool: the last one is for foreign signatures
// and is never published, the others take turns.
func poolKey(name, purpose string, alg protocol.Algorithm, index int) (crypto.Signer, error) {
	var blocks [][]byte
	for block, rest := pem.Decode(rsaPool); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block.Bytes)
	}
	n := poolTurns
	if purpose != foreign {
		start := derive(0, string(alg), name, 0)
		n = (int(start[0]) + index) % poolTurns
	}
	key, err := x509.ParsePKCS8PrivateKey(blocks[n])
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PrivateKey), nil
}

const foreign = "foreign"
