package clienttest

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/authdrill/authdrill/client"
)

// WithClaims sets claims of ID tokens; nil removes one.
func WithClaims(set map[string]any) func(*Provider) { return func(p *Provider) { p.Claims = set } }

// WithHeader sets members of the header of ID tokens; nil removes one.
func WithHeader(set map[string]any) func(*Provider) { return func(p *Provider) { p.Header = set } }

// WithTokens sets members of token responses; nil removes one.
func WithTokens(set map[string]any) func(*Provider) { return func(p *Provider) { p.Tokens = set } }

// WithSignature signs ID tokens in another way.
func WithSignature(f func(testing.TB, Key, map[string]any, map[string]any) string) func(*Provider) {
	return func(p *Provider) {
		p.Resign = func(h, c map[string]any) string { return f(p.T, p.Signer, h, c) }
	}
}

// SignUserInfo answers userinfo with a JWT.
func (p *Provider) SignUserInfo(set map[string]any, sign func(header, claims map[string]any) string) {
	p.On["/userinfo"] = func(w http.ResponseWriter, _ *http.Request) {
		c := map[string]any{"iss": Issuer, "aud": "app", "sub": UserA}
		Overlay(c, set)
		w.Header().Set("Content-Type", "application/jwt")
		_, _ = fmt.Fprint(w, sign(map[string]any{"alg": "ES256", "kid": p.Signer.ID}, c))
	}
}

// SignedIn signs a user in, which must not fail.
func (p *Provider) SignedIn(t testing.TB, c *client.Client) *client.Session {
	t.Helper()
	s, err := p.SignIn(c, client.AuthorizeOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Crowd refreshes ten times at once, and returns how many requests were sent. It
// runs in a synctest bubble: the provider answers when all ten are waiting.
func (p *Provider) Crowd(t testing.TB, c *client.Client, o client.RefreshOptions) int {
	s := p.SignedIn(t, c)
	answer := make(chan struct{})
	p.Fail = func(*http.Request) error {
		<-answer
		return nil
	}
	before := p.Count("POST /token")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := c.Refresh(t.Context(), s, o); err != nil {
				t.Error(err)
			}
		})
	}
	synctest.Wait()
	close(answer)
	all.Wait()
	return p.Count("POST /token") - before
}
