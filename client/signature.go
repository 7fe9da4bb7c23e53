package client

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// algorithms are the signature algorithms that an ID token may have. The
// symmetric ones are never among them: their key would be the client secret, or
// what an attacker takes for it (RFC 8725 section 3.1).
func (c *Client) algorithms(registered string) []string {
	allowed := slices.Clone(c.cfg.AllowedAlgs)
	if registered != "" {
		allowed = []string{registered}
	}
	if c.has(AnyAlg) {
		allowed = signatureAlgs()
	}
	if c.has(AlgNoneAccepted) {
		allowed = append(allowed, "none")
	}
	if c.has(AlgFromHeader) {
		allowed = append(allowed, "HS256")
	}
	if c.has(SymmetricKeyAccepted) {
		allowed = append(allowed, "HS256")
	}
	if m := c.meta.get().value; m != nil && c.has(DiscoveryAlgsTrusted) {
		algs, _ := m.Raw["id_token_signing_alg_values_supported"].([]any)
		for _, alg := range algs {
			allowed = append(allowed, text(alg))
		}
	}
	return allowed
}

// verifySignature verifies a JWT of the provider (RFC 7515 section 5.2). The key comes
// from the provider's key set and nowhere else: jku, x5u, jwk and x5c of the
// header are not even looked at (RFC 8725 section 3.10). Before a kid that is not in the
// set, or a signature that does not fit, is refused, the set is read again, for
// the provider may have rotated its keys (OIDC Core 10.1.1).
func (c *Client) verifySignature(ctx context.Context, t *jwt) (string, error) {
	alg, kid := text(t.header["alg"]), text(t.header["kid"])
	if strings.EqualFold(alg, "none") { // gets here with a bug only
		return "unsigned", nil
	}
	if c.has(EmbeddedKeyTrusted) {
		if k := embeddedKey(t.header); k != nil && c.verifyWith(t, alg, []key{*k}) {
			return "the key in its own header", nil
		}
	}
	if named := c.foreignKeys(ctx, t); len(named) > 0 && c.verifyWith(t, alg, named) {
		return "a key that the token names", nil
	}
	set, err := c.keySet(ctx, 0)
	if err != nil {
		return "", err
	}
	if kid == "" && c.has(KidRequired) {
		return "", reject("kid", "RFC 7515 section 4.1.4", "a kid", "none")
	}
	for again := false; ; again = true {
		found, known, why := c.pick(set.value, alg, kid)
		if kid == "" && len(found) > 1 && !c.has(KidMissingAccepted) {
			return "", reject("kid", "OIDC Core 10.1", "a kid, as there are several keys", "none")
		}
		if c.verifyWith(t, alg, found) {
			return fmt.Sprintf("%s, kid %s", alg, shown(kid)), nil
		}
		if !again && c.mayRefetch(kid) {
			if set, err = c.keySet(ctx, set.generation); err != nil {
				return "", err
			}
			continue
		}
		switch {
		case !known:
			return "", reject("kid", "OIDC Core 10.1.1", "the kid of a signature key of the provider", shown(kid))
		case len(found) == 0:
			return "", reject("key", "RFC 7517 section 4", "a key for "+alg+" of kid "+shown(kid), why)
		}
		return "", reject("signature", "OIDC Core 3.1.3.7 (6)", "a signature that fits the provider's key "+shown(kid), "one that does not")
	}
}

// verifyWith reports whether the signature was made with one of the keys.
func (c *Client) verifyWith(t *jwt, alg string, keys []key) bool {
	_, critical := t.header["crit"]
	if alg == "HS256" || critical { // neither gets here but with a bug
		return slices.ContainsFunc(keys, func(k key) bool { return verifyCarelessly(t, alg, k.Key) })
	}
	jws, err := jose.ParseSignedCompact(t.raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return false
	}
	return slices.ContainsFunc(keys, func(k key) bool {
		_, err := jws.Verify(k.Key)
		return err == nil
	})
}

// jwt is a JWT in the compact form, taken apart and not yet believed.
type jwt struct {
	raw            string
	header, claims map[string]any
}

// parseJWT takes a JWT apart (RFC 7519 section 7.2).
func (c *Client) parseJWT(raw, check, spec string) (*jwt, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, reject(check, spec, "a signed JWT of three parts", fmt.Sprintf("%d", len(parts)))
	}
	t := &jwt{raw: raw}
	for i, m := range []*map[string]any{&t.header, &t.claims} {
		data, err := decodePart(parts[i])
		if err != nil {
			return nil, reject(check, spec, "base64url in part "+fmt.Sprint(i+1), "something else")
		}
		if *m, err = c.object(data, check, spec, nil); err != nil {
			return nil, err
		}
	}
	if _, err := decodePart(parts[2]); err != nil {
		return nil, reject(check, spec, "base64url in part 3", "something else")
	}
	return t, nil
}

// decodePart decodes a part of a JWT: base64url without padding (RFC 7515 section 2).
func decodePart(s string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(s) }
