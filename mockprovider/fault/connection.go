package fault

import (
	"fmt"
	"slices"
	"strings"
)

// Connection is what happens to a connection.
type Connection string

// Values lists what may happen to a connection. There are no groups.
func (Connection) Values(string) []string {
	return []string{"reset", "reset_mid_body", "close", "half_close", "refuse", "hang", "blackhole", "truncate", "garbage", "slow"}
}

func (c Connection) describe() string { return "connection " + string(c) }

func (c Connection) check(*Fault) error {
	if known := c.Values(""); !slices.Contains(known, string(c)) {
		return fmt.Errorf("unknown connection %q: want %s", string(c), strings.Join(known, ", "))
	}
	return nil
}
