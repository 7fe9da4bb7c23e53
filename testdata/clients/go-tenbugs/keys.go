package main

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// keySet is the provider's keys. go-oidc's own takes a key whatever its JWK says
// that it is for, and asks again for every kid that it does not know.
type keySet struct {
	url  string
	http *http.Client

	mu    sync.Mutex
	keys  []key
	asked []time.Time
}

type key struct {
	jose.JSONWebKey
	ops []string
}

// VerifySignature implements oidc.KeySet.
func (s *keySet) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	jws, err := jose.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA})
	if err != nil {
		return nil, err
	}
	h := jws.Signatures[0].Header
	for _, refetch := range []bool{false, true} {
		keys, err := s.get(ctx, refetch)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if h.KeyID != "" && k.KeyID != h.KeyID || h.KeyID == "" && len(keys) > 1 || !k.fits(h.Algorithm) {
				continue
			}
			if payload, err := jws.Verify(k.Key); err == nil {
				return payload, nil
			}
		}
	}
	return nil, errors.New("no key of the provider verifies the token")
}

// fits reports whether a JWK may verify with an algorithm (RFC 7517 section 4).
func (k key) fits(alg string) bool {
	// planted: weak-rsa-1024
	if r, ok := k.Key.(*rsa.PublicKey); ok && r.E < 3 {
		return false
	}
	// planted: use-enc-key
	return (k.Algorithm == "" || k.Algorithm == alg) && (len(k.ops) == 0 || slices.Contains(k.ops, "verify"))
}

// get returns the keys, fetched at first and for a kid that is not known, though
// not more than five times a minute.
func (s *keySet) get(ctx context.Context, again bool) ([]key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) > 0 && !again {
		return s.keys, nil
	}
	s.asked = slices.DeleteFunc(s.asked, func(t time.Time) bool { return time.Since(t) > time.Minute })
	if len(s.keys) > 0 && len(s.asked) >= 5 {
		return s.keys, nil
	}
	s.asked = append(s.asked, time.Now())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the key set: %s", resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		return nil, err
	}
	var keys []key
	for _, raw := range set.Keys {
		var k key
		var more struct {
			Ops []string `json:"key_ops"`
		}
		if k.UnmarshalJSON(raw) == nil && json.Unmarshal(raw, &more) == nil && k.IsPublic() {
			k.ops = more.Ops
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key")
	}
	s.keys = keys
	return keys, nil
}

// header is a member of a token's JOSE header.
func header(raw, name string) string {
	part, _, _ := strings.Cut(raw, ".")
	data, err := base64.RawURLEncoding.DecodeString(part)
	var h map[string]any
	if err != nil || json.Unmarshal(data, &h) != nil {
		return ""
	}
	return text(h[name])
}
