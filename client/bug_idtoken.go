package client

// The bugs about the ID token.
const (
	HybridUnmatched    Bug = "hybrid-unmatched"
	TypUnchecked       Bug = "typ-unchecked"
	CritIgnored        Bug = "crit-ignored"
	AnyAlg             Bug = "any-alg"
	AlgNoneAccepted    Bug = "alg-none-accepted"
	AlgFromHeader      Bug = "alg-from-header"
	IDTokenUnverified  Bug = "id-token-unverified"
	IssClaimUnchecked  Bug = "iss-claim-unchecked"
	AudUnchecked       Bug = "aud-unchecked"
	AzpUnchecked       Bug = "azp-unchecked"
	SubUnchecked       Bug = "sub-unchecked"
	ExpUnchecked       Bug = "exp-unchecked"
	IatUnchecked       Bug = "iat-unchecked"
	NbfUnchecked       Bug = "nbf-unchecked"
	NonceUnchecked     Bug = "nonce-unchecked"
	AcrUnchecked       Bug = "acr-unchecked"
	AuthTimeUnchecked  Bug = "auth-time-unchecked"
	AtHashUnchecked    Bug = "at-hash-unchecked"
	CHashUnchecked     Bug = "c-hash-unchecked"
	AudListRefused     Bug = "aud-list-refused"
	AtHashRequired     Bug = "at-hash-required"
	LargeClaimsRefused Bug = "far-future-refused"
	AlgFolded          Bug = "id-token-alg-lowercased"
)
