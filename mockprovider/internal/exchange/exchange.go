// Package exchange collects what the provider decides about one request, and writes it
// into the journal once the request is answered. Begin with Begin; From finds the
// exchange of a request in its context.
package exchange

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/parameter"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Exchange is an entry of the journal being written: one request on its way
// through the provider. All methods may be called on a nil Exchange and then do nothing, so
// code far from the endpoint need not ask whether somebody is listening. An
// exchange belongs to one request's goroutine.
type Exchange struct {
	entry  *journal.Entry
	volume journal.Volume // the current one when it began
	ended  bool
	why    string // it is refused, for people
}

type contextKey struct{}

// Begin starts recording a request. The parameters are taken over by SetParams
// once they are parsed.
func Begin(v journal.Volume, endpoint protocol.Endpoint, r *http.Request) *Exchange {
	x := &Exchange{entry: v.Begin(), volume: v}
	x.entry.Endpoint, x.entry.Method, x.entry.Path = endpoint, r.Method, r.URL.Path
	x.entry.Headers = copyHeaders(r.Header, journal.RequestHeaders()...)
	if a, ok := x.entry.Headers["Authorization"]; ok {
		x.entry.Headers["Authorization"] = tag.Authorization(a)
	}
	return x
}

// With returns ctx carrying x.
func With(ctx context.Context, x *Exchange) context.Context {
	return context.WithValue(ctx, contextKey{}, x)
}

// From returns the exchange that ctx carries, or nil.
func From(ctx context.Context) *Exchange {
	x, _ := ctx.Value(contextKey{}).(*Exchange)
	return x
}

// SetParams records the request's parameters. Passwords and client secrets are
// replaced by a tag here, so that they are in no journal.
func (x *Exchange) SetParams(v url.Values) {
	if x != nil {
		x.entry.Params = parameter.Record(v)
	}
}

// Params are the request parameters as they are recorded.
func (x *Exchange) Params() url.Values {
	if x == nil {
		return nil
	}
	return x.entry.Params
}

// Param looks a request parameter up; client_id also where it came by Basic.
func (x *Exchange) Param(name string) (string, bool) {
	if x == nil {
		return "", false
	}
	if v, ok := x.entry.Params[name]; ok && len(v) > 0 {
		return v[0], true
	}
	if name == "client_id" && x.entry.ClientID != "" {
		return x.entry.ClientID, true
	}
	return "", false
}

// Decide adds a check to the decision trace.
func (x *Exchange) Decide(check string, passed bool, detail, spec string) {
	if x != nil {
		x.entry.Decisions = append(x.entry.Decisions, journal.Decision{Check: check, Passed: passed, Detail: detail, Spec: spec})
	}
}

// Event records that something happened; attrs are name, value, name, value …
func (x *Exchange) Event(name protocol.Event, attrs ...string) {
	if x == nil {
		return
	}
	e := journal.Event{Name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		if e.Attrs == nil {
			e.Attrs = map[string]string{}
		}
		e.Attrs[attrs[i]] = attrs[i+1]
	}
	x.entry.Events = append(x.entry.Events, e)
}

// Fault records that a fault struck.
func (x *Exchange) Fault(id, what string) {
	if x != nil {
		x.entry.Faults = append(x.entry.Faults, journal.Applied{ID: id, What: what})
	}
}

// Lax records that a rule would have refused but is not enforced here: once,
// however often an exchange needs it.
func (x *Exchange) Lax(rule string) {
	if x != nil && !slices.Contains(x.entry.Lax, rule) {
		x.entry.Lax = append(x.entry.Lax, rule)
	}
}

// Note records what a careful client would do otherwise.
func (x *Exchange) Note(text string) {
	if x != nil {
		x.entry.Notes = append(x.entry.Notes, text)
	}
}

// Bind says whose exchange it is; empty values leave what is known.
func (x *Exchange) Bind(login, clientID, subject string) {
	if x == nil {
		return
	}
	set := func(onto *string, v string) {
		if v != "" {
			*onto = v
		}
	}
	set(&x.entry.Login, login)
	set(&x.entry.ClientID, clientID)
	set(&x.entry.Subject, subject)
}

// Fail records the truthful error code.
func (x *Exchange) Fail(code string) {
	if x != nil {
		x.entry.Error = code
	}
}

// Explain says why the request is refused, for people. It is in no entry. The first
// reason counts.
func (x *Exchange) Explain(why string) {
	if x != nil && x.why == "" {
		x.why = why
	}
}

// Why returns what Explain said, or the check that the request did not pass, without
// codes, tokens and secrets.
func (x *Exchange) Why() string {
	if x == nil {
		return ""
	}
	why := x.why
	for n := len(x.entry.Decisions) - 1; (why == "" || len(why) > longestWhy) && n >= 0; n-- {
		if d := x.entry.Decisions[n]; !d.Passed {
			why = d.Check + ": " + d.Detail
		}
	}
	for name, values := range x.entry.Params {
		for _, secret := range values {
			if short := tag.Of(secret); mask.IsSecret(name) && strings.Trim(short, "…") != "" { // it has one
				why = strings.ReplaceAll(why, secret, short)
			}
		}
	}
	return tag.Words(redactURLs(why))
}

// longestWhy is how long a reason is that says one thing. A longer one has every reason
// that there may be.
const longestWhy = 160

// Outcome returns the entry as it was written. It must not be changed.
func (x *Exchange) Outcome() *journal.Entry { return x.entry }

// redactURLs shortens the secrets in the URLs of a text. Quotes and what ends a
// clause are no part of a URL.
func redactURLs(text string) string {
	words := strings.Split(text, " ")
	for n, word := range words {
		if strings.Contains(word, "://") {
			address := strings.Trim(word, `"'(),;:`)
			words[n] = strings.Replace(word, address, parameter.RedactURL(address), 1)
		}
	}
	return strings.Join(words, " ")
}

// Because records why the request is refused, by one of the causes of
// package protocol or a persona's own. The first reason counts.
func (x *Exchange) Because(cause protocol.Cause) {
	if x != nil && x.entry.Cause == "" {
		x.entry.Cause = cause
	}
}

// Endpoint is what the exchange is with, "" where there is none.
func (x *Exchange) Endpoint() protocol.Endpoint {
	if x == nil {
		return ""
	}
	return x.entry.Endpoint
}

// Cause returns why the request is refused, "" if no reason was set.
func (x *Exchange) Cause() protocol.Cause {
	if x == nil {
		return ""
	}
	return x.entry.Cause
}

// Header returns a request header that the journal keeps.
func (x *Exchange) Header(name string) string {
	if x == nil {
		return ""
	}
	return x.entry.Headers[name]
}

// Respond records the members of the answer: of a JSON body or of a redirect.
func (x *Exchange) Respond(members map[string]any) {
	if x != nil {
		x.entry.Response = members
	}
}

// End writes the entry; a second call does nothing. Status 0 means that no
// answer was sent.
func (x *Exchange) End(status int, header http.Header) {
	if x == nil || x.ended {
		return
	}
	x.ended = true
	x.entry.Status = status
	x.entry.ResponseHeaders = copyHeaders(header, "Cache-Control", "Content-Type", "Location", "Retry-After", "Www-Authenticate")
	x.volume.Append(x.entry)
}

// copyHeaders copies header fields.
func copyHeaders(h http.Header, names ...string) map[string]string {
	var out map[string]string
	for _, n := range names {
		if v := h[n]; len(v) > 0 {
			if out == nil {
				out = make(map[string]string, len(names))
			}
			out[n] = v[0]
		}
	}
	return out
}

// Quoted returns a text of a request in quotes, shortened, for a reason that the
// journal and the client are told.
func Quoted(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return `"` + s + `"`
}
