package client

// The bugs about sign-out and revocation.
const (
	LogoutLocalOnly      Bug = "logout-local-only"
	LogoutStateUnchecked Bug = "logout-state-unchecked"
	RevokeSkipped        Bug = "revoke-skipped"
)

func logoutBugs() []BugInfo {
	return []BugInfo{
		{LogoutLocalOnly, "sign-out", "OIDC RP-Initiated Logout 2", "does not end the session at the provider"},
		{LogoutStateUnchecked, "logout_state", "OIDC RP-Initiated Logout 3", "takes any return for the end of its sign-out"},
		{RevokeSkipped, "revocation", "RFC 7009 section 2", "says that it revoked a token, and did not"},
	}
}
