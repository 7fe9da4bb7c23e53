package client

// The bugs about sign-out and revocation.
const (
	LogoutLocalOnly          Bug = "logout-local-only"
	LogoutStateUnchecked     Bug = "logout-state-unchecked"
	LogoutSignatureUnchecked Bug = "logout-token-unverified"
	LogoutIssUnchecked       Bug = "logout-token-iss-unchecked"
	LogoutAudUnchecked       Bug = "logout-token-aud-unchecked"
	LogoutTimesUnchecked     Bug = "logout-token-times-unchecked"
	LogoutEventsUnchecked    Bug = "logout-token-events-unchecked"
	LogoutNonceAccepted      Bug = "logout-token-nonce-accepted"
	LogoutNobodyAccepted     Bug = "logout-token-without-subject-accepted"
	LogoutTokenIgnored       Bug = "logout-token-ignored"
	LogoutCookieSurvives     Bug = "logout-cookie-survives"
	LogoutNeedsProvider      Bug = "logout-needs-provider"
	RevokeSkipped            Bug = "revoke-skipped"
	SignOutIgnored           Bug = "sign-out-ignored"
	SignOutReturnCrashes     Bug = "sign-out-return-crashes"
	LogoutNeedsRevocation    Bug = "logout-needs-revocation"
	LogoutTokenCrashes       Bug = "logout-token-crashes"
	LogoutReplayAccepted     Bug = "logout-token-replay-accepted"
)
