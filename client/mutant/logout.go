package mutant

import (
	"context"
	"net/url"

	"github.com/authdrill/authdrill/client"
)

// logout returns the mutants about sign-out and revocation.
func logout() []Mutant {
	return []Mutant{
		{
			Name: "logout-local-only", Check: "sign-out", Spec: "OIDC RP-Initiated Logout 2",
			Doc:   "does not end the session at the provider",
			edits: perform("logout URL", signOutHereOnly),
		},
		{
			Name: "logout-state-unchecked", Check: "logout_state", Spec: "OIDC RP-Initiated Logout 3",
			Doc:   "takes any return for the end of its sign-out",
			edits: remove("signed out", "duplicates", "signed out", "logout_state"),
		},
		{
			Name: "logout-token-unverified", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "does not verify logout tokens",
			edits: remove("logout token", "signature"),
		},
		{
			Name: "logout-token-iss-unchecked", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes logout tokens of another issuer",
			edits: remove("logout token", "iss"),
		},
		{
			Name: "logout-token-aud-unchecked", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes logout tokens for another client",
			edits: remove("logout token", "aud"),
		},
		{
			Name: "logout-token-times-unchecked", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes logout tokens of another day",
			edits: remove("logout token", "iat"),
		},
		{
			Name: "logout-token-events-unchecked", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes any token for a logout token",
			edits: remove("logout token", "events"),
		},
		{
			Name: "logout-token-nonce-accepted", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes a logout token with a nonce",
			edits: remove("logout token", "nonce"),
		},
		{
			Name: "logout-token-without-subject-accepted", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes a logout token without sub and sid",
			edits: remove("logout token", "sub"),
		},
		{
			Name: "logout-token-ignored", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.7",
			Doc:   "answers that it signed a user out, and does not",
			edits: wrap("verify logout token", ignoreLogoutToken),
		},
		{
			Name: "logout-token-sid-ignored", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.7",
			Doc:   "ends all sessions where a logout token names one, and no user",
			edits: wrap("verify logout token", ignoreSessionID),
		},
		{
			Name: "logout-cookie-survives", Check: "sign-out", Spec: "CWE 613",
			Doc: "lets the session cookie of before a sign-out live on",
			app: wrapCookies(keepSession),
		},
		{
			Name: "logout-needs-provider", Check: "sign-out", Spec: "OIDC RP-Initiated Logout 2",
			Doc: "does not sign users out while the provider is down",
			app: logoutOnlyIf(isSignedOutThere),
		},
		{
			Name: "revoke-skipped", Check: "revocation", Spec: "RFC 7009 section 2",
			Doc:   "says that it revoked a token, and did not",
			edits: perform("revoke", func(context.Context, string, string) error { return nil }),
		},
		{
			Name: "sign-out-ignored", Check: "sign-out", Spec: "OIDC RP-Initiated Logout 2",
			Doc: "does nothing when a user signs out",
			app: onPage("POST /logout", ignoreSignOut),
		},
		{
			Name: "sign-out-return-crashes", Check: "sign-out", Spec: "OIDC RP-Initiated Logout 3",
			Doc: "answers with a server error when the browser comes back from a sign-out that it did not begin",
			app: onPage("GET /signed-out", crash),
		},
		{
			Name: "logout-needs-revocation", Check: "sign-out", Spec: "RFC 7009 section 2.2.1",
			Doc: "does not sign users out while tokens cannot be revoked",
			app: logoutOnlyIf(isRevoked),
		},
		{
			Name: "logout-token-crashes", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.8",
			Doc: "answers a logout token that ends no session with a server error",
			app: withSessions(crashOnUnknown),
		},
		{
			Name: "logout-token-replay-accepted", Check: "logout_token", Spec: "OIDC Back-Channel Logout 2.6",
			Doc:   "takes a logout token without jti, or twice",
			edits: remove("logout token", "jti"),
		},
	}
}

func signOutHereOnly(_ context.Context, _ *client.Session, params url.Values) (string, error) {
	return params.Get("post_logout_redirect_uri"), nil
}
