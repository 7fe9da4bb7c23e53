package mutant

import (
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
)

// ofApp returns the mutants of the web app around the client: what it shows, whom
// it takes for whom, and what it does about cookies.
func ofApp() []Mutant {
	return []Mutant{
		{
			Name: "state-not-bound-to-browser", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc: "takes an answer to a sign-in that another browser began",
			app: shareLoginCookie,
		},
		{
			Name: "state-not-bound-to-issuer", Check: "state", Spec: "RFC 9700 section 4.4",
			Doc: "takes an answer for one of the issuer that was asked last",
			app: answerNewest,
		},
		{
			Name: "head-redeems", Check: "callback", Spec: "RFC 9110 section 9.3.2",
			Doc: "redeems the code at a HEAD request",
			app: onPage("HEAD /callback", redeemOnHead),
		},
		{
			Name: "form-post-ignored", Check: "callback", Spec: "OAuth FormPost 2",
			Doc: "does not read an answer that comes as a form",
			app: onPage("POST /callback", ignoreForm),
		},
		{
			Name: "any-iss-login", Check: "initiate_login", Spec: "OIDC Core 4",
			Doc: "sends the browser to whatever issuer it is told",
			app: onPage("GET /login", followIss),
		},
		{
			Name: "iss-login-refused", Check: "initiate_login", Spec: "OIDC Core 4",
			Doc: "refuses a sign-in that its own provider begins",
			app: onPage("GET /login", refuseIss),
		},
		{
			Name: "login-params-passed-through", Check: "login", Spec: "RFC 9700 section 4.1",
			Doc: "hands parameters of its login page on to the provider",
			app: onPage("GET /login", changeRequest(passParams)),
		},
		{
			Name: "state-newest-assumed", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc: "takes an answer without state, or with an empty one, for one to the sign-in that the browser began last",
			app: assumeNewest,
		},
		{
			Name: "login-not-required", Check: "state", Spec: "RFC 9700 section 4.7",
			Doc: "takes an answer of a browser that began no sign-in",
			app: requireNoLogin,
		},
		{
			Name: "redirect-uri-from-host", Check: "login", Spec: "RFC 9700 section 4.1",
			Doc: "goes by any name that the Host header has, and makes its redirect URI of it",
			app: goByAnyName,
		},
		{
			Name: "redirect-uri-from-forwarded", Check: "login", Spec: "RFC 7239 section 8.1",
			Doc: "makes its redirect URI of the Forwarded header",
			app: onPage("GET /login", changeRequest(redirectTo(forwardedHost))),
		},
		{
			Name: "redirect-uri-from-host-header", Check: "login", Spec: "RFC 9700 section 4.1",
			Doc: "makes its redirect URI of the Host header",
			app: onPage("GET /login", changeRequest(redirectTo(proxiedHost))),
		},
		{
			Name: "open-redirect", Check: "return_to", Spec: "RFC 9700 section 4.11.1",
			Doc: "sends the browser wherever return_to says",
			app: returnWhere(func(string) bool { return true }),
		},
		{
			Name: "open-redirect-slash-accepted", Check: "return_to", Spec: "RFC 9700 section 4.11.1",
			Doc: "takes every address that begins with a slash for a page of its own",
			app: returnWhere(func(to string) bool { return strings.HasPrefix(to, "/") }),
		},
		{
			Name: "open-redirect-after-error", Check: "return_to", Spec: "RFC 9700 section 4.11.1",
			Doc: "sends the browser wherever return_to says when a sign-in fails",
			app: returnAfterError,
		},
		{
			Name: "state-followed", Check: "return_to", Spec: "RFC 9700 section 4.7",
			Doc: "returns to the address that state is",
			app: followState,
		},
		{
			Name: "code-left-in-url", Check: "callback", Spec: "RFC 9700 section 4.3.1",
			Doc: "leaves the code in the address bar",
			app: welcome(plainWelcome),
		},
		{
			Name: "session-not-rotated", Check: "session", Spec: "CWE 384",
			Doc: "goes on with the session cookie of before the sign-in",
			app: keepVisitor,
		},
		{
			Name: "cookie-without-httponly", Check: "session", Spec: "CWE 1004",
			Doc: "lets scripts read its cookies",
			app: changeCookie(letScriptsRead),
		},
		{
			Name: "cookie-without-samesite", Check: "session", Spec: "CWE 1275",
			Doc: "says nothing of other sites in its cookies",
			app: changeCookie(sendToAnySite),
		},
		{
			Name: "failure-crashes", Check: "failure", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "answers a sign-in that fails with a server error",
			app: failWith(http.StatusInternalServerError, crashPage),
		},
		{
			Name: "failure-page-blank", Check: "failure", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "answers a sign-in that fails with a blank page",
			app: failWith(http.StatusBadRequest, blankPage),
		},
		{
			Name: "error-page-unescaped", Check: "failure", Spec: "CWE 79",
			Doc: "writes the provider's words into its page as they are",
			app: failWith(http.StatusBadRequest, unescapedPage),
		},
		{
			Name: "error-uri-linked", Check: "failure", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "makes a link of any error_uri",
			app: failWith(http.StatusBadRequest, linkedPage),
		},
		{
			Name: "error-in-header", Check: "failure", Spec: "CWE 113",
			Doc: "writes the provider's words into a header",
			app: headerOfError,
		},
		{
			Name: "secret-on-error-page", Check: "failure", Spec: "CWE 209",
			Doc: "shows its secret when something fails",
			app: failWith(http.StatusBadRequest, secretPage),
		},
		{
			Name: "claims-unescaped", Check: "page", Spec: "CWE 79",
			Doc: "writes claims into its page as they are",
			app: welcome(unescapedWelcome),
		},
		{
			Name: "tokens-on-page", Check: "page", Spec: "CWE 200",
			Doc: "shows its tokens to the browser",
			app: welcome(tokenWelcome),
		},
		{
			Name: "tokens-in-storage", Check: "session", Spec: "RFC 9700 section 4",
			Doc: "keeps its access token in the browser's localStorage",
			app: runScript("localStorage.token = %q"),
		},
		{
			Name: "popup-posts-to-anybody", Check: "session", Spec: "RFC 9700 section 4.17",
			Doc: "posts its access token to any page that opened its window",
			app: runScript(`if (opener) opener.postMessage({access_token: %q}, "*")`),
		},
		{
			Name: "claim-missing-crashes", Check: "page", Spec: "OIDC Core 5.1",
			Doc: "answers with a server error when a claim is not there, or no text",
			app: crashIf(hasNoEmail),
		},
		{
			Name: "odd-name-crashes", Check: "page", Spec: "RFC 8259 section 8.2",
			Doc: "answers with a server error when a name has other characters than printable ones of Latin-1",
			app: crashIf(hasOddName),
		},
		{
			Name: "openid-ungranted-crashes", Check: "page", Spec: "RFC 6749 section 3.3",
			Doc: "answers with a server error when openid is not among the scopes that the token response names",
			app: crashIf(lacksOpenID),
		},
		{
			Name: "infinite-lifetime-crashes", Check: "page", Spec: "RFC 8259 section 6",
			Doc: "answers with a server error when the number of expires_in is too large for a float, as no date is so far off",
			app: crashIf(livesForever),
		},
		{
			Name: "claims-in-query", Check: "account", Spec: "CWE 89",
			Doc: "writes claims into a query as they are, which an apostrophe breaks",
			app: crashIf(breaksQuery),
		},
		{
			Name: "large-token-dropped", Check: "session", Spec: "RFC 6265 section 6.1",
			Doc: "keeps the ID token in a cookie, and loses what is too large for one",
			app: crashIf(loseLargeToken),
		},
		{
			Name: "userinfo-never-fetched", Check: "userinfo", Spec: "OIDC Core 5.4",
			Doc:   "does not ask for the claims that it needs",
			edits: perform("userinfo", skipUserInfo),
		},
		{
			Name: "userinfo-failure-crashes", Check: "userinfo", Spec: "OIDC Core 5.3",
			Doc: "answers with a server error when userinfo cannot be had",
			app: crashIf(hasNoUserInfo),
		},
		{
			Name: "picture-fetched", Check: "page", Spec: "CWE 918",
			Doc: "fetches whatever address the claim picture has",
			app: onSignedIn(fetchPicture),
		},
		{
			Name: "account-by-email", Check: "account", Spec: "OIDC Core 5.7",
			Doc: "takes the e-mail address for the account",
			app: accountBy(byEmail),
		},
		{
			Name: "account-by-sub-only", Check: "account", Spec: "OIDC Core 5.7",
			Doc: "takes sub for the account, without the issuer",
			app: accountBy(bySubject),
		},
		{
			Name: "account-by-preferred-username", Check: "account", Spec: "OIDC Core 5.1",
			Doc: "takes preferred_username for the account",
			app: accountBy(byUsername),
		},
		{
			Name: "email-folded", Check: "account", Spec: "OIDC Core 5.7",
			Doc: "takes e-mail addresses that look alike for one account",
			app: accountBy(byFoldedEmail),
		},
		{
			Name: "email-unverified-linked", Check: "account", Spec: "OIDC Core 5.1",
			Doc: "lets a user with an unverified e-mail address into the account that has it",
			app: linkByEmail(func(any) bool { return true }),
		},
		{
			Name: "email-verified-string-accepted", Check: "account", Spec: "OIDC Core 5.1",
			Doc: "takes the text false for true",
			app: linkByEmail(anyText),
		},
		{
			Name: "sub-case-folded", Check: "account", Spec: "OIDC Core 2",
			Doc: "takes sub without regard to case",
			app: subjectAs(strings.ToLower),
		},
		{
			Name: "account-by-newest-token", Check: "account", Spec: "OIDC Core 12.2",
			Doc: "looks the account up at each page, by the sub of the newest ID token",
			app: withSessions(showNewestSubject),
		},
		{
			Name: "sub-normalised", Check: "account", Spec: "OIDC Core 2",
			Doc: "takes subs that look alike for one",
			app: subjectAs(normalise),
		},
		{
			Name: "sub-truncated", Check: "account", Spec: "OIDC Core 2",
			Doc: "takes the first 255 characters of sub for the whole",
			app: subjectAs(first255),
		},
		{
			Name: "admin-by-scope", Check: "admin", Spec: "RFC 6749 section 3.3",
			Doc: "lets in as administrator a user that was granted the scope admin",
			app: adminIf(hasAdminScope),
		},
		{
			Name: "admin-by-username", Check: "admin", Spec: "OIDC Core 5.1",
			Doc: "lets in as administrator a user that is called admin",
			app: adminIf(isNamedAdmin),
		},
		{
			Name: "admin-by-prototype", Check: "admin", Spec: "CWE 1321",
			Doc: "merges claims into its objects, and lets in as administrator a user whose claims make all of them administrators",
			app: adminIf(pollutesPrototype),
		},
		{
			Name: "forwarded-user-trusted", Check: "session", Spec: "RFC 9700 section 4.13",
			Doc: "takes the header in which a proxy names the user for a sign-in",
			app: onPage("GET /whoami", trustForwardedUser),
		},
		{
			Name: "bare-token-login", Check: "login", Spec: "OIDC Core 16.11",
			Doc: "signs in a browser that brings an access token, also one issued to another client",
			app: acceptToken,
		},
		{
			Name: "failure-signs-out", Check: "failure", Spec: "RFC 6749 section 10.12",
			Doc: "ends the session there was when a later sign-in fails",
			app: signOutOnFailure,
		},
		{
			Name: "logins-of-all-in-one-slot", Check: "login", Spec: "CWE 400",
			Doc: "keeps one pending sign-in for everybody",
			app: keepOneLogin,
		},
		{
			Name: "refresh-failure-crashes", Check: "refresh", Spec: "RFC 6749 section 5.2",
			Doc: "answers with a server error when the tokens cannot be refreshed",
			app: withSessions(crashOnRefusal),
		},
		{
			Name: "session-outlives-grant", Check: "session", Spec: "RFC 6749 section 10.4",
			Doc:   "goes on when the provider has ended the grant",
			edits: wrap("call", hideEndOfGrant),
		},
		{
			Name: "distributed-claims-fetched", Check: "page", Spec: "RFC 8725 section 3.10",
			Doc: "fetches claims from wherever the ID token says",
			app: onSignedIn(fetchDistributed),
		},
		{
			Name: "header-claims-used", Check: "page", Spec: "RFC 7519 section 5.3",
			Doc:   "believes claims in the JOSE header",
			edits: insert("id token", "", "header claims", mergeHeaderClaims),
			app:   onSignedIn(useHeaderClaims),
		},
		{
			Name: "provider-cookies-passed-on", Check: "callback", Spec: "CWE 200",
			Doc: "hands cookies of the token endpoint on to the browser",
			app: passProviderCookies,
		},
		{
			Name: "session-asks-provider", Check: "session", Spec: "OIDC Core 5.3",
			Doc: "asks the provider at every page whether a user is signed in",
			app: withSessions(askProvider),
		},
		{
			Name: "tokens-logged", Check: "log", Spec: "CWE 532",
			Doc: "writes its tokens into its log",
			app: onSignedIn(logTokens),
		},
		{
			Name: "log-unquoted", Check: "log", Spec: "CWE 117",
			Doc: "writes the provider's words about a failed sign-in into its log as they are",
			app: onFailure(logWords),
		},
		{
			Name: "local-account-joined", Check: "account", Spec: "OIDC Core 5.7",
			Doc: "joins a sign-in to the local account of that e-mail address, which is unverified",
			app: joinLocalAccount,
		},
		{
			Name: "pending-kept", Check: "login", Spec: "RFC 6749 section 10.12",
			Doc:    "keeps a pending sign-in for two days",
			config: set("LoginTimeout", func(cfg *client.Config) { cfg.LoginTimeout = 48 * time.Hour }),
		},
	}
}
