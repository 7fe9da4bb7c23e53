package client

// The bugs of the web app around the client: what it shows, whom it takes for
// whom, and what it does about cookies.
const (
	StateNotBoundToBrowser Bug = "state-not-bound-to-browser"
	IssuerNotBound         Bug = "state-not-bound-to-issuer"
	HeadRedeems            Bug = "head-redeems"
	FormPostIgnored        Bug = "form-post-ignored"
	AnyIssLogin            Bug = "any-iss-login"
	IssLoginRefused        Bug = "iss-login-refused"
	LoginParamsPassed      Bug = "login-params-passed-through"
	RedirectURIFromHost    Bug = "redirect-uri-from-host-header"
	OpenRedirect           Bug = "open-redirect"
	CodeLeftInURL          Bug = "code-left-in-url"
	SessionNotRotated      Bug = "session-not-rotated"
	CookieReadable         Bug = "cookie-without-httponly"
	CookieAnySite          Bug = "cookie-without-samesite"
	FailureCrashes         Bug = "failure-crashes"
	BlankFailure           Bug = "failure-page-blank"
	ErrorPageUnescaped     Bug = "error-page-unescaped"
	ErrorURILinked         Bug = "error-uri-linked"
	ErrorInHeader          Bug = "error-in-header"
	SecretOnErrorPage      Bug = "secret-on-error-page"
	ClaimsUnescaped        Bug = "claims-unescaped"
	TokensOnPage           Bug = "tokens-on-page"
	TokensInStorage        Bug = "tokens-in-storage"
	PopupPostsToAnybody    Bug = "popup-posts-to-anybody"
	ClaimMissingCrashes    Bug = "claim-missing-crashes"
	LargeTokenDropped      Bug = "large-token-dropped"
	UserInfoNeverFetched   Bug = "userinfo-never-fetched"
	UserInfoFailureCrashes Bug = "userinfo-failure-crashes"
	PictureFetched         Bug = "picture-fetched"
	AccountByEmail         Bug = "account-by-email"
	AccountBySubOnly       Bug = "account-by-sub-only"
	AccountByUsername      Bug = "account-by-preferred-username"
	EmailFolded            Bug = "email-folded"
	EmailUnverifiedLinked  Bug = "email-unverified-linked"
	EmailVerifiedString    Bug = "email-verified-string-accepted"
	SubFolded              Bug = "sub-case-folded"
	SubTruncated           Bug = "sub-truncated"
	AdminByScope           Bug = "admin-by-scope"
	AdminByUsername        Bug = "admin-by-username"
	ForwardedUserTrusted   Bug = "forwarded-user-trusted"
	BareTokenLogin         Bug = "bare-token-login"
	FailureSignsOut        Bug = "failure-signs-out"
	LoginsBounded          Bug = "logins-of-all-in-one-slot"
	RefreshFailureCrashes  Bug = "refresh-failure-crashes"
	SessionOutlivesGrant   Bug = "session-outlives-grant"
	DistributedFetched     Bug = "distributed-claims-fetched"
	HeaderClaimsUsed       Bug = "header-claims-used"
	ProviderCookiesPassed  Bug = "provider-cookies-passed-on"
	SessionAsksProvider    Bug = "session-asks-provider"
	PendingKept            Bug = "pending-kept"
	TokensLogged           Bug = "tokens-logged"
	LogUnquoted            Bug = "log-unquoted"
	LocalAccountJoined     Bug = "local-account-joined"
)

func appBugs() []BugInfo {
	return []BugInfo{
		{StateNotBoundToBrowser, "state", "RFC 6749 section 10.12", "takes an answer to a sign-in that another browser began"},
		{IssuerNotBound, "state", "RFC 9700 section 4.4", "takes an answer for one of the issuer that was asked last"},
		{HeadRedeems, "callback", "RFC 9110 section 9.3.2", "redeems the code when somebody only looks"},
		{FormPostIgnored, "callback", "OAuth FormPost 2", "does not read an answer that comes as a form"},
		{AnyIssLogin, "initiate_login", "OIDC Core 4", "sends the browser to whatever issuer it is told"},
		{IssLoginRefused, "initiate_login", "OIDC Core 4", "refuses a sign-in that its own provider begins"},
		{LoginParamsPassed, "login", "RFC 9700 section 4.1", "hands parameters of its login page on to the provider"},
		{RedirectURIFromHost, "login", "RFC 9700 section 4.1", "makes its redirect URI of the Host header"},
		{OpenRedirect, "return_to", "RFC 9700 section 4.11.1", "sends the browser wherever return_to says"},
		{CodeLeftInURL, "callback", "RFC 9700 section 4.3.1", "leaves the code in the address bar"},
		{SessionNotRotated, "session", "CWE 384", "goes on with the session cookie of before the sign-in"},
		{CookieReadable, "session", "CWE 1004", "lets scripts read its cookies"},
		{CookieAnySite, "session", "CWE 1275", "says nothing of other sites in its cookies"},
		{FailureCrashes, "failure", "RFC 6749 section 4.1.2.1", "answers a sign-in that fails with a server error"},
		{BlankFailure, "failure", "RFC 6749 section 4.1.2.1", "answers a sign-in that fails with a blank page"},
		{ErrorPageUnescaped, "failure", "CWE 79", "writes the provider's words into its page as they are"},
		{ErrorURILinked, "failure", "RFC 6749 section 4.1.2.1", "makes a link of any error_uri"},
		{ErrorInHeader, "failure", "CWE 113", "writes the provider's words into a header"},
		{SecretOnErrorPage, "failure", "CWE 209", "shows its secret when something fails"},
		{ClaimsUnescaped, "page", "CWE 79", "writes claims into its page as they are"},
		{TokensOnPage, "page", "CWE 200", "shows its tokens to the browser"},
		{TokensInStorage, "session", "RFC 9700 section 4", "keeps its access token in the browser's localStorage"},
		{PopupPostsToAnybody, "session", "RFC 9700 section 4.17", "posts its access token to whoever opened its window"},
		{ClaimMissingCrashes, "page", "OIDC Core 5.1", "answers with a server error when a claim is not there, or no text"},
		{LargeTokenDropped, "session", "RFC 6265 section 6.1", "keeps the ID token in a cookie, and loses what is too large for one"},
		{UserInfoNeverFetched, "userinfo", "OIDC Core 5.4", "does not ask for the claims that it needs"},
		{UserInfoFailureCrashes, "userinfo", "OIDC Core 5.3", "answers with a server error when userinfo cannot be had"},
		{PictureFetched, "page", "CWE 918", "fetches whatever address the claim picture has"},
		{AccountByEmail, "account", "OIDC Core 5.7", "takes the e-mail address for the account"},
		{AccountBySubOnly, "account", "OIDC Core 5.7", "takes sub for the account, whoever issued it"},
		{AccountByUsername, "account", "OIDC Core 5.1", "takes preferred_username for the account"},
		{EmailFolded, "account", "OIDC Core 5.7", "takes e-mail addresses that look alike for one account"},
		{EmailUnverifiedLinked, "account", "OIDC Core 5.1", "lets an e-mail address that nobody verified into the account that has it"},
		{EmailVerifiedString, "account", "OIDC Core 5.1", "takes the text false for true"},
		{SubFolded, "account", "OIDC Core 2", "takes sub without regard to case"},
		{SubTruncated, "account", "OIDC Core 2", "takes the first 255 characters of sub for the whole"},
		{AdminByScope, "admin", "RFC 6749 section 3.3", "lets in as administrator who was granted the scope admin"},
		{AdminByUsername, "admin", "OIDC Core 5.1", "lets in as administrator who is called admin"},
		{ForwardedUserTrusted, "session", "RFC 9700 section 4.13", "takes X-Forwarded-User for a sign-in"},
		{BareTokenLogin, "login", "OIDC Core 16.11", "signs in who brings an access token, whoever it was issued to"},
		{FailureSignsOut, "failure", "RFC 6749 section 10.12", "ends the session there was when a later sign-in fails"},
		{LoginsBounded, "login", "CWE 400", "keeps one pending sign-in for everybody"},
		{RefreshFailureCrashes, "refresh", "RFC 6749 section 5.2", "answers with a server error when the tokens cannot be refreshed"},
		{SessionOutlivesGrant, "session", "RFC 6749 section 10.4", "goes on when the provider has ended the grant"},
		{DistributedFetched, "page", "RFC 8725 section 3.10", "fetches claims from wherever the ID token says"},
		{HeaderClaimsUsed, "page", "RFC 7519 section 5.3", "believes claims in the JOSE header"},
		{ProviderCookiesPassed, "callback", "CWE 200", "hands cookies of the token endpoint on to the browser"},
		{SessionAsksProvider, "session", "OIDC Core 5.3", "asks the provider at every page whether somebody is signed in"},
		{TokensLogged, "log", "CWE 532", "writes its tokens into its log"},
		{LogUnquoted, "log", "CWE 117", "writes the provider's words into its log as they are"},
		{LocalAccountJoined, "account", "OIDC Core 5.7", "joins a sign-in to the local account of that e-mail address, which nobody verified"},
		{PendingKept, "login", "RFC 6749 section 10.12", "keeps a pending sign-in after its answer, and after its time"},
	}
}
