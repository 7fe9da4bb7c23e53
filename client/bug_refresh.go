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
