package mutant

import (
	"context"
	"encoding/json"
	"math"
	"strings"

	"github.com/authdrill/authdrill/client/internal/check"
)

// idtoken returns the mutants about the ID token.
func idtoken() []Mutant {
	return []Mutant{
		{
			Name: "hybrid-unmatched", Check: "hybrid", Spec: "OIDC Core 3.3.3.6",
			Doc:   "does not compare the ID tokens of the two channels",
			edits: remove("hybrid", "hybrid"),
		},
		{
			Name: "typ-unchecked", Check: "typ", Spec: "RFC 8725 section 3.11",
			Doc:   "takes an access token or a logout token for an ID token",
			edits: remove("id token", "typ"),
		},
		{
			Name: "crit-ignored", Check: "crit", Spec: "RFC 7515 section 4.1.11",
			Doc:   "ignores extensions it must understand",
			edits: combine(remove("id token", "crit"), wrap("verify with keys", verifyCarelesslyIf(isCritical))),
		},
		{
			Name: "any-alg", Check: "alg", Spec: "OIDC Core 3.1.3.7 (7)",
			Doc:   "takes any asymmetric algorithm",
			edits: allow("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"),
		},
		{
			Name: "alg-none-accepted", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc:   "takes an unsigned ID token",
			edits: combine(wrap("verify signature", acceptUnsigned), allow("none")),
		},
		{
			Name: "alg-from-header", Check: "alg", Spec: "RFC 8725 section 2.1",
			Doc:   "takes HS256 with the public key as the secret",
			edits: acceptHMAC(),
		},
		{
			Name: "id-token-unverified", Check: "signature", Spec: "OIDC Core 3.1.3.7 (6)",
			Doc:   "does not verify the signature",
			edits: remove("id token", "signature"),
		},
		{
			Name: "iss-claim-unchecked", Check: "iss", Spec: "OIDC Core 3.1.3.7 (2)",
			Doc:   "takes an ID token of another issuer",
			edits: remove("id token", "iss"),
		},
		{
			Name: "aud-unchecked", Check: "aud", Spec: "OIDC Core 3.1.3.7 (3)",
			Doc:   "takes an ID token for another client",
			edits: remove("id token", "aud"),
		},
		{
			Name: "azp-unchecked", Check: "azp", Spec: "OIDC Core 3.1.3.7 (4, 5)",
			Doc:   "takes an ID token that was issued to another client",
			edits: remove("id token", "azp"),
		},
		{
			Name: "sub-unchecked", Check: "sub", Spec: "OIDC Core 2",
			Doc:   "takes an ID token without a usable sub",
			edits: remove("id token", "sub"),
		},
		{
			Name: "exp-unchecked", Check: "exp", Spec: "OIDC Core 3.1.3.7 (9)",
			Doc:   "takes an expired ID token",
			edits: remove("id token", "exp"),
		},
		{
			Name: "iat-unchecked", Check: "iat", Spec: "OIDC Core 3.1.3.7 (10)",
			Doc:   "takes an ID token of another day, or of the future",
			edits: remove("id token", "iat"),
		},
		{
			Name: "nbf-unchecked", Check: "nbf", Spec: "RFC 7519 section 4.1.5",
			Doc:   "takes an ID token that is not valid yet",
			edits: remove("id token", "nbf"),
		},
		{
			Name: "nonce-unchecked", Check: "nonce", Spec: "OIDC Core 3.1.3.7 (11)",
			Doc:   "takes an ID token of another sign-in",
			edits: remove("id token", "nonce"),
		},
		{
			Name: "acr-unchecked", Check: "acr", Spec: "OIDC Core 3.1.3.7 (12)",
			Doc:   "does not see whether the essential authentication was done",
			edits: remove("id token", "acr"),
		},
		{
			Name: "auth-time-unchecked", Check: "auth_time", Spec: "OIDC Core 3.1.3.7 (13)",
			Doc:   "does not see how long ago the user signed in",
			edits: remove("id token", "auth_time"),
		},
		{
			Name: "at-hash-unchecked", Check: "at_hash", Spec: "OIDC Core 3.2.2.9",
			Doc:   "takes an access token that was not issued with the ID token",
			edits: remove("id token", "at_hash"),
		},
		{
			Name: "c-hash-unchecked", Check: "c_hash", Spec: "OIDC Core 3.3.2.10",
			Doc:   "takes a code that was not issued with the ID token",
			edits: remove("id token", "c_hash"),
		},
		{
			Name: "aud-list-refused", Check: "aud", Spec: "OIDC Core 2",
			Doc:   "refuses an aud that is a list",
			edits: refuse("id token", "aud", func(v *check.Verification) bool { _, isList := v.Claims["aud"].([]any); return isList }),
		},
		{
			Name: "at-hash-required", Check: "at_hash", Spec: "OIDC Core 3.1.3.6",
			Doc:   "refuses an ID token without at_hash, though it may be left out",
			edits: refuse("id token", "at_hash", func(v *check.Verification) bool { return v.AccessToken != "" && v.Claims["at_hash"] == nil }),
		},
		{
			Name: "far-future-refused", Check: "exp", Spec: "RFC 7519 section 2",
			Doc:   "refuses a time after 2038",
			edits: refuse("id token", "exp", isFarFuture),
		},
		{
			Name: "fractional-time-refused", Check: "exp", Spec: "RFC 7519 section 2",
			Doc:   "refuses a time that is not in whole seconds",
			edits: refuse("id token", "exp", isFractional),
		},
		{
			Name: "id-token-alg-lowercased", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc:   "takes an unsigned ID token if none is spelt in another way",
			edits: combine(wrap("verify signature", acceptUnsigned), accept("id token", "alg", func(v *check.Verification) bool { return isUnsigned(v.Token) })),
		},
	}
}

// allow adds signature algorithms to those that the client accepts.
func allow(algs ...string) edit {
	return wrap("allowed algorithms", func(strict algorithms) algorithms {
		return func(registered string) []string { return append(strict(registered), algs...) }
	})
}

// acceptUnsigned takes a token with the algorithm none for a signed one.
func acceptUnsigned(strict verifySignature) verifySignature {
	return func(ctx context.Context, t *check.Token) (string, error) {
		if isUnsigned(t) {
			return "unsigned", nil
		}
		return strict(ctx, t)
	}
}

func isUnsigned(t *check.Token) bool { return strings.EqualFold(text(t.Header["alg"]), "none") }

// isCritical reports whether a token has extensions that must be understood.
func isCritical(t *check.Token, _ string) bool {
	_, critical := t.Header["crit"]
	return critical
}

// acceptHMAC takes HS256, with whatever the provider publishes as the secret.
func acceptHMAC() edit {
	return combine(
		allow("HS256"),
		accept("key", "kty", func(k check.Candidate) bool { return k.Alg == "HS256" }),
		wrap("verify with keys", verifyCarelesslyIf(func(_ *check.Token, alg string) bool { return alg == "HS256" })),
	)
}

func isFractional(v *check.Verification) bool {
	exp, _ := v.Claims["exp"].(json.Number)
	seconds, err := exp.Float64()
	return err == nil && seconds != math.Trunc(seconds)
}

func isFarFuture(v *check.Verification) bool {
	exp, _ := v.Claims["exp"].(json.Number)
	seconds, err := exp.Float64()
	return err == nil && seconds > math.MaxInt32
}
