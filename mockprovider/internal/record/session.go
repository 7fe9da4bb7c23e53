package record

import (
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
)

// Session is a user's sign-in at the provider, kept in a cookie (OIDC Core
// section 3.1.2.3).
type Session struct {
	ID       string
	Login    string
	AuthTime time.Time
	Expires  time.Time
	ACR      string
	AMR      []string
}

// Pushed is a pushed authorization request (RFC 9126 section 2.2).
type Pushed struct {
	ClientID string
	Params   url.Values
	Expires  time.Time
}

// Pending is a request that waits for the user. Its ticket is in the URL of the
// pages; it can be answered once, by the browser that was shown them. It does not
// change once it waits: the next page has another.
type Pending struct {
	Ticket   string
	Params   url.Values
	Login    string          // the sign-in, as the journal numbers them
	CSRF     string          // hidden in the pages' forms
	Browser  string          // in the browser's cookie
	Signed   *Session        // the sign-in done on the way, nil before
	Asked    *Session        // whose consent is asked, nil on the sign-in page
	Device   *Device         // the device that asks, nil for an authorization request
	Received dialect.Request // the request as it came: the pages have other URLs
}

// Counter is what a guess counts against: at most Most may fail in a window.
type Counter struct {
	Name string
	Most int
}
