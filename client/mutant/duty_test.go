package mutant_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

func duties() []duty {
	return []duty{
		{"state-not-sent", missing("state")},
		{"nonce-not-sent", missing("nonce")},
		{"pkce-not-sent", missing("code_challenge")},
		{"state-static", stays("state")},
		{"nonce-static", stays("nonce")},
		{"verifier-static", stays("code_challenge")},
		{"pkce-plain", func(t *testing.T, name string) string {
			_, c := scene(t, name, nil)
			a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
			if err != nil || a.Params.Get("code_challenge") == a.Verifier || a.Params.Get("code_challenge_method") != "S256" {
				return fmt.Sprint("the verifier itself, ", err)
			}
			return ""
		}},
		{"secret-in-query", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.SignedIn(t, c)
			for _, r := range p.Requests {
				if strings.Contains(r.URL.RawQuery, "secret") {
					return r.URL.String()
				}
			}
			return ""
		}},
		{"auth-method-wrong", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.SignedIn(t, c)
			for _, f := range p.Forms {
				if f.Has("client_secret") {
					return "a secret in the body"
				}
			}
			return ""
		}},
		{"assertion-audience-wrong", func(t *testing.T, name string) string {
			p, c := scene(t, name, func(cfg *client.Config) {
				cfg.AuthMethod, cfg.ClientSecret = "client_secret_jwt", strings.Repeat("s", 32)
			})
			p.SignedIn(t, c)
			if aud := clienttest.DecodeClaims(t, p.Forms[0].Get("client_assertion"))["aud"]; aud != clienttest.Issuer {
				return fmt.Sprint("aud ", aud)
			}
			return ""
		}},
		{"login-never-expires", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			a, response, err := p.Begin(c, client.AuthorizeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			p.Advance(31 * time.Minute)
			if _, err := c.Callback(t.Context(), a, response); clienttest.Rejected(err) != "login_timeout" {
				return clienttest.Rejected(err)
			}
			return ""
		}},
		{"response-replayed", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			a, response, err := p.Begin(c, client.AuthorizeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err = c.Callback(t.Context(), a, response)
			}
			if clienttest.Rejected(err) != "replay" {
				return clienttest.Rejected(err)
			}
			return ""
		}},
		{"code-retried", func(t *testing.T, name string) string {
			p, c := scene(t, name, func(cfg *client.Config) { cfg.MaxRetries = 3 })
			p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
			if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "token_response" {
				t.Fatal(clienttest.Rejected(err))
			}
			if n := p.Count("POST /token"); n != 1 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"scope-unchecked", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.Tokens = map[string]any{"scope": "openid email"}
			s := p.SignedIn(t, c)
			if !slices.Equal(s.Granted, []string{"openid", "email"}) || !slices.Equal(s.Missing, []string{"profile"}) {
				return fmt.Sprint("granted ", s.Granted, " missing ", s.Missing)
			}
			return ""
		}},
		{"scope-widening-accepted", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.Tokens = map[string]any{"scope": "openid profile email admin"}
			s := p.SignedIn(t, c)
			if slices.Contains(s.Granted, "admin") || !slices.Equal(s.Unrequested, []string{"admin"}) {
				return fmt.Sprint("granted ", s.Granted)
			}
			return ""
		}},
		{"jwks-refetch-unbounded", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.Header = map[string]any{"kid": "never"}
			for range 20 {
				if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "kid" {
					t.Fatal(err)
				}
			}
			if n := p.Count("GET /jwks"); n > 2 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"jwks-refetched-per-kid", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			for i := range 20 {
				p.Header = map[string]any{"kid": fmt.Sprint("never-", i)}
				if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "kid" {
					t.Fatal(err)
				}
			}
			if n := p.Count("GET /jwks"); n > 8 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"refresh-never", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			s := p.SignedIn(t, c)
			p.Advance(2 * time.Hour)
			if r, err := c.Call(t.Context(), s, client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true}); err != nil || r.Refreshed == nil {
				return fmt.Sprint("not refreshed ", err)
			}
			return ""
		}},
		{"expiry-ignored", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			s := p.SignedIn(t, c)
			p.Advance(time.Hour)
			if _, err := c.Call(t.Context(), s, client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true}); err != nil {
				t.Fatal(err)
			}
			if n := p.Count("POST /token"); n != 2 || p.Count("GET /api") != 1 {
				return fmt.Sprint(n, " token requests")
			}
			return ""
		}},
		{"refresh-loop", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			s := p.SignedIn(t, c)
			p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
			for range 2 {
				if err := refreshed(t.Context(), p, c, s); err == nil {
					t.Fatal("refreshed")
				}
			}
			if n := p.Count("POST /token"); n != 2 || s.Ended == nil {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"refresh-rotation-ignored", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			s := p.SignedIn(t, c)
			for range 2 {
				if err := refreshed(t.Context(), p, c, s); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.Form().Get("refresh_token"); got != "refresh-2" {
				return got
			}
			return ""
		}},
		{"refresh-not-single-flight", func(t *testing.T, name string) string {
			n := 0
			synctest.Test(t, func(t *testing.T) { p, c := scene(t, name, nil); n = p.Crowd(t, c, client.RefreshOptions{}) })
			if n != 1 {
				return fmt.Sprint(n, " refreshes")
			}
			return ""
		}},
		{"token-in-query", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			if _, err := c.Call(t.Context(), p.SignedIn(t, c), client.CallOptions{URL: clienttest.Issuer + "/api?a=b"}); err != nil {
				t.Fatal(err)
			}
			if q := p.Request().URL.RawQuery; q != "a=b" {
				return q
			}
			return ""
		}},
		{"logout-local-only", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			u, err := c.LogoutURL(t.Context(), p.SignedIn(t, c), url.Values{"post_logout_redirect_uri": {"https://app.example/signed-out"}, "state": {"s"}})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(u, clienttest.Issuer+"/logout?") {
				return u
			}
			return ""
		}},
		{"revoke-skipped", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			if err := c.Revoke(t.Context(), "refresh-1", "refresh_token"); err != nil {
				t.Fatal(err)
			}
			if p.Count("POST /revoke") != 1 {
				return "not revoked"
			}
			return ""
		}},
		{"device-interval-ignored", polled("authorization_pending", 5*time.Second, 5*time.Second)},
		{"slow-down-ignored", polled("slow_down", 5*time.Second, 10*time.Second)},
		{"retry-unbounded", func(t *testing.T, name string) string {
			p, c := scene(t, name, func(cfg *client.Config) { cfg.MaxRetries = 3 })
			p.On["/jwks"] = clienttest.Always(503, "text/html", "<h1>down</h1>")
			if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "jwks" {
				t.Fatal(err)
			}
			if n := p.Count("GET /jwks"); n != 4 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"retry-after-ignored", func(t *testing.T, name string) string {
			p, c := scene(t, name, func(cfg *client.Config) { cfg.MaxRetries, cfg.HonorRetryAfter = 2, true })
			left := []string{"7", p.Now().Add(20 * time.Second).Format(http.TimeFormat)}
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
				if len(left) == 0 {
					p.Token(w, r)
					return
				}
				w.Header().Set("Retry-After", left[0])
				left = left[1:]
				w.WriteHeader(http.StatusTooManyRequests)
			}
			p.SignedIn(t, c)
			if !slices.Equal(p.Sleeps, []time.Duration{7 * time.Second, 13 * time.Second}) {
				return fmt.Sprint(p.Sleeps)
			}
			return ""
		}},
		{"timeout-none", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			bounded := false
			p.Fail = func(r *http.Request) error {
				_, bounded = r.Context().Deadline()
				return context.DeadlineExceeded
			}
			if _, err := c.Discover(t.Context()); clienttest.Rejected(err) != "timeout" {
				t.Error(err)
			}
			if !bounded {
				return "no deadline"
			}
			return ""
		}},
		{"redirect-followed-with-credentials", func(t *testing.T, name string) string {
			p, c := scene(t, name, nil)
			p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Host == "evil.example" {
					p.Token(w, r)
					return
				}
				http.Redirect(w, r, "https://evil.example/token", http.StatusTemporaryRedirect)
			}
			if _, err := p.SignIn(c, client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "redirect" || p.Request().URL.Host == "evil.example" {
				return clienttest.Rejected(err)
			}
			return ""
		}},
	}
}
