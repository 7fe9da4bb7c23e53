package client

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/internal/check"
)

// LogoutURL is where to send the browser to end the session at the provider too
// (OIDC RP-Initiated Logout 2). End the client's own session before, whatever
// becomes of this. The state, if any, is to be kept for LoggedOut.
func (c *Client) LogoutURL(ctx context.Context, s *Session, o LogoutOptions) (string, error) {
	return c.op.logoutURL(ctx, s, o)
}

func (c *Client) logoutURL(ctx context.Context, s *Session, o LogoutOptions) (string, error) {
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
	return judge(c.tables.signedOut, &check.Reply{Params: response, State: state}, nil)
}

// signedOutTable has the checks of the return from a sign-out.
func signedOutTable() []check.Row[*check.Reply] {
	return []check.Row[*check.Reply]{
		row("duplicates", "RFC 6749 section 3.1", checkDuplicates),
		row("logout_state", "OIDC RP-Initiated Logout 3", checkLogoutState),
	}
}

func checkLogoutState(r *check.Reply) check.Finding {
	if got := r.Params.Get("state"); subtle.ConstantTimeCompare([]byte(got), []byte(r.State)) != 1 {
		return check.Fail(short(r.State), showShort(got))
	}
	return check.Pass(short(r.State))
}
