package mockprovider

import "context"

// LogoutToken makes a logout token about a user for a client (OIDC Back-Channel
// Logout 2.4), of one of the provider's issuers, as MintRequest.Issuer names it; "" is
// the one that clients are told. Faults on logout_token falsify it;
// changes, laid over its claims before, may hold $absent and the edits of a fault. The
// error names what is not there.
func (p *Provider) LogoutToken(login, clientID, issuer string, changes map[string]any) (string, error) {
	grants := p.issuer().Grants
	u, ok := grants.Store.User(login)
	if !ok {
		return "", &missing{"user", login}
	}
	return grants.LogoutToken(context.Background(), issuer, u, clientID, changes)
}

// missing is something that an issuer does not have.
type missing struct{ what, name string }

func (m *missing) Error() string { return "mockprovider: unknown " + m.what + " " + m.name }
