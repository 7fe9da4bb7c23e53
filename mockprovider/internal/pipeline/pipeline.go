// Package pipeline is what each request to an issuer goes through, whatever its
// endpoint: what other origins may read, the journal, the form, the faults, the
// persona's dialect, and the answer. Begin with Pipeline.Through.
//
// An endpoint is a Route with a Handler, which returns an Answer or an Error; it knows
// the endpoints' work, and the pipeline knows none of them.
package pipeline

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
)

// Pipeline is what all endpoints of an issuer have in common.
type Pipeline struct {
	*record.State
	URL     string // issuer identifier, without a trailing slash
	Random  *keys.Random
	Grants  *grant.Engine
	Pages   *ui.Pages
	Records *budget.Pool                                                 // of what requests leave behind, over the whole host
	Ended   func(r *http.Request, x *exchange.Exchange, began time.Time) // is told of each request once it is answered, and when it came; may be nil
}

// Request is a request on its way through the pipeline. Its handler reads it, and
// faults strike it: it is their fault.Target.
type Request struct {
	*http.Request
	issuer   *Pipeline
	Route    *Route
	Exchange *exchange.Exchange
	w        http.ResponseWriter

	Client   Client // where the answer to an authorization request goes, once that is read; nil: nowhere so far
	refused  *Error // what a fault has the endpoint answer with
	answered bool   // Out is the answer
	Out      effect.Answer
	left     bool // the client has: no answer is sent
}

// Through takes the requests of a route through the pipeline: what other origins
// may read, the journal, the form, the faults before the work, the work, the
// dialect, the faults on what it made and after it. The answer is written once.
func (i *Pipeline) Through(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, sent *http.Request) {
		if i.Site().Answer(w, sent, rt.Shared) {
			return
		}
		r := &Request{Request: sent, issuer: i, Route: &rt, Exchange: exchange.Begin(i.Journal, rt.Endpoint, sent), w: w}
		began := i.beginLog()
		defer func() {
			r.Record(0, w.Header()) // where no answer was sent
			i.count(sent)
			if i.Ended != nil {
				i.Ended(sent, r.Exchange, began)
			}
		}()
		if e := r.receive(); e != nil {
			r.answerWith(e)
			r.send()
			return
		}
		after := r.strikeBefore(i.Faults.At(rt.Endpoint, r.Exchange))
		if !r.answered && !r.left {
			r.answerWith(r.decide())
		}
		r.strikeAfter(after)
		if !r.left {
			r.send()
		}
	})
}

// beginLog returns the machine's time where somebody is told of the request.
func (i *Pipeline) beginLog() (now time.Time) {
	if i.Ended != nil {
		now = clock.Machine()
	}
	return now
}

// send sends the answer.
func (r *Request) send() {
	cors.Expose(r.Out.Header)
	r.Out.Send(r)
}

// receive reads the form of a request, and puts it into the words of the
// specifications. It refuses what cannot be read, and pages that may not ask.
func (r *Request) receive() *Error {
	i := r.issuer
	if from := i.Site().WhyForeign(r.Request, r.Route.Shared); from != "" {
		return r.refuseForeign(from)
	}
	r.Body = http.MaxBytesReader(r.w, r.Body, MaxBody)
	ctx := exchange.With(r.Context(), r.Exchange)
	if err := r.readParameters(); err != nil {
		return r.unreadable(err)
	}
	i.Grants.Dialect().Translate(r.Route.Endpoint, r.Request, i, i.Random)
	r.Request = r.WithContext(i.Grants.Receive(ctx, r.Request, r.Route.N))
	noteSecrets(r.Exchange, r.Route.Endpoint, r.URL)
	if id, _, ok := r.BasicAuth(); ok {
		if id, err := url.QueryUnescape(id); err == nil {
			r.Exchange.Bind("", id, "")
		}
	}
	return nil
}

// readParameters reads the parameters of a form, which is JSON where the dialect has
// it so. Other JSON is left to the handler.
func (r *Request) readParameters() (err error) {
	switch {
	case !IsJSON(r.Request):
		err = readForm(r.Request)
	case r.Route.Form && r.issuer.Grants.Dialect().Rules().JSONBodies:
		err = readJSONForm(r.Request)
	default:
		return nil
	}
	r.Exchange.SetParams(r.Form)
	return err
}

// decide lets the endpoint decide on its answer. An error that a fault asks for takes
// the place of the work, as soon as it is known where the answer goes.
func (r *Request) decide() Answer {
	rt := r.Route
	if capability.LacksEndpoint(r.issuer.Persona(), rt.Endpoint) {
		return &Raw{Status: http.StatusNotFound, ContentType: "text/plain; charset=utf-8", Body: []byte("This provider has no " + string(rt.Endpoint) + ": its settings remove it from the metadata.\n")}
	}
	if len(rt.Methods) > 0 && !slices.Contains(rt.Methods, r.Method) {
		return NotAllowed(rt.Methods)
	}
	if rt.Read != nil {
		if e := rt.Read(r); e != nil {
			return e
		}
	}
	if r.refused != nil {
		return r.refused
	}
	if rt.Form {
		if e := wellFormed(r.Request); e != nil {
			return e
		}
	}
	return rt.Serve(r)
}

// AnswerHeader is that of the answer, where a handler has something to add to it: a
// cookie.
func (r *Request) AnswerHeader() http.Header { return r.w.Header() }

// answerWith makes the answer that is sent of what the endpoint decided.
func (r *Request) answerWith(a Answer) {
	r.Out = effect.Answer{Status: http.StatusOK, Header: r.w.Header()}
	a.Write(r)
	r.answered = true
}

// NotAllowed answers a request with a method that the endpoint does not take.
func NotAllowed(methods []string) Answer {
	return Written(func(w http.ResponseWriter) { WriteNotAllowed(w, methods) })
}

// WriteNotAllowed says which methods there are (RFC 9110 section 15.5.6).
func WriteNotAllowed(w http.ResponseWriter, methods []string) {
	allowed := strings.Join(methods, ", ")
	w.Header().Set("Allow", allowed)
	http.Error(w, "This endpoint takes "+allowed+" requests only.", http.StatusMethodNotAllowed)
}

// refuseForeign refuses a request of a page that may not send it.
func (r *Request) refuseForeign(from string) *Error {
	r.Exchange.Decide("origin", false, from, "Fetch standard, CORS")
	e := Refuse("access_denied", "This endpoint does not answer "+from+": name its origin in allow_origin of the provider.")
	e.Status = http.StatusForbidden
	return e.InForm(InJSON)
}

// Site is the issuer as pages of other origins see it.
func (i *Pipeline) Site() cors.Site { return cors.Site{URL: i.URL, Allowed: i.Persona().AllowOrigin} }

// RedirectURIs returns those that a client has registered.
func (i *Pipeline) RedirectURIs(clientID string) []string {
	if c, ok := i.Store.Client(clientID); ok {
		return c.RedirectURIs
	}
	return nil
}
