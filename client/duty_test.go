package client_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/client"
)

func duties() []duty {
	return []duty{
		{"state-not-sent", missing("state")},
		{"nonce-not-sent", missing("nonce")},
		{"pkce-not-sent", missing("code_challenge")},
		{"state-static", stays("state")},
		{"nonce-static", stays("nonce")},
		{"verifier-static", stays("code_challenge")},
		{"pkce-plain", func(t *testing.T, bug string) string {
			_, c := scene(t, bug, nil)
			a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
			if err != nil || a.Params.Get("code_challenge") == a.Verifier || a.Params.Get("code_challenge_method") != "S256" {
				return fmt.Sprint("the verifier itself, ", err)
			}
			return ""
		}},
		{"secret-in-query", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			signedIn(t, p, c)
			for _, r := range p.requests {
				if strings.Contains(r.URL.RawQuery, "secret") {
					return r.URL.String()
				}
			}
			return ""
		}},
		{"auth-method-wrong", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			signedIn(t, p, c)
			for _, f := range p.forms {
				if f.Has("client_secret") {
					return "a secret in the body"
				}
			}
			return ""
		}},
		{"assertion-audience-wrong", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, func(cfg *client.Config) {
				cfg.AuthMethod, cfg.ClientSecret = "client_secret_jwt", strings.Repeat("s", 32)
			})
			signedIn(t, p, c)
			if aud := decodeClaims(t, p.forms[0].Get("client_assertion"))["aud"]; aud != issuer {
				return fmt.Sprint("aud ", aud)
			}
			return ""
		}},
		{"login-never-expires", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			a, response, err := p.begin(c, client.AuthorizeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			p.advance(31 * time.Minute)
			if _, err := c.Callback(t.Context(), a, response); rejected(err) != "login_timeout" {
				return rejected(err)
			}
			return ""
		}},
		{"response-replayed", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			a, response, err := p.begin(c, client.AuthorizeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err = c.Callback(t.Context(), a, response)
			}
			if rejected(err) != "replay" {
				return rejected(err)
			}
			return ""
		}},
		{"code-retried", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, func(cfg *client.Config) { cfg.Retry.Max = 3 })
			p.on["/token"] = always(400, "application/json", `{"error":"invalid_grant"}`)
			if _, err := p.signIn(c, client.AuthorizeOptions{}, nil); rejected(err) != "token_response" {
				t.Fatal(rejected(err))
			}
			if n := p.count("POST /token"); n != 1 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"scope-unchecked", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			p.tokens = map[string]any{"scope": "openid email"}
			s := signedIn(t, p, c)
			if !slices.Equal(s.Granted, []string{"openid", "email"}) || !slices.Equal(s.Missing, []string{"profile"}) {
				return fmt.Sprint("granted ", s.Granted, " missing ", s.Missing)
			}
			return ""
		}},
		{"scope-widening-accepted", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			p.tokens = map[string]any{"scope": "openid profile email admin"}
			s := signedIn(t, p, c)
			if slices.Contains(s.Granted, "admin") || !slices.Equal(s.Unrequested, []string{"admin"}) {
				return fmt.Sprint("granted ", s.Granted)
			}
			return ""
		}},
		{"jwks-refetch-unbounded", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			p.header = map[string]any{"kid": "never"}
			for range 20 {
				if _, err := p.signIn(c, client.AuthorizeOptions{}, nil); rejected(err) != "kid" {
					t.Fatal(err)
				}
			}
			if n := p.count("GET /jwks"); n > 2 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"refresh-never", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			s := signedIn(t, p, c)
			p.advance(2 * time.Hour)
			if r, err := c.Call(t.Context(), s, client.CallOptions{URL: issuer + "/api", AutoRefresh: true}); err != nil || r.Refreshed == nil {
				return fmt.Sprint("not refreshed ", err)
			}
			return ""
		}},
		{"expiry-ignored", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			s := signedIn(t, p, c)
			if c.Expired(s) {
				t.Error("expired at once")
			}
			p.advance(time.Hour)
			if !c.Expired(s) {
				return "not expired"
			}
			return ""
		}},
		{"refresh-loop", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			s := signedIn(t, p, c)
			p.on["/token"] = always(400, "application/json", `{"error":"invalid_grant"}`)
			for range 2 {
				if err := refreshed(t.Context(), p, c, s); err == nil {
					t.Fatal("refreshed")
				}
			}
			if n := p.count("POST /token"); n != 2 || s.Ended() == nil {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"refresh-rotation-ignored", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			s := signedIn(t, p, c)
			for range 2 {
				if err := refreshed(t.Context(), p, c, s); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.form().Get("refresh_token"); got != "refresh-2" {
				return got
			}
			return ""
		}},
		{"refresh-not-single-flight", func(t *testing.T, bug string) string {
			n := 0
			synctest.Test(t, func(t *testing.T) { n = crowd(t, bug, client.RefreshOptions{}) })
			if n != 1 {
				return fmt.Sprint(n, " refreshes")
			}
			return ""
		}},
		{"token-in-query", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			if _, err := c.Call(t.Context(), signedIn(t, p, c), client.CallOptions{URL: issuer + "/api?a=b"}); err != nil {
				t.Fatal(err)
			}
			if q := p.request().URL.RawQuery; q != "a=b" {
				return q
			}
			return ""
		}},
		{"logout-local-only", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			u, err := c.LogoutURL(t.Context(), signedIn(t, p, c), client.LogoutOptions{PostLogoutRedirectURI: "https://app.example/signed-out", State: "s"})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(u, issuer+"/logout?") {
				return u
			}
			return ""
		}},
		{"revoke-skipped", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			if err := c.Revoke(t.Context(), "refresh-1", "refresh_token"); err != nil {
				t.Fatal(err)
			}
			if p.count("POST /revoke") != 1 {
				return "not revoked"
			}
			return ""
		}},
		{"device-interval-ignored", polled("authorization_pending", 5*time.Second, 5*time.Second)},
		{"slow-down-ignored", polled("slow_down", 5*time.Second, 10*time.Second)},
		{"retry-unbounded", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, func(cfg *client.Config) { cfg.Retry.Max = 3 })
			p.on["/jwks"] = always(503, "text/html", "<h1>down</h1>")
			if _, err := p.signIn(c, client.AuthorizeOptions{}, nil); rejected(err) != "jwks" {
				t.Fatal(err)
			}
			if n := p.count("GET /jwks"); n != 4 {
				return fmt.Sprint(n, " requests")
			}
			return ""
		}},
		{"retry-after-ignored", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, func(cfg *client.Config) { cfg.Retry = client.Retry{Max: 2, HonorRetryAfter: true} })
			left := []string{"7", p.now.Add(20 * time.Second).Format(http.TimeFormat)}
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				if len(left) == 0 {
					p.token(w, r)
					return
				}
				w.Header().Set("Retry-After", left[0])
				left = left[1:]
				w.WriteHeader(http.StatusTooManyRequests)
			}
			signedIn(t, p, c)
			if !slices.Equal(p.sleeps, []time.Duration{7 * time.Second, 13 * time.Second}) {
				return fmt.Sprint(p.sleeps)
			}
			return ""
		}},
		{"timeout-none", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			bounded := false
			p.fail = func(r *http.Request) error {
				_, bounded = r.Context().Deadline()
				return context.DeadlineExceeded
			}
			if _, err := c.Discover(t.Context()); rejected(err) != "timeout" {
				t.Error(err)
			}
			if !bounded {
				return "no deadline"
			}
			return ""
		}},
		{"redirect-followed-with-credentials", func(t *testing.T, bug string) string {
			p, c := scene(t, bug, nil)
			p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Host == "evil.example" {
					p.token(w, r)
					return
				}
				http.Redirect(w, r, "https://evil.example/token", http.StatusTemporaryRedirect)
			}
			if _, err := p.signIn(c, client.AuthorizeOptions{}, nil); rejected(err) != "redirect" || p.request().URL.Host == "evil.example" {
				return rejected(err)
			}
			return ""
		}},
	}
}
