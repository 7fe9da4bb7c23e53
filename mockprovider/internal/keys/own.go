package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Unfit is why a key of one's own cannot be used, and what to do about it. It never
// quotes the key.
type Unfit struct{ Why, Remedy string }

// Error says both.
func (u *Unfit) Error() string { return u.Why + "; " + u.Remedy }

func newUnfit(remedy, why string, args ...any) error {
	return &Unfit{fmt.Sprintf(why, args...), remedy}
}

const (
	shortestRSA = 2048 // bits (RFC 7518 section 3.3)
	longestRSA  = 8192
	mostOwn     = 32 // keys of a file

	makeKey = "make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem"
)

// Read returns the private keys of a file: a PEM file (PKCS #8, or the forms of RSA
// and EC keys before it), a JWK or a JWK Set (RFC 7517). The error is an *Unfit.
func Read(text []byte) ([]*Own, error) {
	var found []*Own
	var err error
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) == 0:
		return nil, newUnfit(makeKey, "the file is empty")
	case trimmed[0] == '{':
		found, err = readJWK(trimmed)
	default:
		found, err = readPEM(text)
	}
	if err == nil && len(found) > mostOwn {
		err = newUnfit("name several files", "the file has %d keys, want at most %d", len(found), mostOwn)
	}
	return found, err
}

// Own is a private key that somebody brings. What is empty Key chooses.
type Own struct {
	Private crypto.Signer
	Kid     string
	Alg     protocol.Algorithm
	Use     string // sig, enc or empty
}

const publicOnly = "name the file with the private key: the provider has to sign with it"

func readPEM(text []byte) (out []*Own, err error) {
	seen := ""
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var private any
		switch block.Type {
		case "PRIVATE KEY":
			private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return nil, encrypted()
			}
			private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			if block.Headers["DEK-Info"] != "" {
				return nil, encrypted()
			}
			private, err = x509.ParseECPrivateKey(block.Bytes)
		case "ENCRYPTED PRIVATE KEY":
			return nil, encrypted()
		case "OPENSSH PRIVATE KEY":
			return nil, newUnfit("convert a copy: ssh-keygen -p -N '' -m PKCS8 -f key", "the key is in the form of OpenSSH")
		default:
			seen = block.Type
			continue
		}
		if err != nil {
			return nil, newUnfit(makeKey, "the block %s cannot be read as a private key", block.Type)
		}
		signer, ok := private.(crypto.Signer)
		if !ok {
			return nil, newUnfit("use an RSA, EC or Ed25519 key", "a key of type %T does not sign", private)
		}
		out = append(out, &Own{Private: signer})
	}
	switch {
	case len(out) > 0:
		return out, nil
	case strings.HasSuffix(seen, "PUBLIC KEY"), seen == "CERTIFICATE":
		return nil, newUnfit(publicOnly, "the file has only a public key (%s)", seen)
	}
	return nil, newUnfit(makeKey, "the file has no private key in PEM form, no JWK and no JWK Set")
}

func encrypted() error {
	return newUnfit("decrypt it: openssl pkey -in key.pem -out plain.pem", "the key is encrypted")
}

func readJWK(text []byte) ([]*Own, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, newUnfit(makeKey, "the file cannot be read as JSON")
	}
	if set.Keys == nil {
		set.Keys = []json.RawMessage{text}
	}
	var out []*Own
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		err := json.Unmarshal(raw, &k)
		if _, symmetric := k.Key.([]byte); symmetric {
			return nil, newUnfit("use an RSA, EC or Ed25519 key", "JWK %d of the file is a symmetric key, which a provider cannot publish", len(out)+1)
		}
		if err != nil || !k.Valid() {
			return nil, newUnfit("check the members of RFC 7518 section 6", "JWK %d of the file cannot be read as a key", len(out)+1)
		}
		signer, ok := k.Key.(crypto.Signer)
		if !ok {
			return nil, newUnfit(publicOnly, "JWK %d of the file is a public key", len(out)+1)
		}
		out = append(out, &Own{Private: signer, Kid: k.KeyID, Alg: protocol.Algorithm(k.Algorithm), Use: k.Use})
	}
	if len(out) == 0 {
		return nil, newUnfit(makeKey, "the JWK Set has no keys")
	}
	return out, nil
}

// Key makes the key of a ring: the algorithm is the first of preferred that the key
// can sign with, where it says none, and the kid the thumbprint (RFC 7638). The error
// is an *Unfit.
func (o *Own) Key(preferred ...protocol.Algorithm) (*Key, error) {
	k := &Key{Kid: o.Kid, Alg: o.Alg, private: o.Private, enc: o.Use == "enc", seeded: true}
	fitting, err := fittingAlgorithms(o.Private)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Use != "" && o.Use != "sig" && o.Use != "enc":
		return nil, newUnfit("use sig, or enc for a key that is only published", "unknown use %q", o.Use)
	case k.enc:
		k.Alg = o.Alg // as it is published
	case k.Alg == "":
		k.Alg = fitting[0]
		if n := slices.IndexFunc(preferred, func(alg protocol.Algorithm) bool { return slices.Contains(fitting, alg) }); n >= 0 {
			k.Alg = preferred[n]
		}
	case !slices.Contains(fitting, k.Alg):
		return nil, newUnfit("use "+strings.Join(protocol.Strings(fitting), ", ")+", or another key", "%s is not an algorithm of %s", k.Alg, describe(o.Private))
	}
	if k.Kid == "" {
		jwk := jose.JSONWebKey{Key: k.Public()}
		thumb, err := jwk.Thumbprint(crypto.SHA256)
		if err != nil {
			return nil, newUnfit("use an RSA, EC or Ed25519 key", "the key has no thumbprint")
		}
		k.Kid = base64.RawURLEncoding.EncodeToString(thumb)
	}
	return k, nil
}

// fittingAlgorithms are those that a private key can sign with, the usual one first.
func fittingAlgorithms(private crypto.Signer) ([]protocol.Algorithm, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if n := k.N.BitLen(); n < shortestRSA || n > longestRSA {
			return nil, newUnfit(makeKey, "the RSA key has %d bits, want %d to %d (RFC 7518 section 3.3)", n, shortestRSA, longestRSA)
		}
		return []protocol.Algorithm{protocol.RS256, protocol.RS384, protocol.RS512, protocol.PS256, protocol.PS384, protocol.PS512}, nil
	case *ecdsa.PrivateKey:
		for _, alg := range []protocol.Algorithm{protocol.ES256, protocol.ES384, protocol.ES512} {
			if familyOf(alg).curve == k.Curve {
				return []protocol.Algorithm{alg}, nil
			}
		}
		return nil, newUnfit("use P-256, P-384 or P-521: openssl ecparam -genkey -name prime256v1 -noout -out key.pem", "no algorithm of JWS has the curve %s", k.Curve.Params().Name)
	case ed25519.PrivateKey:
		return []protocol.Algorithm{protocol.EdDSA}, nil
	}
	return nil, newUnfit("use an RSA, EC or Ed25519 key", "a key of type %T does not sign JWTs", private)
}

// describe names the kind of a key.
func describe(private crypto.Signer) string {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return "an RSA key"
	case *ecdsa.PrivateKey:
		return "an EC key on " + k.Curve.Params().Name
	}
	return "an Ed25519 key"
}
