package pipeline

import (
	"errors"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Error is an error as a client sees it (RFC 6749 sections 4.1.2.1 and 5.2).
type Error struct {
	Code, Description, URI string
	Status                 int

	cause protocol.Cause  // of a fault that names it; else the journal has it
	Words dialect.Dialect // another persona's, where a fault says so; nil is the issuer's own
	form  ErrorForm
	scope string // what the request would need, in the form inBearer
}

func (e *Error) Error() string { return e.Code + ": " + e.Description }

func Refuse(code, description string) *Error {
	return &Error{Code: code, Description: description, Status: statusOf(code)}
}

// statusOf is the HTTP status that belongs to an error code.
func statusOf(code string) int {
	switch code {
	case "invalid_client", "invalid_token":
		return http.StatusUnauthorized // RFC 6749 section 5.2, RFC 6750 section 3.1
	case "insufficient_scope":
		return http.StatusForbidden // RFC 6750 section 3.1
	case "server_error":
		return http.StatusInternalServerError
	case "temporarily_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// ErrorOf returns an error of package grant as a client sees it.
func ErrorOf(err error) *Error {
	var mine *Error
	if errors.As(err, &mine) {
		return mine
	}
	return Refuse(grant.Refused(err))
}

// ErrorForm is how an endpoint answers with an error.
type ErrorForm uint8

const (
	ofRoute  ErrorForm = iota // that of the route
	InJSON                    // RFC 6749 section 5.2
	InBearer                  // RFC 6750 section 3
	OnPage                    // shown to the user
	ToClient                  // by a redirection, else on a page: RFC 6749 section 4.1.2.1
)

// InForm returns the error to be answered in another form than that of the route.
func (e *Error) InForm(form ErrorForm) *Error {
	e.form = form
	return e
}

// WithScope tells in the challenge which scope the request would need.
func (e *Error) WithScope(scope string) *Error {
	e.scope = scope
	return e
}

// TokenMissing refuses a request without an access token: it has no error to tell
// (RFC 6750 section 3.1).
func TokenMissing() *Error { return &Error{Status: http.StatusUnauthorized} }

// Write words the error and makes that the answer.
func (e *Error) Write(r *Request) {
	form := e.form
	if form == ofRoute {
		form = r.Route.Errors
	}
	r.recordError(e.Code)
	r.Exchange.Explain(e.Description)
	switch form {
	case OnPage:
		r.issuer.errorPage(e).Write(r)
	case ToClient:
		r.refuseAtClient(e).Write(r)
	default:
		r.refusal(e, form == InBearer).Write(r)
	}
}

// DialectFor returns the dialect that an error is told in.
func (r *Request) DialectFor(e *Error) dialect.Dialect {
	switch {
	case e.Words != nil:
		return e.Words
	case e.form == ofRoute && r.Route.Words != nil:
		return r.Route.Words
	}
	return r.issuer.Grants.Dialect()
}

// forDialect returns the error for a dialect to word.
func (e *Error) forDialect(r *Request, bearer bool) dialect.Error {
	out := dialect.Error{Code: e.Code, Description: e.Description, URI: e.URI, Status: e.Status, Cause: e.cause, Bearer: bearer, Scope: e.scope}
	if out.Cause == "" {
		out.Cause = r.Exchange.Cause()
	}
	return out
}

// Values are what the words of an error may speak of.
func (r *Request) Values() template.Values {
	i := r.issuer
	now, asked := i.Clock.Now(), map[string]any{}
	for name, values := range r.Exchange.Params() {
		asked[name] = strings.Join(values, " ")
	}
	v := template.Values{"now": now.Unix(), "timestamp": template.Timestamp(now), "issuer": i.Grants.Issuer(r.Context(), nil), "request": asked}
	if path := i.Grants.At(r.Context()).Path; len(path) > 0 {
		v["path"] = path
	}
	if code, ok := r.Exchange.Param("device_code"); ok {
		if device, ok := i.Store.Device(code, now); ok {
			v["interval"] = int64(device.Interval.Seconds())
		}
	}
	return v
}

// refusal answers whoever asks.
func (r *Request) refusal(e *Error, bearer bool) Answer {
	words := r.DialectFor(e)
	told := words.Refuse(e.forDialect(r, bearer), r, r.issuer.Random)
	for name, value := range told.Header {
		r.Out.Header.Set(name, value)
	}
	if told.Members == nil {
		return &Raw{Status: told.Status, Body: []byte(told.Text), Response: map[string]any{"error": told.Code}}
	}
	answer := &Document{Status: told.Status, Members: told.Members}
	if !bearer {
		answer.Words = words
	}
	return answer
}

// Client is where the answer to an authorization request goes.
type Client interface {
	// RefuseWith answers with an error: at the client, or on a page.
	RefuseWith(r *Request, e *Error) Answer
}

// refuseAtClient sends an error to the client if it is known where that is, and else
// shows a page: an unknown client must never be redirected to (RFC 6749 section
// 4.1.2.1).
func (r *Request) refuseAtClient(e *Error) Answer {
	if r.Client == nil {
		return r.ToldOnPage(r.ForClient(e))
	}
	return r.Client.RefuseWith(r, e)
}

// ForClient returns an error as the dialect tells it to a client.
func (r *Request) ForClient(e *Error) dialect.AuthorizationRefusal {
	return r.DialectFor(e).RefuseAuthorization(e.forDialect(r, false), r, r.issuer.Random)
}

// ToldOnPage shows what a client cannot be told.
func (r *Request) ToldOnPage(told dialect.AuthorizationRefusal) Answer {
	r.recordError(told.Code)
	return r.issuer.errorPage(&Error{Code: told.Code, Description: told.Description, URI: told.URI, Status: told.Status})
}

// errorPage shows an error to the user, where the client cannot be told.
func (i *Pipeline) errorPage(e *Error) Answer {
	status := http.StatusBadRequest
	if e.Code == "access_denied" {
		status = http.StatusForbidden
	} else if e.Status >= 500 {
		status = e.Status
	}
	return Written(func(w http.ResponseWriter) {
		i.Pages.Error(w, status, ui.Error{Issuer: i.URL, Code: e.Code, Description: e.Description})
	})
}
