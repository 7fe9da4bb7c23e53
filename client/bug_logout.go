package client

// The bugs about sign-out and revocation.
const (
	LogoutLocalOnly      Bug = "logout-local-only"
	LogoutStateUnchecked Bug = "logout-state-unchecked"
	RevokeSkipped        Bug = "revoke-skipped"
)
