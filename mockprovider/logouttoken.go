package mockprovider

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// LogoutToken makes a logout token about a user for a client (OIDC Back-Channel
// Logout 2.4). Faults on logout_token falsify it; changes, laid over its claims
// before, may hold $absent and the edits of a fault. The error names what is not
// there.
func (p *Provider) LogoutToken(login, clientID string, changes map[string]any) (string, error) {
	grants := p.issuer().Grants
	u, ok := grants.Store.User(login)
	if !ok {
		return "", &missing{"user", login}
	}
	now := p.clock.Now()
	claims := map[string]any{
		"iss": grants.Issuer(context.Background(), nil), "sub": u.Sub(), "aud": clientID, "iat": now.Unix(), "exp": now.Unix() + 120, "jti": p.random.Token(16),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	fault.Apply(claims, changes, now)
	return grants.Sign(context.Background(), "logout_token", p.persona().IDToken.SigningAlg, "logout+jwt", claims)
}

// missing is something that an issuer does not have.
type missing struct{ what, name string }

func (m *missing) Error() string { return "mockprovider: there is no " + m.what + " " + m.name }
