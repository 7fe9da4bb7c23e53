package mockprovider

import "context"

// Accepts reports whether a resource server would accept an access token now:
// it is live, and if it is a JWT, its signature and times are right.
func (p *Provider) Accepts(token string) bool {
	_, err := p.issuer().Grants.AccessToken(context.Background(), token)
	return err == nil
}
