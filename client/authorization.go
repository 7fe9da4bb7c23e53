package client

import (
	"net/url"
	"sync/atomic"
	"time"
)

// Authorization is a pending login: what the client asked, and must keep, on the
// server and bound to the browser, until the response is there.
type Authorization struct {
	URL    string     // where to send the browser
	Params url.Values // of the authorization request, also when it was pushed

	State        string
	Nonce        string
	Verifier     string // code_verifier
	RedirectURL  string
	ResponseType string
	ResponseMode string
	Scopes       []string
	MaxAge       *int
	ACR          []string // acr values of which one is essential
	Created      time.Time
	Pushed       *Response // the answer to the pushed request, if it was pushed

	used atomic.Bool
}

// Answered reports whether a response has been taken for this login: no other
// will be.
func (a *Authorization) Answered() bool { return a.used.Load() }
