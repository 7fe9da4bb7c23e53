package client

// The bugs about refresh, expiry and devices.
const (
	RefreshNever               Bug = "refresh-never"
	RefreshLoop                Bug = "refresh-loop"
	RefreshNotSingleFlight     Bug = "refresh-not-single-flight"
	RefreshTokenDropped        Bug = "refresh-token-dropped"
	RefreshRotationIgnored     Bug = "refresh-rotation-ignored"
	RefreshIDTokenUnchecked    Bug = "refresh-id-token-unchecked"
	RefreshContinuityUnchecked Bug = "refresh-continuity-unchecked"
	ExpiryIgnored              Bug = "expiry-ignored"
	DeviceIntervalIgnored      Bug = "device-interval-ignored"
	SlowDownIgnored            Bug = "slow-down-ignored"
	RefreshFailureForgets      Bug = "refresh-failure-forgets"
	RefreshLifetimeKept        Bug = "refresh-lifetime-kept"
	RefreshNeedsIDToken        Bug = "refresh-needs-id-token"
	ZeroLifetimeLoops          Bug = "zero-lifetime-loops"
	NoTokenCrashes             Bug = "no-refresh-token-loops"
	ScopeRefusalRefreshed      Bug = "scope-refusal-refreshed"
)

func refreshBugs() []BugInfo {
	return []BugInfo{
		{RefreshNever, "refresh", "RFC 6749 section 6", "never refreshes on its own"},
		{RefreshLoop, "refresh", "RFC 6749 section 5.2", "goes on refreshing after a refusal such as invalid_grant, 20 times"},
		{RefreshNotSingleFlight, "refresh", "RFC 9700 section 4.14.2", "refreshes several times at once"},
		{RefreshTokenDropped, "refresh_token", "RFC 6749 section 6", "forgets its refresh token when it is given no other"},
		{RefreshRotationIgnored, "refresh_token", "RFC 9700 section 4.14.2", "goes on using the refresh token it was first given"},
		{RefreshIDTokenUnchecked, "renewal", "OIDC Core 12.2", "does not look at the ID token of a refresh"},
		{RefreshContinuityUnchecked, "renewal", "OIDC Core 12.2", "lets a refresh change who is signed in"},
		{ExpiryIgnored, "expires_in", "RFC 6749 section 5.1", "goes on using an expired access token"},
		{DeviceIntervalIgnored, "device", "RFC 8628 section 3.5", "polls without waiting, 50 times"},
		{SlowDownIgnored, "device", "RFC 8628 section 3.5", "goes on polling as fast after slow_down"},
		{RefreshFailureForgets, "refresh", "RFC 6749 section 5.2", "forgets its refresh token when a refresh fails for any reason"},
		{RefreshLifetimeKept, "expires_in", "RFC 6749 section 5.1", "takes every access token to live as long as the first"},
		{RefreshNeedsIDToken, "renewal", "OIDC Core 12.2", "refuses a refresh without an ID token"},
		{ZeroLifetimeLoops, "expires_in", "RFC 6749 section 5.1", "refreshes until the access token is not expired, 20 times"},
		{ScopeRefusalRefreshed, "refresh", "RFC 6750 section 3.1", "takes insufficient_scope for an expired access token: it refreshes and asks again, 20 times"},
		{NoTokenCrashes, "refresh_token", "RFC 6749 section 6", "asks for a refresh without a refresh token"},
	}
}
