package mutant

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// userinfo returns the mutants about userinfo and other resources.
func userinfo() []Mutant {
	return []Mutant{
		{
			Name: "userinfo-sub-unchecked", Check: "userinfo_sub", Spec: "OIDC Core 5.3.2",
			Doc:   "takes the userinfo of somebody else",
			edits: remove("userinfo claims", "userinfo_sub"),
		},
		{
			Name: "userinfo-unsigned-accepted", Check: "userinfo", Spec: "OIDC Core 5.3.4",
			Doc:   "does not verify signed userinfo",
			edits: remove("userinfo token", "userinfo_alg", "userinfo token", "userinfo_crit", "userinfo token", "signature", "userinfo token", "userinfo_iss", "userinfo token", "userinfo_aud"),
		},
		{
			Name: "userinfo-plain-accepted", Check: "userinfo", Spec: "OIDC Core 5.3.2",
			Doc:   "takes userinfo as JSON though it is registered for signed ones",
			edits: remove("userinfo answer", "signed"),
		},
		{
			Name: "userinfo-aud-unchecked", Check: "userinfo_aud", Spec: "OIDC Core 5.3.2",
			Doc:   "takes signed userinfo for another client or of another issuer",
			edits: remove("userinfo token", "userinfo_iss", "userinfo token", "userinfo_aud"),
		},
		{
			Name: "token-in-query", Check: "resource request", Spec: "RFC 6750 section 2.3",
			Doc:       "sends the access token in the URL",
			transport: tokenInQuery,
		},
		{
			Name: "signed-userinfo-refused", Check: "userinfo", Spec: "OIDC Core 5.3.2",
			Doc:   "cannot read userinfo that is signed",
			edits: insert("userinfo answer", "status", "plain", refuseSignedUserInfo),
		},
	}
}

func refuseSignedUserInfo(r *client.Response) check.Finding {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/jwt") {
		return failAs("userinfo", "OIDC Core 5.3.2", "application/json", "application/jwt")
	}
	return check.Pass("")
}

// tokenInQuery sends the access token in the URL too.
func tokenInQuery(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if token, isBearer := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); isBearer {
			req = req.Clone(req.Context())
			if req.URL.RawQuery != "" {
				req.URL.RawQuery += "&"
			}
			req.URL.RawQuery += url.Values{"access_token": {token}}.Encode()
		}
		return next.RoundTrip(req)
	})
}
