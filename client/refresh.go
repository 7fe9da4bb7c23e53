package client

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// RefreshOptions are the parameters of a refresh (RFC 6749 section 6).
type RefreshOptions struct {
	Scope        string // narrower scopes to ask for; default none, which keeps those granted
	RefreshToken string // default the session's

	// Resources narrow what the access token is for (RFC 8707 section 2.2); default
	// none, which keeps those granted.
	Resources []string

	// Stale is the access token to be replaced. If the session has another one
	// by now, nothing is sent and the newest token response is returned.
	Stale string
	// Direct sends a request of its own though another is under way.
	Direct bool
	// Extra has the last word over every parameter; a name without values
	// leaves that parameter out.
	Extra url.Values
}

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
	return c.op.refresh(ctx, s, o)
}

func (c *Client) refresh(ctx context.Context, s *Session, o RefreshOptions) (*TokenResponse, error) {
	if o.Direct || o.RefreshToken != "" {
		return c.refreshOnce(ctx, s, o)
	}
	for {
		f, mine, newest := s.joinRefresh(o)
		switch {
		case newest != nil:
			return newest, nil
		case mine:
			// A request that is given up half-way may have rotated the token
			// all the same: it goes on when its first caller is gone.
			f.resp, f.err = c.refreshOnce(context.WithoutCancel(ctx), s, o)
			s.finishRefresh(f)
			return f.resp, f.err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.done:
		}
		if o.Scope == "" && len(o.Resources) == 0 && len(o.Extra) == 0 {
			return f.resp, f.err // else it is this caller's turn
		}
	}
}

// joinRefresh returns the refresh under way; or a new one, which is the caller's to
// make; or the tokens that have replaced the stale one already.
func (s *Session) joinRefresh(o RefreshOptions) (f *flight, mine bool, newest *TokenResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.Stale != "" && o.Stale != s.Tokens.AccessToken {
		tokens := s.Tokens
		return nil, false, &tokens
	}
	if s.flight != nil {
		return s.flight, false, nil
	}
	s.flight = &flight{done: make(chan struct{})}
	return s.flight, true, nil
}

// finishRefresh ends a refresh, and tells all who wait for it.
func (s *Session) finishRefresh(f *flight) {
	s.mu.Lock()
	s.flight = nil
	s.mu.Unlock()
	close(f.done)
}

// refreshOnce sends one refresh request and takes the answer.
func (c *Client) refreshOnce(ctx context.Context, s *Session, o RefreshOptions) (*TokenResponse, error) {
	before := s.Snapshot()
	token := cmp.Or(o.RefreshToken, before.Tokens.RefreshToken)
	switch {
	case before.Ended != nil && o.RefreshToken == "":
		return nil, rejectOAuth("session", "RFC 6749 section 5.2", before.Ended, nil)
	case token == "":
		return nil, reject("refresh_token", "RFC 6749 section 6", "a refresh token", "none: ask for offline_access at the sign-in")
	}
	t, err := c.op.exchange(ctx, o.form(token))
	if err != nil {
		if token == before.Tokens.RefreshToken {
			if why := c.op.endReason(err); why != nil {
				s.markEnded(why)
			}
		}
		return nil, err
	}
	id, err := c.op.verifyRenewed(ctx, before, t)
	if err != nil {
		return nil, err
	}
	asked := before.Granted
	if o.Scope != "" {
		asked = strings.Fields(o.Scope)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != nil {
		s.origin = s.originalIDToken()
		s.setIDToken(id)
	}
	t.RefreshToken = c.op.rotate(token, t.RefreshToken)
	s.Ended = nil
	c.op.setTokens(s, t, asked)
	return t, nil
}

// form makes the parameters of a refresh.
func (o RefreshOptions) form(token string) url.Values {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if o.Scope != "" {
		form.Set("scope", o.Scope)
	}
	if len(o.Resources) > 0 {
		form["resource"] = o.Resources
	}
	override(form, o.Extra)
	return form
}

// rotate returns the refresh token in force: the one that was issued, or the old
// one if none was.
func rotate(old, issued string) string { return cmp.Or(issued, old) }

// endReason returns why a refresh that failed is the end of the session, nil if it is
// not.
func endReason(err error) *OAuthError {
	if !isOAuth(err, "invalid_grant") {
		return nil
	}
	return rejection(err).OAuth
}

// verifyRenewed validates the ID token of a refresh, if there is one (OIDC Core 12.2).
func (c *Client) verifyRenewed(ctx context.Context, before *Session, t *TokenResponse) (*IDToken, error) {
	if t.IDToken == "" {
		return nil, nil
	}
	want := check.Verification{AccessToken: t.AccessToken}
	if origin := before.originalIDToken(); origin != nil {
		want.Before = origin.Claims
	}
	return c.verify(ctx, t.IDToken, want)
}

// originalIDToken is the ID token of the original authentication, which all renewals are
// compared with: what one of them leaves out, the next cannot change (OIDC Core 12.2).
func (s *Session) originalIDToken() *IDToken {
	if s.origin != nil {
		return s.origin
	}
	return s.IDToken
}

// markEnded notes that the provider ended the session. The refresh token is of no use
// any more.
func (s *Session) markEnded(why *OAuthError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Ended = why
	s.Tokens.RefreshToken = ""
}

// lockAndSetTokens puts the tokens of a token response into a session that is new.
func (c *Client) lockAndSetTokens(s *Session, t *TokenResponse, asked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.op.setTokens(s, t, asked)
}

// setTokens puts tokens into a session whose lock is held.
func (c *Client) setTokens(s *Session, t *TokenResponse, asked []string) {
	s.Tokens = *t
	s.expired = false
	s.Expiry = time.Time{}
	if t.ExpiresIn != nil {
		s.Expiry = c.cfg.Now().Add(time.Duration(*t.ExpiresIn) * time.Second)
	}
	s.Granted, s.Unrequested, s.Missing = c.op.compareScopes(s.Requested, asked, t.Scope)
}

// compareScopes works out what was granted of what was requested at the sign-in: an
// omitted scope is what was asked for (RFC 6749 section 5.1).
func compareScopes(requested, asked []string, said string) (granted, unrequested, missing []string) {
	all := asked
	if said != "" {
		all = strings.Fields(said)
	}
	for _, scope := range all {
		if slices.Contains(requested, scope) {
			granted = append(granted, scope)
		} else {
			unrequested = append(unrequested, scope)
		}
	}
	for _, scope := range requested {
		if !slices.Contains(all, scope) {
			missing = append(missing, scope)
		}
	}
	return granted, unrequested, missing
}

// expired reports whether the access token is of no use any more: its time is
// over on Config.Now, or a resource said so. Without expires_in it never is.
func (c *Client) expired(s *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expired || !s.Expiry.IsZero() && !c.cfg.Now().Before(s.Expiry)
}
