package pipeline

import (
	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Handler decides on the answer to a request, and does the work that goes with it.
// The trace of its decisions is in the exchange.
type Handler func(*Request) Answer

// Route is one line of the table of contents.
type Route struct {
	protocol.Route
	Methods []string
	Read    func(*Request) *Error // finds out where an answer goes, before the work; nil: it goes to whoever asks
	Form    bool                  // the parameters are a form that is posted
	Serve   Handler
	Errors  ErrorForm
	Words   dialect.Dialect   // of errors, where a resource or a call has some of its own; nil: the issuer's
	Call    *dialectfile.Call // in whose arrangement the answer is; nil: in that of the endpoint
	Shared  cors.Sharing
	N       int // which URL of the endpoint it is, where a persona has several
}
