package client

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"
)

// LogoutURL is where to send the browser to end the session at the provider too
// (OIDC RP-Initiated Logout 2). End the client's own session before, whatever
// becomes of this. The state, if any, is to be kept for LoggedOut.
func (c *Client) LogoutURL(ctx context.Context, s *Session, o LogoutOptions) (string, error) {
	if c.has(LogoutLocalOnly) {
		return o.PostLogoutRedirectURI, nil
	}
	_, address, err := c.endpoint(ctx, "end_session_endpoint")
	if err != nil {
		return "", err
	}
	hint := o.IDTokenHint
	if id := s.Snapshot().IDToken; hint == "" && id != nil {
		hint = id.Raw
	}
	p := url.Values{"client_id": {c.cfg.ClientID}}
	for name, value := range map[string]string{
		"id_token_hint": hint, "post_logout_redirect_uri": o.PostLogoutRedirectURI, "state": o.State,
	} {
		if value != "" {
			p.Set(name, value)
		}
	}
	overrule(p, o.Extra)
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + p.Encode(), nil
}

// LoggedOut judges the return from the provider: it must bring back the state
// that was sent (OIDC RP-Initiated Logout 3). A return that does not is not the
// end of a sign-out that was begun here; nothing must be concluded from it.
func (c *Client) LoggedOut(state string, response url.Values) error {
	if c.has(LogoutStateUnchecked) {
		return nil
	}
	if err := c.checkDuplicates(response); err != nil {
		return err
	}
	if got := response.Get("state"); subtle.ConstantTimeCompare([]byte(got), []byte(state)) != 1 {
		return reject("logout_state", "OIDC RP-Initiated Logout 3", short(state), showShort(got))
	}
	return nil
}
