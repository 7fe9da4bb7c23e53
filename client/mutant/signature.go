package mutant

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

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
			return slices.ContainsFunc(keys, func(k check.Key) bool { return verifyCarelessly(t, alg, k.JSONWebKey) })
		}
	}
}

// verifyCarelessly verifies a signature with one key. With HS256 a public key
// serves as the secret (RFC 8725 section 2.1).
func verifyCarelessly(t *check.Token, alg string, jwk jose.JSONWebKey) bool {
	i := strings.LastIndexByte(t.Raw, '.')
	sig, err := base64.RawURLEncoding.Strict().DecodeString(t.Raw[i+1:])
	if err != nil {
		return false
	}
	input := []byte(t.Raw[:i])
	if secrets := secretsOf(alg, jwk); len(secrets) > 0 {
		return slices.ContainsFunc(secrets, func(secret []byte) bool {
			mac := hmac.New(sha256.New, secret)
			mac.Write(input)
			return hmac.Equal(sig, mac.Sum(nil))
		})
	}
	h := check.HashOf(alg)
	sum := h.New()
	sum.Write(input)
	digest := sum.Sum(nil)
	switch k := jwk.Key.(type) {
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

// secretsOf returns what may be the secret of an HMAC: a symmetric key, or for HS256
// the PEM of a public one, or its JWK as it is published.
func secretsOf(alg string, jwk jose.JSONWebKey) [][]byte {
	if secret, isSecret := jwk.Key.([]byte); isSecret {
		return [][]byte{secret}
	}
	if alg != "HS256" {
		return nil
	}
	der, err := x509.MarshalPKIXPublicKey(jwk.Key)
	if err != nil {
		return nil
	}
	text, err := json.Marshal(jwk)
	if err != nil {
		return nil
	}
	return [][]byte{pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), text}
}
