// Package grant runs fosite: the state machine that turns authorization requests
// into codes, and codes and refresh tokens into tokens. Its main type is Engine.
//
// Each grant has a file (code.go, refresh.go, device.go ..); begin with compose.go,
// which lists their handlers. The packages token (what tokens contain), clientauth
// (who asks), issuer (names of the provider) and jwt do not know fosite. Its own
// session, strategies, storage and composition are not used: they read the machine's
// clock, keep every token and redeem a code twice under load.
package grant

import (
	"sync"
	"time"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/claim"
	"github.com/authdrill/authdrill/mockprovider/internal/clientauth"
	"github.com/authdrill/authdrill/mockprovider/internal/fetch"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/token"
)

// Config is what an issuer's engine works with.
type Config struct {
	*record.State
	issuer.Site
	Keys   *keys.Ring
	Random *keys.Random
	Fetch  *fetch.Fetcher // gets what clients name, such as a jwks_uri
	Claims []claim.Func   // of a Go program, over what is configured

	Notice func(kind, text string) // tells the operator, once of each kind, that a bound was reached
}

// Engine is one issuer's protocol state machine.
type Engine struct {
	Config
	*issuer.Names
	*clientauth.Registry
	*token.Maker
	fosite func() composed // composed at the first request
}

// New composes the engine of an issuer.
func New(c Config) *Engine {
	e := &Engine{Config: c, Names: issuer.New(c.Site, c.State)}
	e.Registry = clientauth.New(c.State, e.Names, c.Fetch, c.Notice)
	e.Maker = token.New(c.State, e.Names, c.Keys, c.Random, c.Claims)
	e.fosite = sync.OnceValue(func() composed { return compose(e) })
	return e
}

// Provider returns fosite, composed for this issuer.
func (e *Engine) Provider() fosite.OAuth2Provider { return e.fosite() }

// Session returns an empty session for NewAccessRequest and
// NewRevocationRequest; the storage fills it in.
func (e *Engine) Session() *Session { return &Session{engine: e} }

// Authorized returns the session for NewAuthorizeResponse once the user has
// signed in and allowed the request. The grant's identifier, scopes, redirect
// URI and code challenge are filled in from the request when it is stored.
func (e *Engine) Authorized(g *record.Grant) *Session {
	return &Session{engine: e, grant: g}
}

func (e *Engine) now() time.Time { return e.Clock.Now() }

// isLax reports whether the provider was told not to enforce a rule.
func (e *Engine) isLax(rule string) bool {
	for _, l := range e.Persona().Lax {
		if l == rule {
			return true
		}
	}
	return false
}

// Sweep forgets what has expired on the issuer's clock, and the assertions that are
// over on each clock. It returns how many records that were.
func (e *Engine) Sweep() int { return e.Store.Sweep(e.now(), e.EarliestTime()) }
