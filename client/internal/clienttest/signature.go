package clienttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
)

// Signature signs as RFC 7518 section 3 says, for headers no honest library would sign.
func Signature(t testing.TB, k Key, input string) []byte {
	t.Helper()
	digest := sha256.Sum256([]byte(input))
	switch private := k.Private.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	case *rsa.PrivateKey:
		if k.Alg == "PS256" {
			out, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		out, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return out
	case ed25519.PrivateKey:
		return ed25519.Sign(private, []byte(input))
	}
	t.Fatalf("no signature with %T", k.Private)
	return nil
}

// Unsigned is a JWT without a signature (RFC 8725 section 3.1).
func Unsigned(t testing.TB, header, claims map[string]any) string {
	t.Helper()
	header["alg"] = "none"
	return Encode(t, header) + "." + Encode(t, claims) + "."
}

// Confused is a JWT signed with HS256 and the public key (RFC 8725 section 2.1).
func Confused(t testing.TB, k Key, header, claims map[string]any) string {
	t.Helper()
	header["alg"] = "HS256"
	public := k.Private.(crypto.Signer).Public()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	input := Encode(t, header) + "." + Encode(t, claims)
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Corrupted is a JWT with one bit of its signature changed.
func Corrupted(t testing.TB, k Key, header, claims map[string]any) string {
	t.Helper()
	input := Encode(t, header) + "." + Encode(t, claims)
	sig := Signature(t, k, input)
	sig[len(sig)/2] ^= 1
	return input + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// DecodeClaims reads the claims of a JWT.
func DecodeClaims(t testing.TB, raw string) map[string]any {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", raw)
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
