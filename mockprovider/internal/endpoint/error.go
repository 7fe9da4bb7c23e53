package endpoint

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// oauthError is an error as a client sees it (RFC 6749 sections 4.1.2.1 and 5.2).
type oauthError struct {
	Code, Description, URI string
	Status                 int

	cause protocol.Cause   // of a fault that names it; else the journal has it
	words *persona.Dialect // another persona's, where a fault says so; nil is the issuer's own
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

// understood translates fosite's errors. fosite calls a lost race server_error
// or invalid_request, has names of its own for some errors, and describes every
// cause there might be; a client needs the code of the specification and the
// one cause.
func understood(err error) *oauthError {
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

// members are the parameters of an error answer. Characters that RFC 6749
// section 5.2 does not allow in a description are replaced.
func (e *oauthError) members() map[string]string {
	out := map[string]string{}
	if e.Code != "" {
		out["error"] = e.Code
	}
	if e.Description != "" {
		out["error_description"] = describable(e.Description)
	}
	if e.URI != "" {
		out["error_uri"] = e.URI
	}
	return out
}

// describable puts another character in the place of each that neither an error's
// description nor a quoted string of WWW-Authenticate may have (RFC 6749 section
// 5.2, RFC 6750 section 3). What is left needs no escape (RFC 9110 section 5.6.4).
func describable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r < 0x20 || r > 0x7e:
			return '?'
		}
		return r
	}, text)
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

// as has an error answered in another form than that of the route.
func (e *oauthError) as(form errorForm) *oauthError {
	e.form = form
	return e
}

// withScope tells in the challenge which scope the request would need.
func (e *oauthError) withScope(scope string) *oauthError {
	e.scope = scope
	return e
}

// write words the error and makes that the answer.
func (e *oauthError) write(r *request) {
	words, form := r.words(e), e.form
	if form == ofRoute {
		form = r.route.errors
	}
	r.recordError(e.Code)
	switch {
	case form == onPage:
		r.issuer.errorPage(e).write(r)
	case form == toClient:
		r.answerClient(words, e).write(r)
	case words != nil:
		r.inDialect(words, form == inBearer, e).write(r)
	case form == inBearer:
		r.out.Header.Set("WWW-Authenticate", bearerChallenge(e))
		e.document().write(r)
	default:
		if e.Status == http.StatusUnauthorized {
			r.out.Header.Set("WWW-Authenticate", `Basic realm="authdrill", charset="UTF-8"`)
		}
		e.document().write(r)
	}
}

// words is the dialect that an error is told in, nil where it is told as the
// specifications have it.
func (r *request) words(e *oauthError) *persona.Dialect {
	switch {
	case e.words != nil:
		return e.words
	case e.form == ofRoute && r.route.words != nil:
		return r.route.words
	}
	return r.issuer.Persona().Dialect
}

func (e *oauthError) document() *document {
	d := &document{status: e.Status, members: map[string]any{}}
	for k, v := range e.members() {
		d.members[k] = v
	}
	return d
}

// tokenMissing refuses a request without an access token: there is no error to tell
// (RFC 6750 section 3.1).
func tokenMissing() *oauthError { return &oauthError{Status: http.StatusUnauthorized} }

// answerClient sends an error to the client if it is known where that is, and else
// shows a page: an unknown client or redirect URI must never be redirected to (RFC
// 6749 section 4.1.2.1).
func (r *request) answerClient(words *persona.Dialect, e *oauthError) answer {
	a := r.authorization
	if words != nil {
		return r.answerClientInDialect(words, e)
	}
	if a == nil || a.AuthorizeRequester == nil || a.client == nil || !a.IsRedirectURIValid() || !r.issuer.Grants.RedirectAllowed(r.Context(), a.client, a.GetRedirectURI().String()) {
		if a != nil && a.client != nil {
			r.x.Decide("redirect_uri", false, a.form.Get("redirect_uri"), "RFC 6749 section 4.1.2.1")
		}
		return r.issuer.errorPage(e)
	}
	params := url.Values{}
	for name, value := range e.members() {
		params.Set(name, value)
	}
	params.Set("state", a.form.Get("state"))
	return a.respond(params)
}

// bearerChallenge is a WWW-Authenticate header (RFC 6750 section 3).
func bearerChallenge(e *oauthError) string {
	challenge := `Bearer realm="authdrill"`
	if e.Code == "" {
		return challenge
	}
	for _, p := range [][2]string{{"error", e.Code}, {"error_description", e.Description}, {"scope", e.scope}} {
		if p[1] != "" {
			challenge += ", " + p[0] + `="` + describable(p[1]) + `"`
		}
	}
	return challenge
}
