package main

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// newThrottle makes an app that asks for the provider's keys at most once a minute, as
// openid-client does: right after a rotation of the keys no user can sign in.
func newThrottle(s *site) http.Handler {
	s.provider.keySet = &throttledKeys{provider: s.provider, bug: s.bug}
	return s.mux(http.StatusForbidden)
}

// throttledKeys implements oidc.KeySet.
type throttledKeys struct {
	provider *provider
	bug      func(string) bool

	mu    sync.Mutex
	keys  []jose.JSONWebKey
	asked time.Time
}

// VerifySignature returns the payload of a token that a key of the provider signed.
func (t *throttledKeys) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	jws, err := jose.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA})
	if err != nil {
		return nil, err
	}
	h := jws.Signatures[0].Header
	if h.JSONWebKey != nil && t.bug("embedded-key") {
		return jws.Verify(h.JSONWebKey) // planted: jwk-embedded
	}
	for _, again := range []bool{false, true} {
		keys, err := t.get(ctx, again)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if h.KeyID != "" && k.KeyID != h.KeyID && !t.bug("any-key") || h.KeyID == "" && len(keys) > 1 || !t.fits(k, h.Algorithm) { // planted: kid-path-traversal // planted: unknown-kid-never-published
				continue
			}
			if payload, err := jws.Verify(k.Key); err == nil {
				return payload, nil
			}
		}
	}
	return nil, errors.New("no key of the provider verifies the token")
}

// fits reports whether a key may verify with an algorithm (RFC 7517 section 4).
func (t *throttledKeys) fits(k jose.JSONWebKey, alg string) bool {
	if r, ok := k.Key.(*rsa.PublicKey); ok && (r.N.BitLen() < 2048 && !t.bug("short-key") || r.E < 3) { // planted: weak-rsa-1024
		return false
	}
	if k.Use != "" && k.Use != "sig" && !t.bug("any-use") { // planted: use-enc-key
		return false
	}
	return k.Algorithm == "" || k.Algorithm == alg
}

// get returns the keys, fetched at first and, not more than once a minute, again.
func (t *throttledKeys) get(ctx context.Context, again bool) ([]jose.JSONWebKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.keys) > 0 && (!again || time.Since(t.asked) < time.Minute || t.bug("keys-for-good")) { // planted: rotate-between-logins
		return t.keys, nil
	}
	t.provider.mu.Lock()
	address := t.provider.meta.JWKS
	t.provider.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := t.provider.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the key set: %s", resp.Status)
	}
	keys, err := usableKeys(json.NewDecoder(resp.Body))
	if err != nil {
		return nil, err
	}
	t.keys, t.asked = keys, time.Now()
	return keys, nil
}

// usableKeys returns the public keys of a set that may verify.
func usableKeys(from *json.Decoder) (keys []jose.JSONWebKey, err error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := from.Decode(&set); err != nil {
		return nil, err
	}
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		var more struct {
			Ops []string `json:"key_ops"`
		}
		if k.UnmarshalJSON(raw) == nil && k.IsPublic() && json.Unmarshal(raw, &more) == nil && (len(more.Ops) == 0 || more.Ops[0] == "verify") {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key")
	}
	return keys, nil
}
