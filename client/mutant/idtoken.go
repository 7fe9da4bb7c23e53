package mutant

// idtoken returns the mutants about the ID token.
func idtoken() []Mutant {
	return []Mutant{
		{
			Name: "hybrid-unmatched", Check: "hybrid", Spec: "OIDC Core 3.3.3.6",
			Doc: "does not compare the ID tokens of the two channels",
		},
		{
			Name: "typ-unchecked", Check: "typ", Spec: "RFC 8725 section 3.11",
			Doc: "takes an access token or a logout token for an ID token",
		},
		{
			Name: "crit-ignored", Check: "crit", Spec: "RFC 7515 section 4.1.11",
			Doc: "ignores extensions it must understand",
		},
		{
			Name: "any-alg", Check: "alg", Spec: "OIDC Core 3.1.3.7 (7)",
			Doc: "takes any asymmetric algorithm",
		},
		{
			Name: "alg-none-accepted", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc: "takes an unsigned ID token",
		},
		{
			Name: "alg-from-header", Check: "alg", Spec: "RFC 8725 section 2.1",
			Doc: "takes HS256 with the public key as the secret",
		},
		{
			Name: "id-token-unverified", Check: "signature", Spec: "OIDC Core 3.1.3.7 (6)",
			Doc: "does not verify the signature",
		},
		{
			Name: "iss-claim-unchecked", Check: "iss", Spec: "OIDC Core 3.1.3.7 (2)",
			Doc: "takes an ID token of another issuer",
		},
		{
			Name: "aud-unchecked", Check: "aud", Spec: "OIDC Core 3.1.3.7 (3)",
			Doc: "takes an ID token for another client",
		},
		{
			Name: "azp-unchecked", Check: "azp", Spec: "OIDC Core 3.1.3.7 (4, 5)",
			Doc: "takes an ID token that was issued to another client",
		},
		{
			Name: "sub-unchecked", Check: "sub", Spec: "OIDC Core 2",
			Doc: "takes an ID token without a usable sub",
		},
		{
			Name: "exp-unchecked", Check: "exp", Spec: "OIDC Core 3.1.3.7 (9)",
			Doc: "takes an expired ID token",
		},
		{
			Name: "iat-unchecked", Check: "iat", Spec: "OIDC Core 3.1.3.7 (10)",
			Doc: "takes an ID token of another day, or of the future",
		},
		{
			Name: "nbf-unchecked", Check: "nbf", Spec: "RFC 7519 section 4.1.5",
			Doc: "takes an ID token that is not valid yet",
		},
		{
			Name: "nonce-unchecked", Check: "nonce", Spec: "OIDC Core 3.1.3.7 (11)",
			Doc: "takes an ID token of another sign-in",
		},
		{
			Name: "acr-unchecked", Check: "acr", Spec: "OIDC Core 3.1.3.7 (12)",
			Doc: "does not see whether the essential authentication was done",
		},
		{
			Name: "auth-time-unchecked", Check: "auth_time", Spec: "OIDC Core 3.1.3.7 (13)",
			Doc: "does not see how long ago the user signed in",
		},
		{
			Name: "at-hash-unchecked", Check: "at_hash", Spec: "OIDC Core 3.2.2.9",
			Doc: "takes an access token that was not issued with the ID token",
		},
		{
			Name: "c-hash-unchecked", Check: "c_hash", Spec: "OIDC Core 3.3.2.10",
			Doc: "takes a code that was not issued with the ID token",
		},
		{
			Name: "aud-list-refused", Check: "aud", Spec: "OIDC Core 2",
			Doc: "refuses an aud that is a list",
		},
		{
			Name: "at-hash-required", Check: "at_hash", Spec: "OIDC Core 3.1.3.6",
			Doc: "refuses an ID token without at_hash, though it may be left out",
		},
		{
			Name: "far-future-refused", Check: "exp", Spec: "RFC 7519 section 2",
			Doc: "refuses a time after 2038",
		},
		{
			Name: "id-token-alg-lowercased", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc: "takes an unsigned ID token if none is spelt in another way",
		},
	}
}
