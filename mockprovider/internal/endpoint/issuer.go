// Package endpoint serves an issuer over HTTP: a file for each endpoint of the
// specifications. Begin with routes.go, the table of contents.
//
// A handler parses a request, asks package grant (and so fosite) or the user for a
// decision, and returns an answer. Package pipeline wraps every handler.
package endpoint

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
)

// Issuer is one issuer: its parts. Requests reach its handler with the issuer's
// path prefix stripped.
type Issuer struct {
	pipeline.Pipeline
	Console string                                        // where its console is
	Browser string                                        // issuer identifier in the URLs that browsers are sent to: URL, unless they have another way
	Stray   func(r *http.Request, status int, why string) // is told of each request that no endpoint answers, and why; may be nil
	Names   bool                                          // it has several names: that of an authorization request need not be the one its client knows
	Keys    *keys.Ring
	Notice  func(kind, text string) // tells the operator, once of each kind, that a bound was reached

	contents atomic.Pointer[contents] // in the dialect of now
}

// nextLogin names a sign-in for the journal.
func (i *Issuer) nextLogin() string { return "L" + strconv.FormatInt(i.Store.NextLogin(), 10) }

// path is the path of the issuer identifier, "" at the root: where its cookies
// belong.
func (i *Issuer) path() string {
	_, rest, _ := strings.Cut(i.URL, "://")
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		return rest[slash:]
	}
	return ""
}
