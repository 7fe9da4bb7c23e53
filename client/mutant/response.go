package mutant

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// response returns the mutants about the authorization response.
func response() []Mutant {
	return []Mutant{
		{
			Name: "duplicate-params-accepted", Check: "duplicates", Spec: "RFC 6749 section 3.1",
			Doc:   "takes the first of two parameters of the same name",
			edits: remove("response", "duplicates", "signed out", "duplicates"),
		},
		{
			Name: "last-duplicate-taken", Check: "duplicates", Spec: "RFC 6749 section 3.1",
			Doc:   "takes the last of two parameters of the same name",
			edits: wrap("callback", takeLast),
		},
		{
			Name: "state-unchecked", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc:   "takes a response with any state",
			edits: remove("response", "state"),
		},
		{
			Name: "state-missing-accepted", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc:   "takes a response without state",
			edits: acceptReply("state", func(r *check.Reply) bool { return !r.Params.Has("state") }),
		},
		{
			Name: "iss-unchecked", Check: "iss", Spec: "RFC 9207 section 2.4",
			Doc:   "takes a response of another issuer",
			edits: remove("response", "iss"),
		},
		{
			Name: "iss-missing-accepted", Check: "iss", Spec: "RFC 9207 section 2.4",
			Doc:   "takes a response without iss though the provider promised one",
			edits: acceptReply("iss", func(r *check.Reply) bool { return !r.Params.Has("iss") }),
		},
		{
			Name: "login-never-expires", Check: "login_timeout", Spec: "RFC 6749 section 10.12",
			Doc:   "takes a response however late it comes",
			edits: remove("response", "login_timeout"),
		},
		{
			Name: "response-replayed", Check: "replay", Spec: "RFC 9700 section 4.7",
			Doc:   "takes a second response to the same request",
			edits: remove("response", "replay"),
		},
		{
			Name: "error-ignored", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc:   "redeems the code that comes with an error",
			edits: acceptReply("authorization_response", func(r *check.Reply) bool { return r.Params.Get("code") != "" }),
		},
		{
			Name: "denial-as-success", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc:   "takes access_denied for a sign-in",
			edits: signInAnyway(func(r *client.Rejection, _ url.Values) bool { return r.OAuth != nil && r.OAuth.Code == "access_denied" }),
		},
		{
			Name: "error-as-success", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc:   "takes any error for a sign-in",
			edits: signInAnyway(func(r *client.Rejection, _ url.Values) bool { return r.OAuth != nil }),
		},
		{
			Name: "code-missing-sent", Check: "code", Spec: "RFC 6749 section 4.1.2",
			Doc:   "redeems a code that is not there",
			edits: remove("response", "code"),
		},
		{
			Name: "unknown-params-refused", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2",
			Doc:   "refuses an answer with parameters that it does not know",
			edits: insert("response", "code", "unknown", refuseUnknownParams),
		},
		{
			Name: "response-token-accepted", Check: "authorization_response", Spec: "RFC 9700 section 2.1.2",
			Doc:   "takes an access token out of the URL",
			edits: signInAnyway(func(_ *client.Rejection, p url.Values) bool { return p.Get("access_token") != "" }),
		},
	}
}

// acceptReply makes a check of the response pass where it is one of those.
func acceptReply(row string, such func(*check.Reply) bool) edit {
	return accept("response", row, such)
}

// signInAnyway takes a response that was refused for a sign-in.
func signInAnyway(such func(*client.Rejection, url.Values) bool) edit {
	return wrap("callback", func(strict callback) callback {
		return func(ctx context.Context, a *client.Authorization, p url.Values) (*client.Session, error) {
			s, err := strict(ctx, a, p)
			var r *client.Rejection
			if errors.As(err, &r) && r.Response == nil && r.IDToken == nil && such(r, p) {
				return &client.Session{Requested: a.Scopes, Tokens: client.TokenResponse{AccessToken: p.Get("access_token")}}, nil
			}
			return s, err
		}
	})
}

// takeLast sees the last value of each parameter only.
func takeLast(strict callback) callback {
	return func(ctx context.Context, a *client.Authorization, p url.Values) (*client.Session, error) {
		last := url.Values{}
		for name, values := range p {
			last.Set(name, values[len(values)-1])
		}
		return strict(ctx, a, last)
	}
}

func refuseUnknownParams(r *check.Reply) check.Finding {
	known := []string{"code", "state", "iss", "id_token", "access_token", "token_type", "expires_in", "session_state"}
	for name := range r.Params {
		if !slices.Contains(known, name) {
			return failAs("authorization_response", "RFC 6749 section 4.1.2", "no parameter "+name, "one")
		}
	}
	return check.Pass("")
}
