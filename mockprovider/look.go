package mockprovider

import "context"

// Accepts reports whether a resource server would accept an access token now:
// it is live, and if it is a JWT, its signature and times are right.
func (p *Provider) Accepts(token string) bool {
	_, err := p.issuer().Grants.AccessToken(context.Background(), token)
	return err == nil
}

// Introspect describes a token in the members of RFC 7662 section 2.2, without
// leaving a trace in the journal.
func (p *Provider) Introspect(token string) map[string]any {
	return p.issuer().Grants.Introspect(context.Background(), token)
}
