package client_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
)

// TestHashes: at_hash is made with the hash of the signature's algorithm (OIDC
// Core 3.1.3.6), which for Ed25519 is SHA-512.
func TestHashes(t *testing.T) {
	t.Parallel()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := newProvider(t)
	p.signer = key{"k1", edwards, jose.EdDSA}
	p.publish(nil)
	sum := sha512.Sum512([]byte("access-1"))
	p.claims = map[string]any{"at_hash": base64.RawURLEncoding.EncodeToString(sum[:32])}
	if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); err != nil {
		t.Error(err)
	}
	if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != "at_hash" {
		t.Errorf("the hash of another token: %v", err)
	}
}

// TestOddSignatures: what looks like a signature and is none (RFC 8725 section 3.4,
// RFC 7518 section 3.4).
func TestOddSignatures(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(t testing.TB, k key, input string) []byte{
		"stripped":      func(testing.TB, key, string) []byte { return nil },
		"r and s are 0": func(testing.TB, key, string) []byte { return make([]byte, 64) },
		"too short":     func(t testing.TB, k key, input string) []byte { return signature(t, k, input)[:63] },
		"DER": func(t testing.TB, k key, input string) []byte {
			sig := signature(t, k, input)
			der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])})
			if err != nil {
				t.Fatal(err)
			}
			return der
		},
	} {
		p := newProvider(t)
		p.resign = func(h, c map[string]any) string {
			input := encode(t, h) + "." + encode(t, c)
			return input + "." + base64.RawURLEncoding.EncodeToString(make(t, p.signer, input))
		}
		if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != "signature" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The algorithm and the curve belong together (RFC 7518 section 3.4).
	p := newProvider(t)
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.keys = []any{key{"k1", other, jose.ES384}.jwk(t, nil)}
	if _, err := p.signIn(p.client(t, nil), client.AuthorizeOptions{}, nil); rejected(err) != "key" {
		t.Error(err)
	}
}

// TestDeviceHiccups: no answer, or a broken one, is waited out.
func TestDeviceHiccups(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	c := p.client(t, nil)
	d, err := c.DeviceAuthorize(t.Context(), []string{"openid"})
	if err != nil {
		t.Fatal(err)
	}
	p.claims = map[string]any{"nonce": nil}
	p.fail = func(*http.Request) error { p.fail = nil; return errors.New("reset") }
	p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
		delete(p.on, "/token")
		always(502, "text/html", "<html>")(w, r)
	}
	if s, err := c.DeviceToken(t.Context(), d); err != nil || s.Subject() != userA {
		t.Fatal(err)
	}
	if len(p.sleeps) != 3 || p.sleeps[2] != 20*time.Second {
		t.Errorf("waits %v", p.sleeps)
	}
}

// TestRealDefaults: the seams that are not set are those of the machine.
func TestRealDefaults(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	fails := 2
	p.fail = func(*http.Request) error {
		if fails--; fails >= 0 {
			return errors.New("reset")
		}
		return nil
	}
	c, err := client.New(client.Config{
		Issuer: issuer, ClientID: "app", HTTPClient: &http.Client{Transport: p},
		Retry: client.Retry{Max: 2, Backoff: time.Nanosecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
	if err != nil || len(a.State) != 43 || len(a.Verifier) != 43 || a.Created.IsZero() {
		t.Errorf("%+v %v", a, err)
	}
}
