package client_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	for _, sent := range []string{"refresh-1", "refresh-2"} {
		if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := p.Form().Get("refresh_token"); got != sent {
			t.Errorf("sent %s, want %s", got, sent)
		}
	}
}

func TestRefreshKeepsTokenThatIsNotReplaced(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	p.Tokens = map[string]any{"expires_in": 5, "refresh_token": ""}
	tokens, err := c.Refresh(t.Context(), s, client.RefreshOptions{})
	if err != nil || tokens.RefreshToken != "refresh-1" || s.Snapshot().Tokens.AccessToken != "access-2" {
		t.Fatalf("%+v %v", tokens, err)
	}
	if got := s.Expiry.Sub(p.Now()); got != 5*time.Second {
		t.Errorf("the new lifetime is not used: %v", got)
	}
}

func TestRefreshForNarrowerScopes(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	p.Tokens = map[string]any{"scope": "openid"}
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{Scope: "openid"}); err != nil {
		t.Fatal(err)
	}
	if f := p.Form(); f.Get("scope") != "openid" || f.Get("refresh_token") != "refresh-1" {
		t.Errorf("%v", f)
	}
	if !slices.Equal(s.Granted, []string{"openid"}) || !slices.Equal(s.Missing, []string{"profile", "email"}) {
		t.Errorf("granted %v, missing %v", s.Granted, s.Missing)
	}
}

func TestTemporaryErrorKeepsSession(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"temporarily_unavailable"}`)
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); clienttest.Rejected(err) != "token_response" || s.Ended != nil {
		t.Errorf("%v, ended %v", err, s.Ended)
	}
	delete(p.On, "/token")
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); err != nil {
		t.Error(err)
	}
}

func TestInvalidGrantEndsSession(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
	// A token that is not the session's may fail without ending it.
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{RefreshToken: "stolen"}); err == nil || s.Ended != nil {
		t.Errorf("%v, ended %v", err, s.Ended)
	}
	_, err := c.Refresh(t.Context(), s, client.RefreshOptions{})
	var e *client.OAuthError
	if !errors.As(err, &e) || e.Code != "invalid_grant" || e.Status != 400 || s.Ended == nil {
		t.Errorf("%v, ended %v", err, s.Ended)
	}
	n := p.Count("POST /token")
	if _, err := c.Refresh(t.Context(), s, client.RefreshOptions{}); clienttest.Rejected(err) != "session" || !errors.As(err, &e) || p.Count("POST /token") != n {
		t.Errorf("after the end: %v", err)
	}
}

// TestParallelRefreshIsOneRequest: of ten callers at once one sends a request, but a
// caller that wants a request of its own gets it.
func TestParallelRefreshIsOneRequest(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]struct {
		client.RefreshOptions
		requests int
	}{
		"shared":   {client.RefreshOptions{}, 1},
		"direct":   {client.RefreshOptions{Direct: true}, 10},
		"narrower": {client.RefreshOptions{Scope: "openid"}, 10},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := clienttest.NewProvider(t)
			if n := p.Crowd(t, p.Client(t, nil), o.RefreshOptions); n != o.requests {
				t.Errorf("%s: %d requests, want %d", name, n, o.requests)
			}
		})
	}
}

func TestRefreshOfReplacedTokenSendsNothing(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	for range 3 {
		got, err := c.Refresh(t.Context(), s, client.RefreshOptions{Stale: "access-1"})
		if err != nil || got.AccessToken != "access-2" {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if n := p.Count("POST /token"); n != 2 {
		t.Errorf("%d token requests", n)
	}
}
