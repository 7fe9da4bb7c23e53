package tag

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
)

// Random texts of the length of tokens look like tokens, all of them.
func TestRandomTextsLookLikeTokens(t *testing.T) {
	for i := range 5000 {
		token := tokenOf(i)
		if !looksLikeToken(token) {
			t.Errorf("%s", token)
		}
	}
}

// tokenOf is a token as the provider makes them, of 16 to 32 bytes.
func tokenOf(i int) string {
	sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
	return base64.RawURLEncoding.EncodeToString(sum[:16+i%17])
}
