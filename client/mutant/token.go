package mutant

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// token returns the mutants about the token response.
func token() []Mutant {
	return []Mutant{
		{
			Name: "code-retried", Check: "token request", Spec: "RFC 6749 section 4.1.2",
			Doc:   "redeems a code again after it was refused",
			edits: redeemAgain(3, func(r *client.Response) bool { return r.Status != http.StatusOK }),
		},
		{
			Name: "error-status-ignored", Check: "status", Spec: "RFC 6749 section 5.2",
			Doc:   "reads an error of the token endpoint as if it were tokens",
			edits: remove("token answer", "token_response", "token answer", "status"),
		},
		{
			Name: "error-member-ignored", Check: "token_response", Spec: "RFC 6749 section 5.2",
			Doc:   "overlooks an error that comes with status 200",
			edits: accept("token answer", "token_response", func(r *client.Response) bool { return r.Status == http.StatusOK }),
		},
		{
			Name: "html-accepted", Check: "content_type", Spec: "RFC 6749 section 5.1",
			Doc:       "reads an answer as JSON though it says that it is none",
			transport: labelJSON,
		},
		{
			Name: "duplicate-members-accepted", Check: "duplicates", Spec: "RFC 8259 section 4",
			Doc:   "takes the last of two members of the same name",
			edits: remove("object", "duplicates"),
		},
		{
			Name: "member-types-unchecked", Check: "token_response", Spec: "RFC 6749 section 5.1",
			Doc:   "overlooks members of the wrong type",
			edits: remove("token response", "types"),
		},
		{
			Name: "expires-in-unchecked", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "overlooks a lifetime that is not a number",
			edits: wrapRow("token response", "expires_in", ignoreLifetime),
		},
		{
			Name: "access-token-unchecked", Check: "access_token", Spec: "RFC 6749 section 5.1",
			Doc:   "signs in without an access token",
			edits: remove("token response", "access_token"),
		},
		{
			Name: "token-type-unchecked", Check: "token_type", Spec: "RFC 6749 section 7.1",
			Doc:   "uses a token of a type it does not know",
			edits: remove("token response", "token_type"),
		},
		{
			Name: "scope-unchecked", Check: "scope", Spec: "RFC 6749 section 5.1",
			Doc:   "does not notice that fewer scopes were granted",
			edits: wrap("compare scopes", ignoreScope),
		},
		{
			Name: "scope-widening-accepted", Check: "scope", Spec: "RFC 6749 section 3.3",
			Doc:   "relies on scopes it never asked for",
			edits: wrap("compare scopes", relyOnAnyScope),
		},
		{
			Name: "id-token-missing-accepted", Check: "id_token", Spec: "OIDC Core 3.1.3.3",
			Doc:   "signs in without an ID token",
			edits: remove("granted", "id_token"),
		},
		{
			Name: "token-type-case-sensitive", Check: "token_type", Spec: "RFC 6749 section 5.1",
			Doc:   "knows Bearer in one spelling only",
			edits: refuse("token response", "token_type", func(t *client.TokenResponse) bool { return t.TokenType != "Bearer" }),
		},
		{
			Name: "expires-in-required", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "refuses tokens without a lifetime",
			edits: refuse("token response", "expires_in", func(t *client.TokenResponse) bool { return t.Raw["expires_in"] == nil }),
		},
		{
			Name: "expires-in-overflows", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "lets a huge lifetime become a time in the past",
			edits: insert("token response", "expires_in", "overflow", overflowLifetime),
		},
		{
			Name: "scope-change-refused", Check: "scope", Spec: "RFC 6749 section 5.1",
			Doc:   "refuses any scope but the one it asked for, written the same way",
			edits: insert("granted", "id_token", "scope", refuseOtherScope),
		},
		{
			Name: "unknown-members-refused", Check: "token_response", Spec: "RFC 6749 section 5.1",
			Doc:   "refuses tokens that come with members it does not know",
			edits: insert("token response", "", "unknown", refuseUnknownMembers),
		},
		{
			Name: "member-strings-refused", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "refuses a lifetime that is written as a text",
			edits: refuse("token response", "expires_in", func(t *client.TokenResponse) bool { _, isText := t.Raw["expires_in"].(string); return isText }),
		},
	}
}

// labelJSON labels every answer as JSON, but for one that is a JWT.
func labelJSON(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/jwt") {
			resp.Header = resp.Header.Clone()
			resp.Header.Set("Content-Type", "application/json")
		}
		return resp, err
	})
}

func ignoreLifetime(strict func(*client.TokenResponse) check.Finding) func(*client.TokenResponse) check.Finding {
	return func(t *client.TokenResponse) check.Finding {
		strict(t)
		return check.Pass("ignored")
	}
}

func overflowLifetime(t *client.TokenResponse) check.Finding {
	if t.ExpiresIn != nil && *t.ExpiresIn > math.MaxInt32 {
		past := -*t.ExpiresIn
		t.ExpiresIn = &past
	}
	return check.Pass("")
}

func refuseUnknownMembers(t *client.TokenResponse) check.Finding {
	known := []string{"access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope"}
	for name := range t.Raw {
		if t.Status != 0 && !slices.Contains(known, name) {
			return failAs("token_response", "RFC 6749 section 5.1", "no member "+name, "one")
		}
	}
	return check.Pass("")
}

func ignoreScope(strict scopes) scopes {
	return func(requested, asked []string, _ string) (granted, unrequested, missing []string) {
		return strict(requested, asked, "")
	}
}

func relyOnAnyScope(strict scopes) scopes {
	return func(requested, asked []string, said string) (granted, unrequested, missing []string) {
		granted, unrequested, missing = strict(requested, asked, said)
		return append(granted, unrequested...), nil, missing
	}
}

func refuseOtherScope(g *check.Granted) check.Finding {
	if want := strings.Join(g.Asked, " "); g.Scope != want {
		return failAs("scope", "RFC 6749 section 5.1", want, g.Scope)
	}
	return check.Pass("")
}
