package store

import (
	"net/url"
	"time"
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

// Counter is what a guess counts against: at most Most may fail in a window.
type Counter struct {
	Name string
	Most int
}
