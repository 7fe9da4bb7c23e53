package client

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client/internal/check"
)

// allowedAlgorithms returns the signature algorithms that an ID token may have. The
// symmetric ones are never among them: their key would be the client secret, or
// what an attacker takes for it (RFC 8725 section 3.1).
func (c *Client) allowedAlgorithms(registered string) []string {
	allowed := slices.Clone(c.cfg.AllowedAlgs)
	if registered != "" {
		allowed = []string{registered}
	}
	return allowed
}

// verifySignature verifies a JWT of the provider (RFC 7515 section 5.2). The key comes
// from the provider's key set and nowhere else: jku, x5u, jwk and x5c of the
// header are not even looked at (RFC 8725 section 3.10). Before a kid that is not in the
// set, or a signature that does not fit, is refused, the set is read again, for
// the provider may have rotated its keys (OIDC Core 10.1.1).
func (c *Client) verifySignature(ctx context.Context, t *check.Token) (string, error) {
	alg, kid := text(t.Header["alg"]), text(t.Header["kid"])
	set, err := c.keySet(ctx, 0)
	if err != nil {
		return "", err
	}
	for again := false; ; again = true {
		found, known, why := c.op.pickKeys(set.Value, alg, kid)
		if err := judge(c.tables.kid, check.Search{Alg: alg, Kid: kid, Found: len(found)}, nil); err != nil {
			return "", err
		}
		if c.op.verifyWithKeys(t, alg, found) {
			return fmt.Sprintf("%s, kid %s", alg, quote(kid)), nil
		}
		if again || !c.op.mayRefetch(kid) {
			return "", signatureError(alg, kid, known, len(found) > 0, why)
		}
		if set, err = c.keySet(ctx, set.Generation); err != nil {
			return "", err
		}
	}
}

// signatureError says why no key of the provider fits a signature.
func signatureError(alg, kid string, known, found bool, why string) error {
	switch {
	case !known:
		return reject("kid", "OIDC Core 10.1.1", "the kid of a signature key of the provider", quote(kid))
	case !found:
		return reject("key", "RFC 7517 section 4", "a key for "+alg+" of kid "+quote(kid), why)
	}
	return reject("signature", "OIDC Core 3.1.3.7 (6)", "a signature that fits the provider's key "+quote(kid), "one that does not")
}

// kidTable has the checks of how a token names its key.
func kidTable() []check.Row[check.Search] {
	return []check.Row[check.Search]{row("kid", "OIDC Core 10.1", checkKid)}
}

// checkKid requires a kid when several keys fit.
func checkKid(s check.Search) check.Finding {
	if s.Kid == "" && s.Found > 1 {
		return check.Fail("a kid, as there are several keys", "none")
	}
	return check.Pass(quote(s.Kid))
}

// verifyWithKeys reports whether the signature was made with one of the keys.
func verifyWithKeys(t *check.Token, alg string, keys []check.Key) bool {
	jws, err := jose.ParseSignedCompact(t.Raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return false
	}
	return slices.ContainsFunc(keys, func(k check.Key) bool {
		_, err := jws.Verify(k.JSONWebKey.Key)
		return err == nil
	})
}

// parseJWT takes a JWT apart (RFC 7519 section 7.2).
func (c *Client) parseJWT(raw, name, spec string) (*check.Token, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, reject(name, spec, "a signed JWT of three parts", fmt.Sprintf("%d", len(parts)))
	}
	t := &check.Token{Raw: raw}
	for i, m := range []*map[string]any{&t.Header, &t.Claims} {
		data, err := decodePart(parts[i])
		if err != nil {
			return nil, reject(name, spec, "base64url in part "+fmt.Sprint(i+1), "something else")
		}
		if *m, err = c.object(data, name, spec, nil); err != nil {
			return nil, err
		}
	}
	if _, err := decodePart(parts[2]); err != nil {
		return nil, reject(name, spec, "base64url in part 3", "something else")
	}
	return t, nil
}

// decodePart decodes a part of a JWT: base64url without padding (RFC 7515 section 2).
func decodePart(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
