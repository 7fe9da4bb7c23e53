package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// key is a public key of the provider, with what its JWK says of its use.
type key struct {
	jose.JSONWebKey
	ops []string // key_ops (RFC 7517 section 4.3)
}

// keySet returns the provider's keys: those that are held while they are fresh,
// and not of the generation that was found wanting.
func (c *Client) keySet(ctx context.Context, wanting int) (kept[[]key], error) {
	held := c.keys.get()
	if c.keysFailed.Load() && c.has(KeysFailureKept) {
		return held, reject("jwks", "OIDC Core 10.1.1", "keys", "none, and none will be asked for")
	}
	if held.generation > 0 && c.has(JWKSNeverRefetched) {
		return held, nil
	}
	if held.generation > 0 && held.generation != wanting && c.cfg.Now().Before(held.till) {
		return held, nil
	}
	return c.keys.renew(held.generation, func() ([]key, time.Time, error) { return c.fetchKeys(ctx) })
}

func (c *Client) fetchKeys(ctx context.Context) ([]key, time.Time, error) {
	asked := c.cfg.Now()
	_, address, err := c.endpoint(ctx, "jwks_uri")
	if err != nil {
		return nil, asked, err
	}
	resp, err := c.get(ctx, address, "application/jwk-set+json, application/json")
	if err != nil {
		c.keysFailed.Store(true)
		return nil, asked, err
	}
	doc, err := c.document(resp, "jwks", "RFC 7517 section 5")
	if err != nil {
		c.keysFailed.Store(true)
		return nil, asked, err
	}
	if _, ok := doc["keys"].([]any); !ok {
		return nil, asked, &Rejection{Check: "jwks", Spec: "RFC 7517 section 5", Want: "a list of keys", Got: "none", Response: resp}
	}
	keys := parseKeys(resp.Body)
	if len(keys) == 0 {
		c.keysFailed.Store(true)
		// A set without a key is an accident of the provider: to keep it would be to
		// refuse everybody until it is stale.
		return nil, asked, &Rejection{Check: "jwks", Spec: "RFC 7517 section 5", Want: "a key that can be used", Got: "none", Response: resp}
	}
	if all, _ := doc["keys"].([]any); len(keys) < len(all) && c.has(UnknownKeyTypeRefused) {
		return nil, asked, &Rejection{Check: "jwks", Spec: "RFC 7517 section 5", Want: "keys of known types", Got: "another", Response: resp}
	}
	return keys, asked.Add(resp.freshFor()), nil
}

// parseKeys reads a JWK Set. A key that is of an unknown type, incomplete or not
// on its curve is passed over, as RFC 7517 section 5 asks; so is one that is no public
// key, for nobody could rely on what it signs (RFC 8725 section 3.2).
func parseKeys(data []byte) []key {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(data, &set) != nil {
		return nil
	}
	var out []key
	for _, raw := range set.Keys {
		var k key
		var more struct {
			Ops []string `json:"key_ops"`
		}
		if k.JSONWebKey.UnmarshalJSON(raw) != nil || json.Unmarshal(raw, &more) != nil {
			continue
		}
		_, secret := k.Key.([]byte) // no strict client has a use for one
		if !secret {
			k.JSONWebKey = k.JSONWebKey.Public()
		}
		k.ops = more.Ops
		if secret || k.Key != nil && k.Valid() {
			out = append(out, k)
		}
	}
	return out
}

// pick returns the keys that a signature with that algorithm and kid may be made
// with. When there is none, why says of the nearest what is wrong with it; known
// tells whether the kid is in the set at all.
func (c *Client) pick(set []key, alg, kid string) (found []key, known bool, why string) {
	why = "none of that kid"
	for _, k := range set {
		if kid != "" && k.KeyID != kid && !c.has(KidIgnored) {
			continue
		}
		if known && c.has(FirstKeyOnly) {
			break
		}
		known = true
		if w := c.unfit(k, alg); w != "" {
			why = w
			continue
		}
		found = append(found, k)
	}
	return found, known, why
}

// unfit says why a key cannot have made a signature with that algorithm, "" if
// it can.
func (c *Client) unfit(k key, alg string) string {
	switch {
	case !ofType(k.Key, alg):
		return "a key of another type (kty)"
	case k.Use != "" && k.Use != "sig" && !c.has(UseUnchecked): // RFC 7517 section 4.2
		return "a key for use " + shown(k.Use)
	case len(k.ops) > 0 && !slices.Contains(k.ops, "verify") && !c.has(KeyOpsUnchecked): // RFC 7517 section 4.3
		return "a key for other key_ops"
	case k.Algorithm != "" && k.Algorithm != alg && !c.has(KeyAlgUnchecked): // RFC 7517 section 4.4
		return "a key for alg " + shown(k.Algorithm)
	}
	if r, ok := k.Key.(*rsa.PublicKey); ok && r.N.BitLen() < 2048 && !c.has(WeakKeyAccepted) { // RFC 7518 section 3.3
		return fmt.Sprintf("an RSA key of %d bits", r.N.BitLen())
	}
	return ""
}

// ofType reports whether a key is of the type that an algorithm needs (RFC 7518 section 3.1).
func ofType(k any, alg string) bool {
	switch k := k.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS") || alg == "HS256" // HS256 gets here with a bug only
	case *ecdsa.PublicKey:
		want := map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}[alg]
		return k.Curve.Params().BitSize == want || alg == "HS256"
	case ed25519.PublicKey:
		return alg == "EdDSA" || alg == "HS256"
	case []byte:
		return alg == "HS256"
	}
	return false
}

// refetches bounds how often the key set is asked for again: once a minute for
// each kid, and five times a minute in all. Without a bound, whoever can bring a
// token can make the client hammer the provider.
type refetches struct {
	mu   sync.Mutex
	last map[string]time.Time
}

const (
	refetchPause = time.Minute
	refetchMost  = 5
)

// allow reports whether the set may be asked for again because of a kid, and
// counts it.
func (r *refetches) allow(kid string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[string]time.Time{}
	}
	for k, t := range r.last {
		if now.Sub(t) >= refetchPause {
			delete(r.last, k)
		}
	}
	if _, recent := r.last[kid]; recent || len(r.last) >= refetchMost {
		return false
	}
	r.last[kid] = now
	return true
}

// mayRefetch reports whether the key set may be asked for again.
func (c *Client) mayRefetch(kid string) bool {
	return c.has(JWKSRefetchUnbounded) || c.refetch.allow(kid, c.cfg.Now())
}
