package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/internal/cache"
	"github.com/authdrill/authdrill/client/internal/check"
)

// keySet returns the provider's keys: those that are held while they are fresh,
// and not of the generation that was found wanting.
func (c *Client) keySet(ctx context.Context, stale int) (cache.Cached[[]check.Key], error) {
	held := c.keys.Get()
	if held.IsFresh(c.cfg.Now()) && held.Generation != stale {
		return held, nil
	}
	return c.keys.Renew(held.Generation, func() ([]check.Key, time.Time, error) { return c.op.fetchKeys(ctx) })
}

// fetchKeys reads the key set, and returns until when it may be kept.
func (c *Client) fetchKeys(ctx context.Context) ([]check.Key, time.Time, error) {
	asked := c.cfg.Now()
	_, address, err := c.endpoint(ctx, "jwks_uri")
	if err != nil {
		return nil, asked, err
	}
	resp, err := c.get(ctx, address, "application/jwk-set+json, application/json")
	if err != nil {
		return nil, asked, err
	}
	doc, err := c.document(resp, "jwks", "RFC 7517 section 5")
	if err != nil {
		return nil, asked, err
	}
	keys := check.ParseKeys(resp.Body)
	list, isList := doc["keys"].([]any)
	if err := judge(c.tables.keySet, check.KeySet{IsList: isList, Listed: len(list), Usable: len(keys)}, resp); err != nil {
		return nil, asked, err
	}
	return keys, asked.Add(resp.freshFor()), nil
}

// keySetTable has the checks of a key set. A key that cannot be used is not a
// reason to refuse the others (RFC 7517 section 5).
func keySetTable() []check.Row[check.KeySet] {
	return []check.Row[check.KeySet]{row("jwks", "RFC 7517 section 5", checkKeySet)}
}

// checkKeySet refuses a set without a key, which is an accident of the provider:
// to keep it would be to refuse everybody until it is stale.
func checkKeySet(s check.KeySet) check.Finding {
	switch {
	case !s.IsList:
		return check.Fail("a list of keys", "none")
	case s.Usable == 0:
		return check.Fail("a key that can be used", "none")
	}
	return check.Pass("")
}

// pickKeys returns the keys that a signature with that algorithm and kid may be made
// with. When there is none, why says of the nearest what is wrong with it; known
// tells whether the kid is in the set at all.
func (c *Client) pickKeys(set []check.Key, alg, kid string) (found []check.Key, known bool, why string) {
	why = "none of that kid"
	for i := range set {
		k := &set[i]
		if kid != "" && k.KeyID != kid {
			continue
		}
		known = true
		if _, f, ok := check.Run(c.tables.key, check.Candidate{Key: k, Alg: alg}); !ok {
			why = f.Got
			continue
		}
		found = append(found, *k)
	}
	return found, known, why
}

// keyTable has the checks of whether a key can have made a signature.
func keyTable() []check.Row[check.Candidate] {
	return []check.Row[check.Candidate]{
		row("kty", "RFC 7518 section 3.1", checkKeyType),
		row("use", "RFC 7517 section 4.2", checkKeyUse),
		row("key_ops", "RFC 7517 section 4.3", checkKeyOps),
		row("alg", "RFC 7517 section 4.4", checkKeyAlg),
		row("size", "RFC 7518 section 3.3", checkKeySize),
	}
}

// checkKeyType requires a key of the type that the algorithm needs.
func checkKeyType(k check.Candidate) check.Finding {
	fits := false
	switch key := k.JSONWebKey.Key.(type) {
	case *rsa.PublicKey:
		fits = strings.HasPrefix(k.Alg, "RS") || strings.HasPrefix(k.Alg, "PS")
	case *ecdsa.PublicKey:
		fits = key.Curve.Params().BitSize == map[string]int{"ES256": 256, "ES384": 384, "ES512": 521}[k.Alg]
	case ed25519.PublicKey:
		fits = k.Alg == "EdDSA"
	}
	if !fits {
		return check.Fail("", "a key of another type (kty)")
	}
	return check.Pass("")
}

func checkKeyUse(k check.Candidate) check.Finding {
	if k.Use != "" && k.Use != "sig" {
		return check.Fail("sig", "a key for use "+quote(k.Use))
	}
	return check.Pass(k.Use)
}

func checkKeyOps(k check.Candidate) check.Finding {
	if len(k.Ops) > 0 && !slices.Contains(k.Ops, "verify") {
		return check.Fail("verify", "a key for other key_ops")
	}
	return check.Pass("")
}

func checkKeyAlg(k check.Candidate) check.Finding {
	if k.Algorithm != "" && k.Algorithm != k.Alg {
		return check.Fail(k.Alg, "a key for alg "+quote(k.Algorithm))
	}
	return check.Pass(k.Algorithm)
}

func checkKeySize(k check.Candidate) check.Finding {
	if r, ok := k.JSONWebKey.Key.(*rsa.PublicKey); ok && r.N.BitLen() < 2048 {
		return check.Fail("2048 bits", fmt.Sprintf("an RSA key of %d bits", r.N.BitLen()))
	}
	return check.Pass("")
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
	return c.refetch.allow(kid, c.cfg.Now())
}
