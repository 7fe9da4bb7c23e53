package app

import (
	"errors"

	"github.com/authdrill/authdrill/client"
)

// failure is a sign-in that was refused.
type failure struct {
	Check, Spec, Want, Got string
	Code, Description      string // the provider's own
	Reason                 string // all in one line
	Denied                 bool
	Checks                 []client.Check
}

// failureOf returns what a page may show of a refusal.
func failureOf(err error) *failure {
	r := rejection(err)
	if r == nil {
		return &failure{Check: "client", Reason: err.Error()}
	}
	f := &failure{Check: r.Check, Spec: r.Spec, Want: r.Want, Got: r.Got, Reason: r.Error()}
	var e *client.OAuthError
	if errors.As(err, &e) {
		f.Code, f.Description, f.Denied = e.Code, cutText(e.Description, 400), e.Code == "access_denied"
	}
	if r.IDToken != nil {
		f.Checks = r.IDToken.Checks
	}
	return f
}

// rejection returns the Rejection in an error, nil if there is none.
func rejection(err error) *client.Rejection {
	var r *client.Rejection
	errors.As(err, &r)
	return r
}
