// Package endpoint serves an issuer over HTTP: a file for each endpoint of the
// specifications. Begin with routes.go, the table of contents.
//
// A handler parses a request, asks package grant (and so fosite) or the user for a
// decision, and returns an answer (answer.go). One pipeline wraps every handler
// (pipeline.go): it records the exchange in the journal, applies faults and the
// persona's dialect, and writes the answer.
package endpoint

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
)

// Issuer is one issuer: its parts. Requests reach its handler with the issuer's
// path prefix stripped.
type Issuer struct {
	*record.State
	URL     string                                                      // issuer identifier, without a trailing slash
	Console string                                                      // where its console is
	Browser string                                                      // issuer identifier in the URLs that browsers are sent to: URL, unless they have another way
	Ended   func(*Issuer, *http.Request, *exchange.Exchange, time.Time) // is told of each request once it is answered, and when it came; may be nil
	Stray   func(r *http.Request, status int, why string)               // is told of each request that no endpoint answers, and why; may be nil
	Names   bool                                                        // it has several names: that of an authorization request need not be the one its client knows
	Keys    *keys.Ring
	Random  *keys.Random
	Grants  *grant.Engine
	Pages   *ui.Pages
	Records *budget.Pool            // of what requests leave behind, over the whole host
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
