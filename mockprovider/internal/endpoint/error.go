package endpoint

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// oauthError is an error as a client sees it (RFC 6749 sections 4.1.2.1 and 5.2).
type oauthError struct {
	Code, Description, URI string
	Status                 int

	cause protocol.Cause  // of a fault that names it; else the journal has it
	words dialect.Dialect // another persona's, where a fault says so; nil is the issuer's own
	form  errorForm
	scope string // what the request would need, in the form inBearer
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

func refuse(code, description string) *oauthError {
	return &oauthError{Code: code, Description: description, Status: statusOf(code)}
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

// oauthErrorOf translates fosite's errors. fosite calls a lost race server_error
// or invalid_request, has names of its own for some errors, and describes every
// cause there might be; a client needs the code of the specification and the
// one cause.
func oauthErrorOf(err error) *oauthError {
	var mine *oauthError
	if errors.As(err, &mine) {
		return mine
	}
	if errors.Is(err, fosite.ErrInvalidatedAuthorizeCode) || errors.Is(err, fosite.ErrSerializationFailure) {
		return refuse("invalid_grant", "It was used at the same time by another request.")
	}
	e := fosite.ErrorToRFC6749Error(err)
	if errors.Is(err, fosite.ErrNotFound) && (e.ErrorField == "server_error" || e.ErrorField == "invalid_request") {
		return refuse("invalid_grant", "It has expired or was revoked while the request was answered.")
	}
	text := e.HintField
	if text == "" {
		text = e.DescriptionField
	}
	return refuse(specified(e.ErrorField), text)
}

// specified returns the code of the specifications for one of fosite's own.
func specified(code string) string {
	switch code {
	case "token_expired", "token_inactive", "not_found":
		return "invalid_grant"
	case "scope_not_granted":
		return "invalid_scope"
	case "request_unauthorized", "request_forbidden":
		return "invalid_client"
	case "unsupported_response_mode", "insufficient_entropy", "invalid_state":
		return "invalid_request"
	case "error", "misconfiguration":
		return "server_error"
	}
	return code
}

// errorForm is how an endpoint answers with an error.
type errorForm uint8

const (
	ofRoute  errorForm = iota // that of the route
	inJSON                    // RFC 6749 section 5.2
	inBearer                  // RFC 6750 section 3
	onPage                    // shown to the user
	toClient                  // by a redirection, else on a page: RFC 6749 section 4.1.2.1
)

// inForm returns the error to be answered in another form than that of the route.
func (e *oauthError) inForm(form errorForm) *oauthError {
	e.form = form
	return e
}

// withScope tells in the challenge which scope the request would need.
func (e *oauthError) withScope(scope string) *oauthError {
	e.scope = scope
	return e
}

// tokenMissing refuses a request without an access token: it has no error to tell
// (RFC 6750 section 3.1).
func tokenMissing() *oauthError { return &oauthError{Status: http.StatusUnauthorized} }

// write words the error and makes that the answer.
func (e *oauthError) write(r *request) {
	form := e.form
	if form == ofRoute {
		form = r.route.errors
	}
	r.recordError(e.Code)
	r.x.Explain(e.Description)
	switch form {
	case onPage:
		r.issuer.errorPage(e).write(r)
	case toClient:
		r.answerClient(e).write(r)
	default:
		r.refusal(e, form == inBearer).write(r)
	}
}

// dialectFor returns the dialect that an error is told in.
func (r *request) dialectFor(e *oauthError) dialect.Dialect {
	switch {
	case e.words != nil:
		return e.words
	case e.form == ofRoute && r.route.words != nil:
		return r.route.words
	}
	return r.issuer.Grants.Dialect()
}

// forDialect returns the error for a dialect to word.
func (e *oauthError) forDialect(r *request, bearer bool) dialect.Error {
	out := dialect.Error{Code: e.Code, Description: e.Description, URI: e.URI, Status: e.Status, Cause: e.cause, Bearer: bearer, Scope: e.scope}
	if out.Cause == "" {
		out.Cause = r.x.Cause()
	}
	return out
}

// Values are what the words of an error may speak of.
func (r *request) Values() template.Values {
	i := r.issuer
	now, asked := i.Clock.Now(), map[string]any{}
	for name, values := range r.x.Params() {
		asked[name] = strings.Join(values, " ")
	}
	v := template.Values{"now": now.Unix(), "timestamp": template.Timestamp(now), "issuer": i.Grants.Issuer(r.Context(), nil), "request": asked}
	if path := i.Grants.At(r.Context()).Path; len(path) > 0 {
		v["path"] = path
	}
	if code, ok := r.x.Param("device_code"); ok {
		if device, ok := i.Store.Device(code, now); ok {
			v["interval"] = int64(device.Interval.Seconds())
		}
	}
	return v
}

// refusal answers whoever asks.
func (r *request) refusal(e *oauthError, bearer bool) answer {
	words := r.dialectFor(e)
	told := words.Refuse(e.forDialect(r, bearer), r, r.issuer.Random)
	for name, value := range told.Header {
		r.out.Header.Set(name, value)
	}
	if told.Members == nil {
		return &raw{status: told.Status, body: []byte(told.Text), response: map[string]any{"error": told.Code}}
	}
	answer := &document{status: told.Status, members: told.Members}
	if !bearer {
		answer.words = words
	}
	return answer
}

// answerClient sends an error to the client if it is known where that is, and else
// shows a page: an unknown client or redirect URI must never be redirected to (RFC
// 6749 section 4.1.2.1).
func (r *request) answerClient(e *oauthError) answer {
	a, words := r.authorization, r.dialectFor(e)
	told := words.RefuseAuthorization(e.forDialect(r, false), r, r.issuer.Random)
	to := r.redirectOf(words.Rules())
	if told.Page || to == nil {
		if a != nil && a.client != nil {
			r.x.Decide("redirect_uri", to != nil, a.form.Get("redirect_uri"), "RFC 6749 section 4.1.2.1")
		}
		r.recordError(told.Code)
		return r.issuer.errorPage(&oauthError{Code: told.Code, Description: told.Description, URI: told.URI, Status: told.Status})
	}
	told.Params.Set("state", a.form.Get("state"))
	out := a.respond(told.Params)
	out.to = to
	return out
}

// redirectOf returns where an error can be sent: to the redirect URI that was
// asked for, or to the registered one where the provider does so. nil: nowhere.
func (r *request) redirectOf(rules *dialect.Rules) *url.URL {
	a := r.authorization
	if a == nil || a.AuthorizeRequester == nil || a.client == nil {
		return nil
	}
	if uri := a.GetRedirectURI(); a.IsRedirectURIValid() && r.issuer.Grants.RedirectAllowed(r.Context(), a.client, uri.String()) {
		return uri
	}
	if rules.RedirectElsewhere && len(a.client.RedirectURIs) > 0 {
		if uri, err := url.Parse(a.client.RedirectURIs[0]); err == nil {
			return uri
		}
	}
	return nil
}

// causeOf is the cause that goes with an error code.
func causeOf(e *oauthError) protocol.Cause {
	switch e.Code {
	case "invalid_scope":
		return protocol.CauseAuthorizeScopeInvalid
	case "unsupported_response_type", "unauthorized_client":
		return protocol.CauseAuthorizeResponseTypeUnsupported
	case "login_required":
		return protocol.CauseAuthorizeLoginRequired
	case "consent_required":
		return protocol.CauseAuthorizeConsentRequired
	}
	return protocol.CauseAuthorizeRequestInvalid
}
