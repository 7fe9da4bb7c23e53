package client

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
)

// flight is a refresh under way, for all who wait for it.
type flight struct {
	done chan struct{}
	resp *TokenResponse
	err  error
}

// Refresh exchanges the refresh token (RFC 6749 section 6). Of several callers at once
// one sends the request and all get its answer: a provider that rotates takes
// the second use of a token for theft (RFC 9700 section 4.14.2). The refresh token that
// is returned replaces the old one; when none is, the old one stays. invalid_grant
// is the end of the session, and nothing is sent any more.
//
// A caller who asks for narrower scopes, or names the token to send, wants that
// request sent and no other: the former waits for its turn, the latter does not.
func (c *Client) Refresh(ctx context.Context, s *Session, o RefreshOptions) (*TokenResponse, error) {
	switch {
	case o.Direct || o.RefreshToken != "":
		return c.refresh(ctx, s, o)
	case c.has(RefreshNotSingleFlight):
		s.awaitAnother(ctx)
		return c.refresh(ctx, s, o)
	}
	for {
		s.mu.Lock()
		if o.Stale != "" && o.Stale != s.Tokens.AccessToken {
			newest := s.Tokens
			s.mu.Unlock()
			return &newest, nil
		}
		f := s.flight
		if f == nil {
			f = &flight{done: make(chan struct{})}
			s.flight = f
			s.mu.Unlock()
			// A request that is given up half-way may have rotated the token
			// all the same: it goes on when its first caller is gone.
			f.resp, f.err = c.refresh(context.WithoutCancel(ctx), s, o)
			s.mu.Lock()
			s.flight = nil
			s.mu.Unlock()
			close(f.done)
			return f.resp, f.err
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.done:
		}
		if o.Scope == "" && len(o.Extra) == 0 {
			return f.resp, f.err // else it is this caller's turn
		}
	}
}

// awaitAnother returns once a second caller is here, who found the token expired
// too, as he would where the provider is far away; or, if none comes, soon.
func (s *Session) awaitAnother(ctx context.Context) {
	s.mu.Lock()
	if first := s.waiting; first != nil {
		s.waiting = nil
		s.mu.Unlock()
		close(first)
		return
	}
	mine := make(chan struct{})
	s.waiting = mine
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	select {
	case <-mine:
		return
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == mine {
		s.waiting = nil
	}
}

// refresh sends one refresh request and takes the answer.
func (c *Client) refresh(ctx context.Context, s *Session, o RefreshOptions) (*TokenResponse, error) {
	before := s.Snapshot()
	token := first(o.RefreshToken, before.Tokens.RefreshToken)
	switch {
	case before.ended != nil && o.RefreshToken == "":
		return nil, refused("session", "RFC 6749 section 5.2", before.ended, nil)
	case token == "":
		return nil, reject("refresh_token", "RFC 6749 section 6", "a refresh token", "none: ask for offline_access at the sign-in")
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if o.Scope != "" {
		form.Set("scope", o.Scope)
	}
	overrule(form, o.Extra)
	t, err := c.grant(ctx, form)
	if c.has(RefreshLoop) {
		for n := 0; n < 20 && errors.As(err, new(*OAuthError)); n++ {
			t, err = c.grant(ctx, form)
		}
	}
	if err != nil {
		if c.has(RefreshFailureForgets) {
			s.end(&OAuthError{Code: "invalid_grant"})
		}
		if own := token == before.Tokens.RefreshToken || o.RefreshToken == ""; own && isOAuth(err, "invalid_grant") {
			s.end(rejection(err).OAuth)
		}
		return nil, err
	}
	id, err := c.renewed(ctx, before, t)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != nil {
		s.origin = s.ofSignIn()
		s.IDToken = id
	}
	asked := before.Granted
	if o.Scope != "" {
		asked = strings.Fields(o.Scope)
	}
	keep := token
	if c.has(RefreshRotationIgnored) {
		t.RefreshToken = ""
	}
	if c.has(RefreshTokenDropped) {
		keep = ""
	}
	if t.RefreshToken == "" {
		t.RefreshToken = keep
	}
	s.ended = nil
	c.hold(s, t, asked)
	return t, nil
}

// renewed validates the ID token of a refresh, if there is one (OIDC Core 12.2).
func (c *Client) renewed(ctx context.Context, before *Session, t *TokenResponse) (*IDToken, error) {
	if t.IDToken == "" && c.has(RefreshNeedsIDToken) {
		return nil, reject("renewal", "OIDC Core 12.2", "an ID token", "none")
	}
	if t.IDToken == "" {
		return nil, nil
	}
	if c.has(RefreshIDTokenUnchecked) {
		parsed, err := c.parseJWT(t.IDToken, "id_token", "OIDC Core 12.2")
		if err != nil {
			return nil, err
		}
		return &IDToken{Raw: t.IDToken, Header: parsed.header, Claims: parsed.claims}, nil
	}
	return c.verify(ctx, t.IDToken, expected{accessToken: t.AccessToken, before: before.ofSignIn()})
}

// ofSignIn is the ID token of the original authentication, which all renewals are
// compared with: what one of them leaves out, the next cannot change (OIDC Core 12.2).
func (s *Session) ofSignIn() *IDToken {
	if s.origin != nil {
		return s.origin
	}
	return s.IDToken
}

// end notes that the provider ended the session. The refresh token is of no use
// to anybody any more.
func (s *Session) end(why *OAuthError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = why
	s.Tokens.RefreshToken = ""
}

// take puts the tokens of a token response into a session that is new.
func (c *Client) take(s *Session, t *TokenResponse, asked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.hold(s, t, asked)
}

// hold puts tokens into a session whose lock is held, and works out what was
// granted: an omitted scope is what was asked for (RFC 6749 section 5.1).
func (c *Client) hold(s *Session, t *TokenResponse, asked []string) {
	s.Tokens = *t
	s.expired = false
	s.Expiry = time.Time{}
	if t.ExpiresIn != nil && c.has(RefreshLifetimeKept) {
		if s.lifetime == nil {
			s.lifetime = t.ExpiresIn
		}
		t.ExpiresIn = s.lifetime
	}
	if t.ExpiresIn != nil {
		s.Expiry = c.cfg.Now().Add(time.Duration(*t.ExpiresIn) * time.Second)
	}
	granted := asked
	if t.Scope != "" && !c.has(ScopeUnchecked) {
		granted = strings.Fields(t.Scope)
	}
	s.Granted, s.Missing, s.Unrequested = nil, nil, nil
	for _, scope := range granted {
		if slices.Contains(s.Requested, scope) || c.has(ScopeWideningAccepted) {
			s.Granted = append(s.Granted, scope)
		} else {
			s.Unrequested = append(s.Unrequested, scope)
		}
	}
	for _, scope := range s.Requested {
		if !slices.Contains(granted, scope) {
			s.Missing = append(s.Missing, scope)
		}
	}
}

// Expired reports whether the access token is of no use any more: its time is
// over on Config.Now, or a resource said so. Without expires_in it never is.
func (c *Client) Expired(s *Session) bool {
	if c.has(ExpiryIgnored) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expired || !s.Expiry.IsZero() && !c.cfg.Now().Before(s.Expiry)
}
