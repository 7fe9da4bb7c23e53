package endpoint

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// oauthError is an error as a client sees it (RFC 6749 sections 4.1.2.1 and 5.2).
type oauthError struct {
	Code, Description, URI string
	Status                 int

	cause string           // of a fault that names it; else the journal has it
	words *persona.Dialect // another persona's, where a fault says so; nil is the issuer's own
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

// words is the dialect that an error is told in, nil where it is told as the
// specifications have it. e may be nil.
func (i *Issuer) words(e *oauthError) *persona.Dialect {
	if e != nil && e.words != nil {
		return e.words
	}
	return i.Persona().Dialect
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
	code := e.ErrorField
	switch code {
	case "token_expired", "token_inactive", "not_found":
		code = "invalid_grant"
	case "scope_not_granted":
		code = "invalid_scope"
	case "request_unauthorized", "request_forbidden":
		code = "invalid_client"
	case "unsupported_response_mode", "insufficient_entropy", "invalid_state":
		code = "invalid_request"
	case "error", "misconfiguration":
		code = "server_error"
	}
	return refuse(code, text)
}

// members are the parameters of an error answer. Characters that RFC 6749
// section 5.2 does not allow in a description are replaced.
func (e *oauthError) members() map[string]string {
	out := map[string]string{"error": e.Code}
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

// fail answers with an error in JSON (RFC 6749 section 5.2).
func (i *Issuer) fail(w http.ResponseWriter, x *journal.Exchange, e *oauthError) {
	x.Fail(e.Code)
	if d := i.words(e); d != nil {
		i.refuseInDialect(w, x, d, false, e)
		return
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="authdrill", charset="UTF-8"`)
	}
	members := map[string]any{}
	for k, v := range e.members() {
		members[k] = v
	}
	writeJSON(w, x, e.Status, members)
}

// failBearer answers a request with a token that does not do (RFC 6750 section
// 3). Without a token there is no error code to tell.
func (i *Issuer) failBearer(w http.ResponseWriter, x *journal.Exchange, e *oauthError, scope string) {
	if d := i.words(e); d != nil {
		if e == nil {
			e = refuse("invalid_token", "No access token was sent.")
		}
		x.Fail(e.Code)
		i.refuseInDialect(w, x, d, true, e)
		return
	}
	members := map[string]any{}
	status := http.StatusUnauthorized
	if e != nil {
		x.Fail(e.Code)
		status = e.Status
		for k, v := range e.members() {
			members[k] = v
		}
	}
	w.Header().Set("WWW-Authenticate", bearerChallenge(e, scope))
	writeJSON(w, x, status, members)
}

// bearerChallenge is a WWW-Authenticate header (RFC 6750 section 3). e may be nil.
func bearerChallenge(e *oauthError, scope string) string {
	challenge := `Bearer realm="authdrill"`
	if e == nil {
		return challenge
	}
	for _, p := range [][2]string{{"error", e.Code}, {"error_description", e.Description}, {"scope", scope}} {
		if p[1] != "" {
			challenge += ", " + p[0] + `="` + describable(p[1]) + `"`
		}
	}
	return challenge
}

// writeJSON answers with an object that must not be cached (RFC 6749 section 5.1).
func writeJSON(w http.ResponseWriter, x *journal.Exchange, status int, members map[string]any) {
	x.Respond(members)
	body, err := json.Marshal(members)
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: there is nobody to tell
}

// repeated returns a parameter that is there more than once, which no request
// may have (RFC 6749 sections 3.1 and 3.2). resource may repeat (RFC 8707).
func repeated(form url.Values) string {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if len(form[name]) > 1 && name != "resource" && name != "audience" {
			return name
		}
	}
	return ""
}

// onlyPost refuses every method but POST.
func onlyPost(w http.ResponseWriter, r *http.Request) bool { return only(w, r, http.MethodPost) }

// only refuses every method but those given (RFC 9110 section 15.5.6).
func only(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	allowed := strings.Join(methods, ", ")
	w.Header().Set("Allow", allowed)
	http.Error(w, "This endpoint takes "+allowed+" requests only.", http.StatusMethodNotAllowed)
	return false
}
