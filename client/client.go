// Package client is a strict OpenID Connect relying party, small enough to copy.
//
// New makes a Client. Authorize begins a sign-in: keep the Authorization that it
// returns on the server, and send the browser to its URL. Callback ends the
// sign-in with what the browser brings back, and returns a Session. Its error is a
// *Rejection, which names the check that failed and its clause. The first example
// is a whole sign-in. What is checked is written in tables, next to the checks:
// begin with verify.go, the table of the ID token. A copy needs this folder and
// internal/check. Nothing here shares code with the mock provider, so that an
// agreement of the two proves something.
package client

import (
	"net/http"
	"sync"

	"github.com/authdrill/authdrill/client/internal/cache"
	"github.com/authdrill/authdrill/client/internal/check"
)

// Client is a relying party. It may be used by several goroutines at once.
type Client struct {
	cfg  Config
	http *http.Client

	tables tables
	op     operations

	meta    cache.Cache[*Metadata]
	keys    cache.Cache[[]check.Key]
	refetch refetches

	logoutTokens takenTokens

	random sync.Mutex // Config.Random may not be safe for several at once
}

// New makes a client. It sends nothing: the provider may still be down.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	edits := cfg.Edits
	cfg.Edits = nil
	c := &Client{cfg: cfg}
	own := *cfg.HTTPClient
	own.Timeout = 0 // the time of a request is bounded by its context
	own.CheckRedirect = c.redirect
	c.http = &own
	var list []check.Edit
	if edits != nil {
		list = edits(c)
	}
	if err := c.assemble(check.NewEdits(list)); err != nil {
		return nil, err
	}
	return c, nil
}

// Config returns the configuration, with the defaults filled in. Metadata is that
// of the last Discover, nil before the first.
func (c *Client) Config() Config {
	cfg := c.cfg
	if cfg.Metadata == nil {
		cfg.Metadata = c.meta.Get().Value
	}
	return cfg
}
