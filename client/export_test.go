package client

import "context"

// Verifier validates one ID token as often as it is called, for the benchmark.
func Verifier(c *Client, a *Authorization, raw string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.verify(ctx, raw, expected{nonce: a.Nonce, front: true})
		return err
	}
}
