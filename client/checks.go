package client

import "github.com/authdrill/authdrill/client/internal/check"

// assemble builds the tables of checks and the operations of a client.
func (c *Client) assemble(e *check.Edits) error {
	c.logoutTable = check.Table(e, "logout token", logoutChecks())
	c.verifyLogoutToken = check.Operation(e, "verify logout token", c.readLogoutToken)
	c.userInfo = check.Operation(e, "userinfo", c.fetchUserInfo)
	return e.Err()
}
