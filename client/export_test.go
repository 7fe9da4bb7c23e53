package client

import (
	"context"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Expired reports whether the access token of a session is of no use any more.
func Expired(c *Client, s *Session) bool { return c.op.expired(s) }

// Verifier validates one ID token as often as it is called, for the benchmark.
func Verifier(c *Client, a *Authorization, raw string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.verify(ctx, raw, check.Verification{Nonce: a.Nonce, Front: true})
		return err
	}
}
