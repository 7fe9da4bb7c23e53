package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// quiet lets an example use the provider of the tests.
type quiet struct{ testing.TB }

func (quiet) Helper()           {}
func (quiet) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// A refusal names the check, the clause, and both values.
func ExampleRejection() {
	provider := clienttest.NewProvider(quiet{})
	provider.Claims = map[string]any{"aud": "another-app"}
	c := provider.Client(quiet{}, nil)

	_, err := provider.SignIn(c, client.AuthorizeOptions{}, nil)
	var r *client.Rejection
	if errors.As(err, &r) {
		fmt.Println(r.Check, "-", r.Spec)
		fmt.Println(r)
	}
	// Output:
	// aud - OIDC Core 3.1.3.7 (3)
	// client: aud: want "app", got "another-app" (OIDC Core 3.1.3.7 (3))
}

// An expired access token is refreshed on the way.
func ExampleClient_Call() {
	ctx := context.Background()
	provider := clienttest.NewProvider(quiet{})
	c := provider.Client(quiet{}, nil)
	session, err := provider.SignIn(c, client.AuthorizeOptions{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	provider.Advance(61 * time.Minute)
	resp, err := c.Call(ctx, session, client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status, resp.Refreshed != nil, session.Expiry.Sub(provider.Now()))
	// Output: 200 true 1h0m0s
}

// The provider's own error, and what the browser brought back.
func ExampleOAuthError() {
	provider := clienttest.NewProvider(quiet{})
	c := provider.Client(quiet{}, nil)
	_, err := provider.SignIn(c, client.AuthorizeOptions{}, func(response url.Values) {
		response.Del("code")
		response.Set("error", "access_denied")
		response.Set("error_description", "alice said no")
	})
	var e *client.OAuthError
	if errors.As(err, &e) {
		fmt.Println(e.Code)
	}
	fmt.Println(err)
	// Output:
	// access_denied
	// client: authorization_response: "access_denied": "alice said no" (RFC 6749 section 4.1.2.1)
}
