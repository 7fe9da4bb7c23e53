package client

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Rejection is a refusal by the client: which check failed, of which clause,
// what was wanted and what was there. Want and Got are shortened and hold no
// secret. It is the only error that a sign-in returns.
type Rejection struct {
	Check string // name of the check, such as "nonce"
	Spec  string // clause, such as "OIDC Core 3.1.3.7 (11)"
	Want  string
	Got   string

	// OAuth is the error that the provider answered with, if it did.
	OAuth *OAuthError
	// Response is the answer that was refused, if there was one.
	Response *Response
	// IDToken is the ID token that was refused, with the checks it passed.
	IDToken *IDToken

	cause error
}

// Error is one line: check, want, got, clause, and the provider's own words.
func (r *Rejection) Error() string {
	var b strings.Builder
	b.WriteString("client: " + r.Check)
	if r.Want != "" {
		b.WriteString(": want " + r.Want)
	}
	if r.Got != "" {
		sep := ", got "
		if r.Want == "" {
			sep = ": "
		}
		b.WriteString(sep + r.Got)
	}
	if r.Spec != "" {
		b.WriteString(" (" + r.Spec + ")")
	}
	return b.String()
}

// Unwrap returns the cause: the provider's *OAuthError, or the error of the
// connection.
func (r *Rejection) Unwrap() error {
	if r.OAuth != nil {
		return r.OAuth
	}
	return r.cause
}

// OAuthError is an error in the provider's words (RFC 6749 sections 4.1.2.1 and
// 5.2, RFC 6750 section 3). They come from outside: escape them, and do not make URI a link
// before its scheme is checked.
type OAuthError struct {
	Code        string
	Description string
	URI         string
	Status      int // of the answer; 0 in an authorization response
}

func (e *OAuthError) Error() string {
	s := fmt.Sprintf("provider: %s", quote(e.Code))
	if e.Description != "" {
		s += ": " + quote(e.Description)
	}
	return s
}

// reject makes a Rejection.
func reject(check, spec, want, got string) *Rejection {
	return &Rejection{Check: check, Spec: spec, Want: want, Got: got}
}

// rejectOAuth makes a Rejection of an error of the provider.
func rejectOAuth(check, spec string, e *OAuthError, resp *Response) *Rejection {
	return &Rejection{Check: check, Spec: spec, Got: strings.TrimPrefix(e.Error(), "provider: "), OAuth: e, Response: resp}
}

// rejection is the Rejection in an error, nil if there is none.
func rejection(err error) *Rejection {
	var r *Rejection
	errors.As(err, &r)
	return r
}

// isOAuth reports whether err is the provider's error of that code.
func isOAuth(err error, code string) bool {
	var e *OAuthError
	return errors.As(err, &e) && e.Code == code
}

// quote makes a value from outside fit for one line: quoted, control characters
// escaped, cut after 80 characters.
func quote(s string) string {
	const most = 80
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// shorten returns the beginning of a value that is a secret, or nearly one: enough to
// tell two apart.
func shorten(s string) string {
	switch {
	case s == "":
		return "none"
	case len(s) <= 8:
		return "…"
	}
	return strings.ToValidUTF8(s[:4], "") + "…"
}
