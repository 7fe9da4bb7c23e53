package client

// Bug is the name of a way to be wrong: a check that is left out, or a duty that
// is neglected. A client with a bug is for tests of tests, and for nothing else.
// Each is looked up in one place, beside the check it removes.
type Bug string

// BugInfo documents a bug.
type BugInfo struct {
	Name  Bug
	Check string // the check it leaves out, as a Rejection names it, or what it does wrongly
	Spec  string // the clause it offends
	Doc   string // what such a client does
}

// The bugs; what each does is in Bugs.
const (
	DiscoveryIssuerUnchecked   Bug = "discovery-issuer-unchecked"
	PlainEndpoints             Bug = "plain-endpoints-accepted"
	StateNotSent               Bug = "state-not-sent"
	StateStatic                Bug = "state-static"
	NonceNotSent               Bug = "nonce-not-sent"
	NonceStatic                Bug = "nonce-static"
	PKCENotSent                Bug = "pkce-not-sent"
	PKCEPlain                  Bug = "pkce-plain"
	VerifierStatic             Bug = "verifier-static"
	PKCEVerifierWrong          Bug = "pkce-verifier-wrong"
	SecretInQuery              Bug = "secret-in-query"
	AuthMethodWrong            Bug = "auth-method-wrong"
	AssertionAudienceWrong     Bug = "assertion-audience-wrong"
	DuplicateParamsAccepted    Bug = "duplicate-params-accepted"
	StateUnchecked             Bug = "state-unchecked"
	StateMissingAccepted       Bug = "state-missing-accepted"
	IssUnchecked               Bug = "iss-unchecked"
	IssMissingAccepted         Bug = "iss-missing-accepted"
	LoginNeverExpires          Bug = "login-never-expires"
	ResponseReplayed           Bug = "response-replayed"
	ErrorIgnored               Bug = "error-ignored"
	DenialAsSuccess            Bug = "denial-as-success"
	CodeRetried                Bug = "code-retried"
	ErrorStatusIgnored         Bug = "error-status-ignored"
	ErrorMemberIgnored         Bug = "error-member-ignored"
	HTMLAccepted               Bug = "html-accepted"
	DuplicateMembers           Bug = "duplicate-members-accepted"
	MemberTypesUnchecked       Bug = "member-types-unchecked"
	ExpiresInUnchecked         Bug = "expires-in-unchecked"
	AccessTokenUnchecked       Bug = "access-token-unchecked"
	TokenTypeUnchecked         Bug = "token-type-unchecked"
	ScopeUnchecked             Bug = "scope-unchecked"
	ScopeWideningAccepted      Bug = "scope-widening-accepted"
	IDTokenMissingAccepted     Bug = "id-token-missing-accepted"
	HybridUnmatched            Bug = "hybrid-unmatched"
	TypUnchecked               Bug = "typ-unchecked"
	CritIgnored                Bug = "crit-ignored"
	AnyAlg                     Bug = "any-alg"
	AlgNoneAccepted            Bug = "alg-none-accepted"
	AlgFromHeader              Bug = "alg-from-header"
	IDTokenUnverified          Bug = "id-token-unverified"
	EmbeddedKeyTrusted         Bug = "embedded-jwk-trusted"
	KidIgnored                 Bug = "kid-ignored"
	KidMissingAccepted         Bug = "kid-missing-accepted"
	UseUnchecked               Bug = "use-unchecked"
	KeyOpsUnchecked            Bug = "key-ops-unchecked"
	KeyAlgUnchecked            Bug = "key-alg-unchecked"
	WeakKeyAccepted            Bug = "weak-key-accepted"
	JWKSNeverRefetched         Bug = "jwks-never-refetched"
	JWKSRefetchUnbounded       Bug = "jwks-refetch-unbounded"
	IssClaimUnchecked          Bug = "iss-claim-unchecked"
	AudUnchecked               Bug = "aud-unchecked"
	AzpUnchecked               Bug = "azp-unchecked"
	SubUnchecked               Bug = "sub-unchecked"
	ExpUnchecked               Bug = "exp-unchecked"
	IatUnchecked               Bug = "iat-unchecked"
	NbfUnchecked               Bug = "nbf-unchecked"
	NonceUnchecked             Bug = "nonce-unchecked"
	AcrUnchecked               Bug = "acr-unchecked"
	AuthTimeUnchecked          Bug = "auth-time-unchecked"
	AtHashUnchecked            Bug = "at-hash-unchecked"
	CHashUnchecked             Bug = "c-hash-unchecked"
	RefreshNever               Bug = "refresh-never"
	RefreshLoop                Bug = "refresh-loop"
	RefreshNotSingleFlight     Bug = "refresh-not-single-flight"
	RefreshTokenDropped        Bug = "refresh-token-dropped"
	RefreshRotationIgnored     Bug = "refresh-rotation-ignored"
	RefreshIDTokenUnchecked    Bug = "refresh-id-token-unchecked"
	RefreshContinuityUnchecked Bug = "refresh-continuity-unchecked"
	ExpiryIgnored              Bug = "expiry-ignored"
	UserInfoSubUnchecked       Bug = "userinfo-sub-unchecked"
	UserInfoUnsignedAccepted   Bug = "userinfo-unsigned-accepted"
	UserInfoPlainAccepted      Bug = "userinfo-plain-accepted"
	UserInfoAudUnchecked       Bug = "userinfo-aud-unchecked"
	TokenInQuery               Bug = "token-in-query"
	LogoutLocalOnly            Bug = "logout-local-only"
	LogoutStateUnchecked       Bug = "logout-state-unchecked"
	RevokeSkipped              Bug = "revoke-skipped"
	DeviceIntervalIgnored      Bug = "device-interval-ignored"
	SlowDownIgnored            Bug = "slow-down-ignored"
	RetryNone                  Bug = "retry-none"
	RetryUnbounded             Bug = "retry-unbounded"
	RetryAfterIgnored          Bug = "retry-after-ignored"
	TimeoutNone                Bug = "timeout-none"
	BodyUnbounded              Bug = "body-unbounded"
	RedirectFollowed           Bug = "redirect-followed-with-credentials"
)

// Bugs is the list of all bugs, in the order of a sign-in.
func Bugs() []BugInfo {
	return []BugInfo{
		{DiscoveryIssuerUnchecked, "discovery_issuer", "OIDC Discovery 4.3", "takes metadata of another issuer"},
		{PlainEndpoints, "endpoint", "RFC 9700 section 2.6", "sends secrets to an endpoint without TLS, though the issuer has it"},
		{StateNotSent, "request", "RFC 6749 section 10.12", "sends no state"},
		{StateStatic, "request", "RFC 6749 section 10.12", "sends the same state every time"},
		{NonceNotSent, "request", "OIDC Core 15.5.2", "sends no nonce"},
		{NonceStatic, "request", "OIDC Core 15.5.2", "sends the same nonce every time"},
		{PKCENotSent, "request", "RFC 9700 section 2.1.1", "sends no code challenge"},
		{PKCEPlain, "request", "RFC 7636 section 4.2", "sends the code verifier itself as its challenge"},
		{VerifierStatic, "request", "RFC 7636 section 7.1", "uses the same code verifier every time"},
		{PKCEVerifierWrong, "token request", "RFC 7636 section 4.5", "sends another code verifier than the one it made the challenge of"},
		{SecretInQuery, "token request", "RFC 6749 section 2.3.1", "sends its secret in the URL"},
		{AuthMethodWrong, "token request", "OIDC Core 9", "proves who it is by another method than the one it is registered for"},
		{AssertionAudienceWrong, "token request", "RFC 7523 section 3", "makes its assertions for somebody else"},
		{DuplicateParamsAccepted, "duplicates", "RFC 6749 section 3.1", "takes the first of two parameters of the same name"},
		{StateUnchecked, "state", "RFC 6749 section 10.12", "takes a response with any state"},
		{StateMissingAccepted, "state", "RFC 6749 section 10.12", "takes a response without state"},
		{IssUnchecked, "iss", "RFC 9207 section 2.4", "takes a response of another issuer"},
		{IssMissingAccepted, "iss", "RFC 9207 section 2.4", "takes a response without iss though the provider promised one"},
		{LoginNeverExpires, "login_timeout", "RFC 6749 section 10.12", "takes a response however late it comes"},
		{ResponseReplayed, "replay", "RFC 9700 section 4.7", "takes a second response to the same request"},
		{ErrorIgnored, "authorization_response", "RFC 6749 section 4.1.2.1", "redeems the code that comes beside an error"},
		{DenialAsSuccess, "authorization_response", "RFC 6749 section 4.1.2.1", "takes access_denied for a sign-in"},
		{CodeRetried, "token request", "RFC 6749 section 4.1.2", "redeems a code again after it was refused"},
		{ErrorStatusIgnored, "status", "RFC 6749 section 5.2", "reads an error of the token endpoint as if it were tokens"},
		{ErrorMemberIgnored, "token_response", "RFC 6749 section 5.2", "overlooks an error that comes with status 200"},
		{HTMLAccepted, "content_type", "RFC 6749 section 5.1", "reads an answer as JSON though it says that it is none"},
		{DuplicateMembers, "duplicates", "RFC 8259 section 4", "takes the last of two members of the same name"},
		{MemberTypesUnchecked, "token_response", "RFC 6749 section 5.1", "overlooks members of the wrong type"},
		{ExpiresInUnchecked, "expires_in", "RFC 6749 section 5.1", "overlooks a lifetime that is no number"},
		{AccessTokenUnchecked, "access_token", "RFC 6749 section 5.1", "signs in without an access token"},
		{TokenTypeUnchecked, "token_type", "RFC 6749 section 7.1", "uses a token of a type it does not know"},
		{ScopeUnchecked, "scope", "RFC 6749 section 5.1", "does not notice that fewer scopes were granted"},
		{ScopeWideningAccepted, "scope", "RFC 6749 section 3.3", "relies on scopes it never asked for"},
		{IDTokenMissingAccepted, "id_token", "OIDC Core 3.1.3.3", "signs in without an ID token"},
		{HybridUnmatched, "hybrid", "OIDC Core 3.3.3.6", "does not compare the ID tokens of the two channels"},
		{TypUnchecked, "typ", "RFC 8725 section 3.11", "takes an access token or a logout token for an ID token"},
		{CritIgnored, "crit", "RFC 7515 section 4.1.11", "ignores extensions it must understand"},
		{AnyAlg, "alg", "OIDC Core 3.1.3.7 (7)", "takes any asymmetric algorithm"},
		{AlgNoneAccepted, "alg", "RFC 8725 section 3.1", "takes an unsigned ID token"},
		{AlgFromHeader, "alg", "RFC 8725 section 2.1", "takes HS256 with the public key as the secret"},
		{IDTokenUnverified, "signature", "OIDC Core 3.1.3.7 (6)", "does not verify the signature"},
		{EmbeddedKeyTrusted, "signature", "RFC 8725 section 3.10", "verifies with the key that the token brings along"},
		{KidIgnored, "kid", "OIDC Core 10.1", "verifies with any key of the set, whatever the kid"},
		{KidMissingAccepted, "kid", "OIDC Core 10.1", "tries every key when there are several and no kid"},
		{UseUnchecked, "key", "RFC 7517 section 4.2", "verifies with a key for encryption"},
		{KeyOpsUnchecked, "key", "RFC 7517 section 4.3", "verifies with a key that is not for verifying"},
		{KeyAlgUnchecked, "key", "RFC 7517 section 4.4", "verifies with a key of another algorithm"},
		{WeakKeyAccepted, "key", "RFC 7518 section 3.3", "verifies with an RSA key of fewer than 2048 bits"},
		{JWKSNeverRefetched, "kid", "OIDC Core 10.1.1", "never asks for the keys again"},
		{JWKSRefetchUnbounded, "kid", "OIDC Core 10.1.1", "asks for the keys again for every unknown kid"},
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
		{RefreshNever, "refresh", "RFC 6749 section 6", "never refreshes on its own"},
		{RefreshLoop, "refresh", "RFC 6749 section 5.2", "goes on refreshing after invalid_grant, 20 times"},
		{RefreshNotSingleFlight, "refresh", "RFC 9700 section 4.14.2", "refreshes several times at once"},
		{RefreshTokenDropped, "refresh_token", "RFC 6749 section 6", "forgets its refresh token when it is given no other"},
		{RefreshRotationIgnored, "refresh_token", "RFC 9700 section 4.14.2", "goes on using the refresh token it was first given"},
		{RefreshIDTokenUnchecked, "renewal", "OIDC Core 12.2", "does not look at the ID token of a refresh"},
		{RefreshContinuityUnchecked, "renewal", "OIDC Core 12.2", "lets a refresh change who is signed in"},
		{ExpiryIgnored, "expires_in", "RFC 6749 section 5.1", "goes on using an expired access token"},
		{UserInfoSubUnchecked, "userinfo_sub", "OIDC Core 5.3.2", "takes the userinfo of somebody else"},
		{UserInfoUnsignedAccepted, "userinfo", "OIDC Core 5.3.4", "does not verify signed userinfo"},
		{UserInfoPlainAccepted, "userinfo", "OIDC Core 5.3.2", "takes userinfo as JSON though it is registered for signed ones"},
		{UserInfoAudUnchecked, "userinfo_aud", "OIDC Core 5.3.2", "takes signed userinfo for another client or of another issuer"},
		{TokenInQuery, "resource request", "RFC 6750 section 2.3", "sends the access token in the URL"},
		{LogoutLocalOnly, "sign-out", "OIDC RP-Initiated Logout 2", "does not end the session at the provider"},
		{LogoutStateUnchecked, "logout_state", "OIDC RP-Initiated Logout 3", "takes any return for the end of its sign-out"},
		{RevokeSkipped, "revocation", "RFC 7009 section 2", "says that it revoked a token, and did not"},
		{DeviceIntervalIgnored, "device", "RFC 8628 section 3.5", "polls without waiting, 50 times"},
		{SlowDownIgnored, "device", "RFC 8628 section 3.5", "goes on polling as fast after slow_down"},
		{RetryNone, "retry", "RFC 9110 section 9.2.2", "gives up at once, whatever it is configured to"},
		{RetryUnbounded, "retry", "RFC 9110 section 9.2.2", "repeats a failed request 50 times"},
		{RetryAfterIgnored, "retry", "RFC 9110 section 10.2.3", "repeats a request sooner than Retry-After allows"},
		{TimeoutNone, "timeout", "RFC 9110 section 9.2.2", "waits for an answer for ever"},
		{BodyUnbounded, "body_size", "RFC 9110 section 8.6", "reads answers of up to a gigabyte"},
		{RedirectFollowed, "redirect", "RFC 9700 section 4.12", "follows a redirect with its secrets"},
	}
}

func bugNames() []Bug {
	var names []Bug
	for _, b := range Bugs() {
		names = append(names, b.Name)
	}
	return names
}

// nearest is the name in the list that was most likely meant, "" if none is near:
// the distance counts letters that are wrong, missing, too many or swapped.
func nearest[T ~string](s string, list []T) T {
	var best T
	least := len(s)/3 + 1
	for _, name := range list {
		if d := distance(s, string(name)); d <= least && name != "" {
			best, least = name, d-1
		}
	}
	return best
}

func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		above2, above, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], above2[j-2]+1)
			}
		}
		rows = [3][]int{above, row, above2}
	}
	return rows[1][len(b)]
}
