package grant

import (
	"context"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// passwordHandler grants what a client asks for with a user's password
// (RFC 6749 section 4.3; not for new designs, RFC 9700 section 2.4).
type passwordHandler struct {
	*oauth2.ResourceOwnerPasswordCredentialsGrantHandler
	engine *Engine
}

func (h *passwordHandler) HandleTokenEndpointRequest(ctx context.Context, r fosite.AccessRequester) error {
	if err := mayUse(ctx, r, "password"); err != nil {
		return err
	}
	if err := h.ResourceOwnerPasswordCredentialsGrantHandler.HandleTokenEndpointRequest(ctx, r); err != nil {
		return err
	}
	grantAll(r)
	return nil
}

// Authenticate checks a user's password for the password grant. A user without
// a password cannot use it.
func (s *fositeStore) Authenticate(ctx context.Context, login, password string) (string, error) {
	x := journal.From(ctx)
	u, ok := s.engine.Store.User(login)
	if !ok || u.Disabled || u.Password == "" || !sameSecret(u.Password, password) {
		x.Because(protocol.CauseTokenPasswordWrong)
		x.Decide("password", false, "unknown user, wrong password, or a user without one", "RFC 6749 section 4.3.2")
		return "", fosite.ErrNotFound
	}
	x.Bind("", "", u.Sub())
	x.Decide("password", true, u.Login, "RFC 6749 section 4.3.2")
	return u.Login, nil
}
