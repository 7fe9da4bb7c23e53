package keys

import (
	"crypto"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// family is what an algorithm is made of (RFC 7518 section 3.1): a hash, which
// Ed25519 has for itself, and a curve or an RSA padding.
type family struct {
	hash  crypto.Hash
	curve elliptic.Curve // nil: RSA, or Ed25519 without a hash
	pss   bool           // RSASSA-PSS
}

func familyOf(alg protocol.Algorithm) family {
	switch alg {
	case protocol.RS256:
		return family{hash: crypto.SHA256}
	case protocol.RS384:
		return family{hash: crypto.SHA384}
	case protocol.RS512:
		return family{hash: crypto.SHA512}
	case protocol.PS256:
		return family{hash: crypto.SHA256, pss: true}
	case protocol.PS384:
		return family{hash: crypto.SHA384, pss: true}
	case protocol.PS512:
		return family{hash: crypto.SHA512, pss: true}
	case protocol.ES256:
		return family{hash: crypto.SHA256, curve: elliptic.P256()}
	case protocol.ES384:
		return family{hash: crypto.SHA384, curve: elliptic.P384()}
	case protocol.ES512:
		return family{hash: crypto.SHA512, curve: elliptic.P521()}
	}
	return family{}
}

// digest is the hash of an input.
func (f family) digest(input []byte) []byte {
	switch f.hash {
	case crypto.SHA384:
		sum := sha512.Sum384(input)
		return sum[:]
	case crypto.SHA512:
		sum := sha512.Sum512(input)
		return sum[:]
	}
	sum := sha256.Sum256(input)
	return sum[:]
}

// scalar is how many bytes a number of the curve has.
func (f family) scalar() int { return (f.curve.Params().BitSize + 7) / 8 }
