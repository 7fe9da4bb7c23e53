package mutant

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// refresh returns the mutants about refresh, expiry and devices.
func refresh() []Mutant {
	return []Mutant{
		{
			Name: "refresh-never", Check: "refresh", Spec: "RFC 6749 section 6",
			Doc:   "never refreshes on its own",
			edits: wrap("call", refreshNever),
		},
		{
			Name: "refresh-loop", Check: "refresh", Spec: "RFC 6749 section 5.2",
			Doc:   "goes on refreshing after a refusal such as invalid_grant, 20 times",
			edits: wrap("exchange", refreshLoop),
		},
		{
			Name: "refresh-not-single-flight", Check: "refresh", Spec: "RFC 9700 section 4.14.2",
			Doc:   "refreshes several times at once",
			edits: wrap("refresh", refreshAtOnce),
		},
		{
			Name: "refresh-token-dropped", Check: "refresh_token", Spec: "RFC 6749 section 6",
			Doc:   "forgets its refresh token when it is given no other",
			edits: perform("rotate", func(_, issued string) string { return issued }),
		},
		{
			Name: "refresh-rotation-ignored", Check: "refresh_token", Spec: "RFC 9700 section 4.14.2",
			Doc:   "goes on using the refresh token it was first given",
			edits: perform("rotate", func(old, _ string) string { return old }),
		},
		{
			Name: "refresh-id-token-unchecked", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc:   "does not look at the ID token of a refresh",
			edits: wrap("verify renewed", takeAnyIDToken),
		},
		{
			Name: "refresh-continuity-unchecked", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc:   "lets a refresh change the signed-in user",
			edits: remove("id token", "renewal"),
		},
		{
			Name: "expiry-ignored", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "goes on using an expired access token",
			edits: perform("expired", func(*client.Session) bool { return false }),
		},
		{
			Name: "device-interval-ignored", Check: "device", Spec: "RFC 8628 section 3.5",
			Doc:   "polls without waiting, 50 times",
			edits: func(*client.Client) []check.Edit { return []check.Edit{check.Perform("wait to poll", pollAtOnce())} },
		},
		{
			Name: "slow-down-ignored", Check: "device", Spec: "RFC 8628 section 3.5",
			Doc:   "goes on polling as fast after slow_down",
			edits: perform("slow down", func(interval time.Duration) time.Duration { return interval }),
		},
		{
			Name: "refresh-failure-forgets", Check: "refresh", Spec: "RFC 6749 section 5.2",
			Doc:   "forgets its refresh token when a refresh fails for any reason",
			edits: perform("end reason", func(error) *client.OAuthError { return &client.OAuthError{Code: "invalid_grant"} }),
		},
		{
			Name: "refresh-lifetime-kept", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "takes every access token to live as long as the first",
			edits: wrap("set tokens", keepLifetime),
		},
		{
			Name: "refresh-needs-id-token", Check: "renewal", Spec: "OIDC Core 12.2",
			Doc:   "refuses a refresh without an ID token",
			edits: wrap("verify renewed", needIDToken),
		},
		{
			Name: "refresh-needs-nonce", Check: "nonce", Spec: "OIDC Core 12.2",
			Doc:   "refuses the ID token of a refresh without the nonce of the sign-in",
			edits: refuse("id token", "nonce", func(v *check.Verification) bool { return v.Before != nil && v.Claims["nonce"] == nil }),
		},
		{
			Name: "refresh-nonce-refused", Check: "nonce", Spec: "OIDC Core 12.2",
			Doc:   "refuses the ID token of a refresh that has a nonce",
			edits: refuse("id token", "nonce", func(v *check.Verification) bool { return v.Before != nil && v.Claims["nonce"] != nil }),
		},
		{
			Name: "early-refresh-loops", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "refreshes until the access token lives for another minute, 20 times",
			edits: wrapWith("call", refreshUntil(time.Minute)),
		},
		{
			Name: "zero-lifetime-loops", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc:   "refreshes until the access token is not expired, 20 times",
			edits: wrapWith("call", refreshUntil(0)),
		},
		{
			Name: "scope-refusal-refreshed", Check: "refresh", Spec: "RFC 6750 section 3.1",
			Doc:   "takes insufficient_scope for an expired access token: it refreshes and asks again, 20 times",
			edits: wrapWith("call", refreshOnScopeRefusal),
		},
		{
			Name: "no-refresh-token-loops", Check: "refresh_token", Spec: "RFC 6749 section 6",
			Doc:   "asks for a refresh without a refresh token",
			edits: wrapWith("call", refreshWithoutToken),
		},
	}
}

func refreshNever(strict call) call {
	return func(ctx context.Context, s *client.Session, o client.CallOptions) (*client.Response, error) {
		o.AutoRefresh = false
		return strict(ctx, s, o)
	}
}

func refreshLoop(strict exchange) exchange {
	return func(ctx context.Context, form url.Values) (*client.TokenResponse, error) {
		t, err := strict(ctx, form)
		for n := 0; n < 20 && errors.As(err, new(*client.OAuthError)); n++ {
			t, err = strict(ctx, form)
		}
		return t, err
	}
}

// refreshAtOnce sends a request for each caller, once a second caller is here who
// found the token expired too, as happens where the provider is far away; or, if
// none comes, soon.
func refreshAtOnce(strict refreshing) refreshing {
	var meet meeting
	return func(ctx context.Context, s *client.Session, o client.RefreshOptions) (*client.TokenResponse, error) {
		if !o.Direct && o.RefreshToken == "" {
			meet.await(ctx, s)
			o.Direct = true
		}
		return strict(ctx, s, o)
	}
}

// meeting lets two callers of a session wait for each other.
type meeting struct {
	mu      sync.Mutex
	waiting map[*client.Session]chan struct{}
}

func (m *meeting) await(ctx context.Context, s *client.Session) {
	m.mu.Lock()
	if first := m.waiting[s]; first != nil {
		delete(m.waiting, s)
		m.mu.Unlock()
		close(first)
		return
	}
	if m.waiting == nil {
		m.waiting = map[*client.Session]chan struct{}{}
	}
	mine := make(chan struct{})
	m.waiting[s] = mine
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	select {
	case <-mine:
		return
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting[s] == mine {
		delete(m.waiting, s)
	}
}

func takeAnyIDToken(strict verifyRenewed) verifyRenewed {
	return func(ctx context.Context, before *client.Session, t *client.TokenResponse) (*client.IDToken, error) {
		parts := strings.Split(t.IDToken, ".")
		if len(parts) != 3 {
			return strict(ctx, before, t)
		}
		id := &client.IDToken{Raw: t.IDToken}
		if !decode(parts[0], &id.Header) || !decode(parts[1], &id.Claims) {
			return strict(ctx, before, t)
		}
		return id, nil
	}
}

// decode reads a part of a JWT.
func decode(part string, into *map[string]any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return dec.Decode(into) == nil
}

func needIDToken(strict verifyRenewed) verifyRenewed {
	return func(ctx context.Context, before *client.Session, t *client.TokenResponse) (*client.IDToken, error) {
		if t.IDToken == "" {
			return nil, reject("renewal", "OIDC Core 12.2", "an ID token", "none")
		}
		return strict(ctx, before, t)
	}
}

// keepLifetime takes the lifetime of a session's first access token for that of
// all others.
func keepLifetime(strict setTokens) setTokens {
	var first sync.Map // lifetimes by session
	return func(s *client.Session, t *client.TokenResponse, asked []string) {
		if t.ExpiresIn != nil {
			kept, _ := first.LoadOrStore(s, t.ExpiresIn)
			t.ExpiresIn, _ = kept.(*int64)
		}
		strict(s, t, asked)
	}
}

// refreshUntil refreshes until the access token lives for longer than a margin.
func refreshUntil(margin time.Duration) func(*client.Client, call) call {
	return func(c *client.Client, strict call) call {
		return func(ctx context.Context, s *client.Session, o client.CallOptions) (*client.Response, error) {
			for n := 0; n < 20 && o.AutoRefresh && o.Token == "" && expiresWithin(margin, c, s) && canRefresh(s); n++ {
				if _, err := c.Refresh(ctx, s, client.RefreshOptions{Stale: s.Snapshot().Tokens.AccessToken}); err != nil {
					return nil, err
				}
			}
			return strict(ctx, s, o)
		}
	}
}

func expiresWithin(margin time.Duration, c *client.Client, s *client.Session) bool {
	till := s.Snapshot().Expiry
	return !till.IsZero() && !c.Config().Now().Add(margin).Before(till)
}

func canRefresh(s *client.Session) bool { return s.Snapshot().Tokens.RefreshToken != "" }

// refreshWithoutToken asks for a refresh that cannot be.
func refreshWithoutToken(c *client.Client, strict call) call {
	return func(ctx context.Context, s *client.Session, o client.CallOptions) (*client.Response, error) {
		resp, err := strict(ctx, s, o)
		if err != nil || !o.AutoRefresh || o.Token != "" || resp.Refreshed != nil || !saysInvalidToken(resp) {
			return resp, err
		}
		_, err = c.Refresh(ctx, s, client.RefreshOptions{Stale: s.Snapshot().Tokens.AccessToken})
		return resp, err
	}
}

func saysInvalidToken(r *client.Response) bool {
	return r.Status == http.StatusUnauthorized && r.Challenge != nil && r.Challenge.Error == "invalid_token"
}

// refreshOnScopeRefusal takes insufficient_scope for an expired access token.
func refreshOnScopeRefusal(c *client.Client, strict call) call {
	return func(ctx context.Context, s *client.Session, o client.CallOptions) (*client.Response, error) {
		resp, err := strict(ctx, s, o)
		for n := 0; n < 20 && err == nil && o.AutoRefresh && o.Token == "" && resp.Status == http.StatusForbidden; n++ {
			var refreshed *client.TokenResponse
			if refreshed, err = c.Refresh(ctx, s, client.RefreshOptions{Stale: s.Snapshot().Tokens.AccessToken}); err != nil {
				return nil, err
			}
			if resp, err = strict(ctx, s, o); err == nil {
				resp.Refreshed = refreshed
			}
		}
		return resp, err
	}
}

// pollAtOnce polls without waiting, 50 times.
func pollAtOnce() waitToPoll {
	var polls atomic.Int32
	return func(context.Context, time.Duration) error {
		if polls.Add(1) > 50 {
			polls.Store(0)
			return reject("device_expiry", "RFC 8628 section 3.5", "an answer after 50 polls", "none")
		}
		return nil
	}
}
