package client

import "github.com/authdrill/authdrill/client/internal/check"

// assemble builds the tables of checks and the operations of a client.
func (c *Client) assemble(e *check.Edits) error {
	return e.Err()
}
