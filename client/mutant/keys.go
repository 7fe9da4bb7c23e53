package mutant

// keys returns the mutants about the provider's keys.
func keys() []Mutant {
	return []Mutant{
		{
			Name: "embedded-jwk-trusted", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc: "verifies with the key that the token brings along",
		},
		{
			Name: "kid-ignored", Check: "kid", Spec: "OIDC Core 10.1",
			Doc: "verifies with any key of the set, whatever the kid",
		},
		{
			Name: "kid-missing-accepted", Check: "kid", Spec: "OIDC Core 10.1",
			Doc: "tries every key when there are several and no kid",
		},
		{
			Name: "use-unchecked", Check: "key", Spec: "RFC 7517 section 4.2",
			Doc: "verifies with a key for encryption",
		},
		{
			Name: "key-ops-unchecked", Check: "key", Spec: "RFC 7517 section 4.3",
			Doc: "verifies with a key that is not for verifying",
		},
		{
			Name: "key-alg-unchecked", Check: "key", Spec: "RFC 7517 section 4.4",
			Doc: "verifies with a key of another algorithm",
		},
		{
			Name: "weak-key-accepted", Check: "key", Spec: "RFC 7518 section 3.3",
			Doc: "verifies with an RSA key of fewer than 2048 bits",
		},
		{
			Name: "jwks-never-refetched", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc: "never asks for the keys again",
		},
		{
			Name: "jwks-refetch-unbounded", Check: "kid", Spec: "OIDC Core 10.1.1",
			Doc: "asks for the keys again for every unknown kid",
		},
		{
			Name: "jku-followed", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc: "fetches the keys that the token names",
		},
		{
			Name: "x5u-followed", Check: "signature", Spec: "RFC 8725 section 3.10",
			Doc: "fetches the certificate that the token names",
		},
		{
			Name: "x5c-trusted", Check: "signature", Spec: "RFC 7515 section 4.1.6",
			Doc: "verifies with the certificate that the token brings along",
		},
		{
			Name: "kid-url-followed", Check: "kid", Spec: "RFC 8725 section 3.10",
			Doc: "fetches the keys from where kid says",
		},
		{
			Name: "published-secret-accepted", Check: "alg", Spec: "RFC 8725 section 3.2",
			Doc: "verifies with a secret that the provider publishes",
		},
		{
			Name: "unknown-key-type-refused", Check: "jwks", Spec: "RFC 7517 section 5",
			Doc: "refuses a key set because of one key in it that it does not know",
		},
		{
			Name: "first-key-only", Check: "kid", Spec: "RFC 7517 section 4.5",
			Doc: "looks at the first key of a kid only",
		},
		{
			Name: "keys-failure-kept", Check: "jwks", Spec: "OIDC Core 10.1.1",
			Doc: "never asks for the keys again once they could not be had",
		},
		{
			Name: "kid-required", Check: "kid", Spec: "RFC 7515 section 4.1.4",
			Doc: "refuses a token without kid, though there is one key",
		},
	}
}
