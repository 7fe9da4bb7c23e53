package mutant

// refresh returns the mutants about refresh, expiry and devices.
func refresh() []Mutant {
	return []Mutant{
		{
			Name: "refresh-never", Check: "refresh", Spec: "RFC 6749 section 6",
			Doc: "never refreshes on its own",
		},
		{
			Name: "refresh-loop", Check: "refresh", Spec: "RFC 6749 section 5.2",
			Doc: "goes on refreshing after a refusal such as invalid_grant, 20 times",
		},
		{
			Name: "refresh-not-single-flight", Check: "refresh", Spec: "RFC 9700 section 4.14.2",
			Doc: "refreshes several times at once",
		},
		{
			Name: "refresh-token-dropped", Check: "refresh_token", Spec: "RFC 6749 section 6",
			Doc: "forgets its refresh token when it is given no other",
		},
		{
			Name: "refresh-rotation-ignored", Check: "refresh_token", Spec: "RFC 9700 section 4.14.2",
			Doc: "goes on using the refresh token it was first given",
		},
		{
			Name: "refresh-id-token-unchecked", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc: "does not look at the ID token of a refresh",
		},
		{
			Name: "refresh-continuity-unchecked", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc: "lets a refresh change who is signed in",
		},
		{
			Name: "expiry-ignored", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "goes on using an expired access token",
		},
		{
			Name: "device-interval-ignored", Check: "device", Spec: "RFC 8628 section 3.5",
			Doc: "polls without waiting, 50 times",
		},
		{
			Name: "slow-down-ignored", Check: "device", Spec: "RFC 8628 section 3.5",
			Doc: "goes on polling as fast after slow_down",
		},
		{
			Name: "refresh-failure-forgets", Check: "refresh", Spec: "RFC 6749 section 5.2",
			Doc: "forgets its refresh token when a refresh fails for any reason",
		},
		{
			Name: "refresh-lifetime-kept", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "takes every access token to live as long as the first",
		},
		{
			Name: "refresh-needs-id-token", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc: "refuses a refresh without an ID token",
		},
		{
			Name: "zero-lifetime-loops", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "refreshes until the access token is not expired, 20 times",
		},
		{
			Name: "scope-refusal-refreshed", Check: "refresh", Spec: "RFC 6750 section 3.1",
			Doc: "takes insufficient_scope for an expired access token: it refreshes and asks again, 20 times",
		},
		{
			Name: "no-refresh-token-loops", Check: "refresh_token", Spec: "RFC 6749 section 6",
			Doc: "asks for a refresh without a refresh token",
		},
	}
}
