package attack

import (
	"context"
	"errors"

	"github.com/authdrill/authdrill/scenarios/catalog"
)

// logoutToken posts a logout token to the app (OIDC Back-Channel Logout 2.5).
func (d *drill) logoutToken(context.Context, *catalog.Token) error {
	return errors.New("logout tokens cannot be made yet")
}
