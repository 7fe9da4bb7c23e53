package client

// The bugs about the provider's keys.
const (
	EmbeddedKeyTrusted    Bug = "embedded-jwk-trusted"
	KidIgnored            Bug = "kid-ignored"
	KidMissingAccepted    Bug = "kid-missing-accepted"
	UseUnchecked          Bug = "use-unchecked"
	KeyOpsUnchecked       Bug = "key-ops-unchecked"
	KeyAlgUnchecked       Bug = "key-alg-unchecked"
	WeakKeyAccepted       Bug = "weak-key-accepted"
	JWKSNeverRefetched    Bug = "jwks-never-refetched"
	JWKSRefetchUnbounded  Bug = "jwks-refetch-unbounded"
	JKUFollowed           Bug = "jku-followed"
	X5UFollowed           Bug = "x5u-followed"
	X5CTrusted            Bug = "x5c-trusted"
	KidURLFollowed        Bug = "kid-url-followed"
	SymmetricKeyAccepted  Bug = "published-secret-accepted"
	UnknownKeyTypeRefused Bug = "unknown-key-type-refused"
	FirstKeyOnly          Bug = "first-key-only"
	KeysFailureKept       Bug = "keys-failure-kept"
	KidRequired           Bug = "kid-required"
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
		{JKUFollowed, "signature", "RFC 8725 section 3.10", "fetches the keys that the token names"},
		{X5UFollowed, "signature", "RFC 8725 section 3.10", "fetches the certificate that the token names"},
		{X5CTrusted, "signature", "RFC 7515 section 4.1.6", "verifies with the certificate that the token brings along"},
		{KidURLFollowed, "kid", "RFC 8725 section 3.10", "fetches the keys from where kid says"},
		{SymmetricKeyAccepted, "alg", "RFC 8725 section 3.2", "verifies with a secret that the provider publishes"},
		{UnknownKeyTypeRefused, "jwks", "RFC 7517 section 5", "refuses a key set because of one key in it that it does not know"},
		{FirstKeyOnly, "kid", "RFC 7517 section 4.5", "looks at the first key of a kid only"},
		{KeysFailureKept, "jwks", "OIDC Core 10.1.1", "never asks for the keys again once they could not be had"},
		{KidRequired, "kid", "RFC 7515 section 4.1.4", "refuses a token without kid, though there is one key"},
	}
}
