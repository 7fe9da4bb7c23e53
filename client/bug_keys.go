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
