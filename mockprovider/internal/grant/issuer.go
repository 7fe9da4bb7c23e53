package grant

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Issuer returns the issuer identifier in the answer to the request that ctx is
// about, to which a grant leads. Without a request it is the one that clients
// are told. g may be nil.
func (e *Engine) Issuer(ctx context.Context, g *record.Grant) string {
	var user map[string]any
	if g != nil && e.Rules().IssuerByUser {
		user = e.UserMembers(g.UserLogin)
	}
	return e.Dialect().Issuer(e.At(ctx), user)
}
