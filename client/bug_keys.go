package client

// The bugs about the provider's keys.
const (
	EmbeddedKeyTrusted   Bug = "embedded-jwk-trusted"
	KidIgnored           Bug = "kid-ignored"
	KidMissingAccepted   Bug = "kid-missing-accepted"
	UseUnchecked         Bug = "use-unchecked"
	KeyOpsUnchecked      Bug = "key-ops-unchecked"
	KeyAlgUnchecked      Bug = "key-alg-unchecked"
	WeakKeyAccepted      Bug = "weak-key-accepted"
	JWKSNeverRefetched   Bug = "jwks-never-refetched"
	JWKSRefetchUnbounded Bug = "jwks-refetch-unbounded"
)

func keysBugs() []BugInfo {
	return []BugInfo{
		{EmbeddedKeyTrusted, "signature", "RFC 8725 section 3.10", "verifies with the key that the token brings along"},
		{KidIgnored, "kid", "OIDC Core 10.1", "verifies with any key of the set, whatever the kid"},
		{KidMissingAccepted, "kid", "OIDC Core 10.1", "tries every key when there are several and no kid"},
		{UseUnchecked, "key", "RFC 7517 section 4.2", "verifies with a key for encryption"},
		{KeyOpsUnchecked, "key", "RFC 7517 section 4.3", "verifies with a key that is not for verifying"},
		{KeyAlgUnchecked, "key", "RFC 7517 section 4.4", "verifies with a key of another algorithm"},
		{WeakKeyAccepted, "key", "RFC 7518 section 3.3", "verifies with an RSA key of fewer than 2048 bits"},
		{JWKSNeverRefetched, "kid", "OIDC Core 10.1.1", "never asks for the keys again"},
		{JWKSRefetchUnbounded, "kid", "OIDC Core 10.1.1", "asks for the keys again for every unknown kid"},
	}
}
