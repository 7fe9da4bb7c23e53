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

func idtokenBugs() []BugInfo {
	return []BugInfo{
		{HybridUnmatched, "hybrid", "OIDC Core 3.3.3.6", "does not compare the ID tokens of the two channels"},
		{TypUnchecked, "typ", "RFC 8725 section 3.11", "takes an access token or a logout token for an ID token"},
		{CritIgnored, "crit", "RFC 7515 section 4.1.11", "ignores extensions it must understand"},
		{AnyAlg, "alg", "OIDC Core 3.1.3.7 (7)", "takes any asymmetric algorithm"},
		{AlgNoneAccepted, "alg", "RFC 8725 section 3.1", "takes an unsigned ID token"},
		{AlgFromHeader, "alg", "RFC 8725 section 2.1", "takes HS256 with the public key as the secret"},
		{IDTokenUnverified, "signature", "OIDC Core 3.1.3.7 (6)", "does not verify the signature"},
		{IssClaimUnchecked, "iss", "OIDC Core 3.1.3.7 (2)", "takes an ID token of another issuer"},
		{AudUnchecked, "aud", "OIDC Core 3.1.3.7 (3)", "takes an ID token for another client"},
		{AzpUnchecked, "azp", "OIDC Core 3.1.3.7 (4, 5)", "takes an ID token that was issued to another client"},
		{SubUnchecked, "sub", "OIDC Core 2", "takes an ID token without a usable sub"},
		{ExpUnchecked, "exp", "OIDC Core 3.1.3.7 (9)", "takes an expired ID token"},
		{IatUnchecked, "iat", "OIDC Core 3.1.3.7 (10)", "takes an ID token of another day, or of the future"},
		{NbfUnchecked, "nbf", "RFC 7519 section 4.1.5", "takes an ID token that is not valid yet"},
		{NonceUnchecked, "nonce", "OIDC Core 3.1.3.7 (11)", "takes an ID token of another sign-in"},
		{AcrUnchecked, "acr", "OIDC Core 3.1.3.7 (12)", "does not see whether the essential authentication was done"},
		{AuthTimeUnchecked, "auth_time", "OIDC Core 3.1.3.7 (13)", "does not see how long ago the user signed in"},
		{AtHashUnchecked, "at_hash", "OIDC Core 3.2.2.9", "takes an access token that was not issued with the ID token"},
		{CHashUnchecked, "c_hash", "OIDC Core 3.3.2.10", "takes a code that was not issued with the ID token"},
		{AudListRefused, "aud", "OIDC Core 2", "refuses an aud that is a list"},
		{AtHashRequired, "at_hash", "OIDC Core 3.1.3.6", "refuses an ID token without at_hash, though it may be left out"},
		{LargeClaimsRefused, "exp", "RFC 7519 section 2", "refuses a time after 2038"},
		{AlgFolded, "alg", "RFC 8725 section 3.1", "takes an unsigned ID token if none is spelt in another way"},
	}
}
