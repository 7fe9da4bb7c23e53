package mutant

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// keys returns the mutants about the provider's keys.
func keys() []Mutant {
	return []Mutant{
		{
			Name: "embedded-jwk-trusted", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc:   "verifies with the key that the token brings along",
			edits: trust(func(_ context.Context, _ *client.Client, t *check.Token) []check.Key { return embedded(t) }),
		},
		{
			Name: "kid-ignored", Check: "kid", Spec: "OIDC Core 10.1",
			Doc:   "verifies with any key of the set, whatever the kid",
			edits: pickFrom(func(set []check.Key, kid string) ([]check.Key, string) { return set, "" }),
		},
		{
			Name: "kid-missing-accepted", Check: "kid", Spec: "OIDC Core 10.1",
			Doc:   "tries every key when the token names none and the set has several",
			edits: remove("kid", "kid"),
		},
		{
			Name: "use-unchecked", Check: "key", Spec: "RFC 7517 section 4.2",
			Doc:   "verifies with a key for encryption",
			edits: remove("key", "use"),
		},
		{
			Name: "key-ops-unchecked", Check: "key", Spec: "RFC 7517 section 4.3",
			Doc:   "verifies with a key that is not for verifying",
			edits: remove("key", "key_ops"),
		},
		{
			Name: "key-alg-unchecked", Check: "key", Spec: "RFC 7517 section 4.4",
			Doc:   "verifies with a key of another algorithm",
			edits: remove("key", "alg"),
		},
		{
			Name: "weak-key-accepted", Check: "key", Spec: "RFC 7518 section 3.3",
			Doc:   "verifies with an RSA key of fewer than 2048 bits",
			edits: remove("key", "size"),
		},
		{
			Name: "jwks-never-refetched", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc:   "never asks for the keys again",
			edits: combine(wrap("fetch keys", keepForever[[]check.Key]), perform("may refetch", func(string) bool { return false })),
		},
		{
			Name: "jwks-refetch-unbounded", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc:   "asks for the keys again for every unknown kid",
			edits: perform("may refetch", func(string) bool { return true }),
		},
		{
			Name: "jwks-refetched-per-kid", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc:   "asks for the keys again once for every unknown kid, however many there are",
			edits: wrap("may refetch", oncePerKid),
		},
		{
			Name: "jku-followed", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc:   "fetches the keys that the token names",
			edits: trust(fetched("jku")),
		},
		{
			Name: "x5u-followed", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc:   "fetches the certificate that the token names",
			edits: trust(fetched("x5u")),
		},
		{
			Name: "x5c-trusted", Check: "signature", Spec: "RFC 7515 section 4.1.6",
			Doc:   "verifies with the certificate that the token brings along",
			edits: trust(func(_ context.Context, _ *client.Client, t *check.Token) []check.Key { return certified(t) }),
		},
		{
			Name: "kid-url-followed", Check: "kid", Spec: "RFC 8725 section 3.10",
			Doc:   "fetches the keys from where kid says",
			edits: trust(fetched("kid")),
		},
		{
			Name: "published-secret-accepted", Check: "alg", Spec: "RFC 8725 section 3.2",
			Doc:   "verifies with a secret that the provider publishes",
			edits: acceptHMAC(),
		},
		{
			Name: "unknown-key-type-refused", Check: "jwks", Spec: "RFC 7517 section 5",
			Doc:   "refuses a key set because of one key in it that it does not know",
			edits: refuse("jwks", "jwks", func(s check.KeySet) bool { return s.IsList && s.Usable < s.Listed }),
		},
		{
			Name: "first-key-only", Check: "kid", Spec: "RFC 7517 section 4.5",
			Doc:   "looks at the first key of a kid only",
			edits: pickFrom(firstOf),
		},
		{
			Name: "keys-failure-kept", Check: "jwks", Spec: "OIDC Core 10.1.1",
			Doc:   "never asks for the keys again once they could not be had",
			edits: wrap("fetch keys", keepKeysFailure),
		},
		{
			Name: "removed-keys-kept", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc:   "adds the keys of each key set to those it has, and never forgets one",
			edits: wrap("fetch keys", keepRemovedKeys),
		},
		{
			Name: "kid-required", Check: "kid", Spec: "RFC 7515 section 4.1.4",
			Doc:   "refuses a token without kid, though there is one key",
			edits: refuse("kid", "kid", func(s check.Search) bool { return s.Kid == "" }),
		},
	}
}

// oncePerKid lets the keys be asked for once for each kid, without a bound for all.
func oncePerKid(func(kid string) bool) func(kid string) bool {
	var asked sync.Map
	return func(kid string) bool {
		_, before := asked.LoadOrStore(kid, true)
		return !before
	}
}

// pickFrom changes the set that the key of a signature is picked from, or the kid
// that is looked for.
func pickFrom(change func(set []check.Key, kid string) ([]check.Key, string)) edit {
	return wrap("pick keys", func(strict pickKeys) pickKeys {
		return func(set []check.Key, alg, kid string) (found []check.Key, known bool, why string) {
			set, kid = change(set, kid)
			return strict(set, alg, kid)
		}
	})
}

// firstOf is the first key of a kid.
func firstOf(set []check.Key, kid string) ([]check.Key, string) {
	i := slices.IndexFunc(set, func(k check.Key) bool { return kid == "" || k.KeyID == kid })
	if i < 0 {
		return nil, kid
	}
	return set[i : i+1], kid
}

// keepKeysFailure never asks for the keys again once they could not be had.
func keepKeysFailure(strict fetchKeys) fetchKeys {
	var failed atomic.Bool
	return func(ctx context.Context) ([]check.Key, time.Time, error) {
		if failed.Load() {
			return nil, time.Time{}, reject("jwks", "OIDC Core 10.1.1", "keys", "none, and none will be asked for")
		}
		keys, till, err := strict(ctx)
		failed.Store(err != nil)
		return keys, till, err
	}
}

// keepRemovedKeys never forgets a key that the provider once had.
func keepRemovedKeys(strict fetchKeys) fetchKeys {
	var mu sync.Mutex
	var known []check.Key
	return func(ctx context.Context) ([]check.Key, time.Time, error) {
		keys, till, err := strict(ctx)
		mu.Lock()
		defer mu.Unlock()
		for _, k := range keys {
			if !slices.ContainsFunc(known, func(had check.Key) bool { return had.KeyID == k.KeyID }) {
				known = append(known, k)
			}
		}
		return slices.Clone(known), till, err
	}
}

// trust verifies a token with keys that the token itself names or brings along
// (RFC 8725 section 3.10), before it asks for the provider's.
func trust(named func(context.Context, *client.Client, *check.Token) []check.Key) edit {
	return wrapWith("verify signature", func(c *client.Client, strict verifySignature) verifySignature {
		return func(ctx context.Context, t *check.Token) (string, error) {
			for _, k := range named(ctx, c, t) {
				if verifyCarelessly(t, text(t.Header["alg"]), k.JSONWebKey) {
					return "a key that the token names", nil
				}
			}
			return strict(ctx, t)
		}
	})
}

// embedded is the key that a token's own header offers (RFC 7515 section 4.1.3).
func embedded(t *check.Token) []check.Key {
	raw, err := json.Marshal(t.Header["jwk"])
	if err != nil {
		return nil
	}
	var k jose.JSONWebKey
	if k.UnmarshalJSON(raw) != nil || !k.Valid() {
		return nil
	}
	return []check.Key{{JSONWebKey: k.Public()}}
}

// certified is the key of the certificate chain in a token's own header.
func certified(t *check.Token) []check.Key {
	list, _ := t.Header["x5c"].([]any)
	if len(list) == 0 {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(text(list[0]))
	if err != nil {
		return nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return []check.Key{{JSONWebKey: jose.JSONWebKey{Key: cert.PublicKey}}}
}

// fetched are the keys at the address that a member of a token's header has.
func fetched(member string) func(context.Context, *client.Client, *check.Token) []check.Key {
	return func(ctx context.Context, c *client.Client, t *check.Token) []check.Key {
		address := text(t.Header[member])
		if !strings.HasPrefix(address, "http") {
			return nil
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			return nil
		}
		req.Header.Set("Accept", "application/json")
		resp, err := c.Config().HTTPClient.Do(req)
		if err != nil {
			return nil
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil
		}
		return check.ParseKeys(body)
	}
}
