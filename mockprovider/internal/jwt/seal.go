// Package jwt reads the JWTs of other parties strictly, signs those of the issuer, and
// signs them wrongly where a fault asks for that. Begin with ReadForeign, Seal and
// Forger. What tokens contain is package claim's.
package jwt

import (
	"encoding/base64"
	"encoding/json"

	"github.com/authdrill/authdrill/mockprovider/internal/keys"
)

// Seal signs claims under an encoded header.
func Seal(k *keys.Key, header string, claims map[string]any) (string, error) {
	c, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	// One buffer holds the whole token: header.claims.signature.
	out := make([]byte, 0, len(header)+enc.EncodedLen(len(c))+2+enc.EncodedLen(256))
	out = append(append(out, header...), '.')
	out = enc.AppendEncode(out, c)
	sig, err := k.Sign(out)
	if err != nil {
		return "", err
	}
	return string(enc.AppendEncode(append(out, '.'), sig)), nil
}
