package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"time"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Rogue returns a key that no client may accept a signature of, or that it must
// look twice at, and the members its JWK is published with. The kinds:
//
//	enc_use         its JWK says that it is for encryption (RFC 7517 section 4.2)
//	encrypt_ops     its key_ops do not have verify (section 4.3)
//	other_alg       its JWK is for another algorithm (section 4.4)
//	rsa_1024        too short (RFC 7518 section 3.3)
//	rsa_e1          an exponent with which anybody signs
//	ec_off_curve    no point of its curve
//	symmetric       a published secret, for HS256
//	reused_kid      new, under the kid of the key before it
//	duplicate_kid   good, behind a key of another type with the same kid
func (r *Ring) Rogue(kind string, alg protocol.Algorithm) (*Key, []map[string]any, error) {
	foreign := r.Foreign(alg)
	active, err := r.Active(alg)
	if err != nil {
		return nil, nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	name := kind + " " + string(alg)
	if made := r.rogues[name]; made != nil && (made.key.Kid == active.Kid || made.key.Kid == "rogue-"+kind) {
		return made.key, made.published, nil
	}
	made, err := makeRogue(kind, foreign, active)
	if err != nil {
		return nil, nil, err
	}
	if r.rogues == nil {
		r.rogues = map[string]*rogue{}
	}
	r.rogues[name] = made
	return made.key, made.published, nil
}

// rogue is a key and the members it is published with.
type rogue struct {
	key       *Key
	published []map[string]any
}

func makeRogue(kind string, foreign, active *Key) (*rogue, error) {
	alg := active.Alg
	var err error
	k := &Key{Kid: "rogue-" + kind, Alg: alg, private: foreign.private, seeded: foreign.seeded}
	switch kind {
	case "rsa_1024":
		if k.private, err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
			return nil, err
		}
	case "rsa_e1":
		if base, ok := foreign.private.(*rsa.PrivateKey); ok {
			k.private = unit{base}
		}
	case "ec_off_curve", "symmetric":
	case "reused_kid", "duplicate_kid":
		k.Kid = active.Kid
	}
	if kind == "duplicate_kid" {
		k.private = active.private
	}
	published, err := members(k)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{published}
	switch kind {
	case "enc_use":
		published["use"] = "enc"
	case "encrypt_ops":
		delete(published, "use")
		published["key_ops"] = []string{"encrypt"}
	case "other_alg":
		published["alg"] = string(otherAlgorithm(alg))
	case "rsa_e1":
		published["e"] = "AQ"
	case "ec_off_curve":
		out[0] = offCurve(alg, k.Kid)
	case "symmetric":
		out[0] = map[string]any{"kty": "oct", "alg": string(protocol.HS256), "use": "sig", "kid": k.Kid, "k": base64.RawURLEncoding.EncodeToString(Published())}
	case "duplicate_kid":
		out = []map[string]any{{"kty": "EC", "crv": "P-256", "use": "sig", "kid": k.Kid, "x": decoyX, "y": decoyY}, published}
	}
	return &rogue{k, out}, nil
}

// otherAlgorithm is one that a key of alg is not for.
func otherAlgorithm(alg protocol.Algorithm) protocol.Algorithm {
	switch f := familyOf(alg); {
	case alg == protocol.EdDSA:
		return protocol.ES256
	case f.curve != nil:
		return protocol.EdDSA
	case f.pss:
		return "RS" + alg[2:]
	}
	return "PS" + alg[2:]
}

// offCurve is a JWK whose point is not on its curve: that of alg, or P-256 where it
// has none.
func offCurve(alg protocol.Algorithm, kid string) map[string]any {
	f := familyOf(alg)
	if f.curve == nil {
		alg, f = protocol.ES256, familyOf(protocol.ES256)
	}
	point := base64.RawURLEncoding.EncodeToString(make([]byte, f.scalar()))
	return map[string]any{"kty": "EC", "crv": f.curve.Params().Name, "alg": string(alg), "use": "sig", "kid": kid, "x": point, "y": point}
}

// decoyX and decoyY are a point of P-256 that no key of ours has (RFC 7517
// appendix A.1).
const (
	decoyX = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
	decoyY = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
)

// Published is the secret of a symmetric key that a provider publishes.
func Published() []byte { return []byte("a-secret-that-everybody-can-read") }

// members is the JWK of a key as a mapping.
func members(k *Key) (map[string]any, error) {
	text, err := json.Marshal(k.JWK())
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(text, &out)
}

// Certificate returns a certificate of the key, signed by itself: what a token
// might bring along in x5c (RFC 7515 section 4.1.6).
func (k *Key) Certificate(now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "not the provider"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	return x509.CreateCertificate(rand.Reader, template, template, k.Public(), k.private)
}

// unit is an RSA key with the exponent 1: its signature is the padded digest
// itself, which anybody can write down.
type unit struct{ *rsa.PrivateKey }

// Public is the key's modulus; the JWK says what its exponent is.
func (u unit) Public() crypto.PublicKey { return &u.PublicKey }

// digestPrefix announces a digest of SHA-2 (RFC 8017 section 9.2).
func digestPrefix(digest []byte) []byte {
	n := byte(len(digest))
	id := map[byte]byte{sha256.Size: 1, sha512.Size384: 2, sha512.Size: 3}[n]
	return []byte{0x30, 0x11 + n, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, id, 0x05, 0x00, 0x04, n}
}

// Sign pads the digest as RSASSA-PKCS1-v1_5 asks (RFC 8017 section 9.2).
func (u unit) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	out := make([]byte, u.Size())
	out[1] = 1
	text := append(digestPrefix(digest), digest...)
	from := len(out) - len(text)
	for i := 2; i < from-1; i++ {
		out[i] = 0xff
	}
	copy(out[from:], text)
	return out, nil
}

// DER is an ECDSA signature in the form that JWS does not have (RFC 7518 section
// 3.4 wants r and s side by side).
func DER(raw []byte) ([]byte, error) {
	half := len(raw) / 2
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
}
