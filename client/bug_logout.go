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

func logoutBugs() []BugInfo {
	return []BugInfo{
		{LogoutLocalOnly, "sign-out", "OIDC RP-Initiated Logout 2", "does not end the session at the provider"},
		{LogoutStateUnchecked, "logout_state", "OIDC RP-Initiated Logout 3", "takes any return for the end of its sign-out"},
		{LogoutSignatureUnchecked, "logout_token", "OIDC Back-Channel Logout 2.6", "does not verify logout tokens"},
		{LogoutIssUnchecked, "logout_token", "OIDC Back-Channel Logout 2.6", "takes logout tokens of another issuer"},
		{LogoutAudUnchecked, "logout_token", "OIDC Back-Channel Logout 2.6", "takes logout tokens for another client"},
		{LogoutTimesUnchecked, "logout_token", "OIDC Back-Channel Logout 2.6", "takes logout tokens of another day"},
		{LogoutEventsUnchecked, "logout_token", "OIDC Back-Channel Logout 2.6", "takes any token for a logout token"},
		{LogoutNonceAccepted, "logout_token", "OIDC Back-Channel Logout 2.6", "takes a logout token with a nonce"},
		{LogoutNobodyAccepted, "logout_token", "OIDC Back-Channel Logout 2.6", "takes a logout token that names nobody"},
		{LogoutTokenIgnored, "logout_token", "OIDC Back-Channel Logout 2.7", "answers that it signed somebody out, and does not"},
		{LogoutCookieSurvives, "sign-out", "CWE 613", "lets the session cookie of before a sign-out live on"},
		{LogoutNeedsProvider, "sign-out", "OIDC RP-Initiated Logout 2", "signs nobody out while the provider is down"},
		{RevokeSkipped, "revocation", "RFC 7009 section 2", "says that it revoked a token, and did not"},
		{SignOutIgnored, "sign-out", "OIDC RP-Initiated Logout 2", "does nothing when somebody signs out"},
		{SignOutReturnCrashes, "sign-out", "OIDC RP-Initiated Logout 3", "answers with a server error when the browser comes back from a sign-out that it did not begin"},
		{LogoutNeedsRevocation, "sign-out", "RFC 7009 section 2.2.1", "signs nobody out while tokens cannot be revoked"},
		{LogoutTokenCrashes, "logout_token", "OIDC Back-Channel Logout 2.8", "answers a logout token that it has no use for with a server error"},
		{LogoutReplayAccepted, "logout_token", "OIDC Back-Channel Logout 2.6", "takes a logout token without jti, or twice"},
	}
}
