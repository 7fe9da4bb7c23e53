package bundled

import (
	"context"
	"net/url"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// Testify gathers what the provider and the client that acted last have to say.
// The bundled client in process has one browser, and no pages of its own.
func (b *Subject) Testify(context.Context, *drill.Scenario) (*witness.Evidence, error) {
	e := &witness.Evidence{
		Exchanges: b.provider.Journal().Entries(), ClientSecret: b.provider.Client().Secret, APIStatuses: b.called,
		IsAppURL: func(u *url.URL) bool { return sameTarget(u, callbackURL) },
		Browsers: map[string]*witness.Answer{witness.Main: {}},
	}
	p := b.clients[b.last]
	if p == nil || p.session == nil {
		return e, nil
	}
	who := e.Browsers[witness.Main]
	who.SignedIn = true
	if token := p.session.Snapshot().IDToken; token != nil {
		sub, _ := token.Claims["sub"].(string)
		for _, u := range b.provider.Users() {
			if u.Sub() == sub {
				who.As = append(who.As, u.Login)
			}
		}
	}
	return e, nil
}
