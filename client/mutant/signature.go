package mutant

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/internal/check"
)

// verifyCarelesslyIf verifies some signatures without a look at the rest of the
// header: go-jose, rightly, will not do it.
func verifyCarelesslyIf(such func(t *check.Token, alg string) bool) func(verifyWithKeys) verifyWithKeys {
	return func(strict verifyWithKeys) verifyWithKeys {
		return func(t *check.Token, alg string, keys []check.Key) bool {
			if !such(t, alg) {
				return strict(t, alg, keys)
			}
			return slices.ContainsFunc(keys, func(k check.Key) bool { return verifyCarelessly(t, alg, k.JSONWebKey.Key) })
		}
	}
}

// verifyCarelessly verifies a signature with one key. With HS256 a public key
// serves as the secret (RFC 8725 section 2.1).
func verifyCarelessly(t *check.Token, alg string, key any) bool {
	i := strings.LastIndexByte(t.Raw, '.')
	sig, err := base64.RawURLEncoding.Strict().DecodeString(t.Raw[i+1:])
	if err != nil {
		return false
	}
	input := []byte(t.Raw[:i])
	if secret, isSecret := secretOf(alg, key); isSecret {
		mac := hmac.New(sha256.New, secret)
		mac.Write(input)
		return hmac.Equal(sig, mac.Sum(nil))
	}
	h := check.HashOf(alg)
	sum := h.New()
	sum.Write(input)
	digest := sum.Sum(nil)
	switch k := key.(type) {
	case *rsa.PublicKey:
		if strings.HasPrefix(alg, "PS") {
			return rsa.VerifyPSS(k, h, digest, sig, nil) == nil
		}
		return rsa.VerifyPKCS1v15(k, h, digest, sig) == nil
	case *ecdsa.PublicKey:
		n := len(sig) / 2
		return ecdsa.Verify(k, digest, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
	case ed25519.PublicKey:
		return ed25519.Verify(k, input, sig)
	}
	return false
}

// secretOf returns the secret of an HMAC: a symmetric key, or for HS256 the PEM of
// a public one.
func secretOf(alg string, key any) (secret []byte, isSecret bool) {
	if secret, isSecret = key.([]byte); isSecret {
		return secret, true
	}
	if alg != "HS256" {
		return nil, false
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, false
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), true
}
