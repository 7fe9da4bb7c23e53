package endpoint

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
)

// request is a request on its way through the pipeline. Its handler reads it, and
// faults strike it: it is their fault.Target.
type request struct {
	*http.Request
	issuer *Issuer
	route  *route
	x      *exchange.Exchange
	w      http.ResponseWriter

	authorization *authorization // an authorization request, once it is read: where its answer goes
	refused       *oauthError    // what a fault has the endpoint answer with
	answered      bool           // out is the answer
	out           effect.Answer
	left          bool // the client has: no answer is sent
}

// exchange takes the requests of a route through the pipeline: what other origins
// may read, the journal, the form, the faults before the work, the work, the
// dialect, the faults on what it made and after it. The answer is written once.
func (i *Issuer) exchange(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, sent *http.Request) {
		if i.site().Answer(w, sent, rt.shared) {
			return
		}
		r := &request{Request: sent, issuer: i, route: &rt, x: exchange.Begin(i.Journal, rt.Endpoint, sent), w: w}
		began := i.beginLog()
		defer func() {
			r.Record(0, w.Header()) // where no answer was sent
			i.count(sent)
			if i.Ended != nil {
				i.Ended(i, sent, r.x, began)
			}
		}()
		if e := r.receive(); e != nil {
			r.answerWith(e)
			r.send()
			return
		}
		after := r.strikeBefore(i.Faults.At(rt.Endpoint, r.x))
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
func (i *Issuer) beginLog() (now time.Time) {
	if i.Ended != nil {
		now = clock.Machine()
	}
	return now
}

// send sends the answer.
func (r *request) send() {
	cors.Expose(r.out.Header)
	r.out.Send(r)
}

// receive reads the form of a request, and puts it into the words of the
// specifications. It refuses what cannot be read, and pages that may not ask.
func (r *request) receive() *oauthError {
	i := r.issuer
	if from := i.site().WhyForeign(r.Request, r.route.shared); from != "" {
		return r.refuseForeign(from)
	}
	r.Body = http.MaxBytesReader(r.w, r.Body, maxBody)
	ctx := exchange.With(r.Context(), r.x)
	if err := r.readParameters(); err != nil {
		return r.unreadable(err)
	}
	i.Grants.Dialect().Translate(r.route.Endpoint, r.Request, i, i.Random)
	r.Request = r.WithContext(i.Grants.Receive(ctx, r.Request, r.route.n))
	noteSecrets(r.x, r.route.Endpoint, r.URL)
	if id, _, ok := r.BasicAuth(); ok {
		if id, err := url.QueryUnescape(id); err == nil {
			r.x.Bind("", id, "")
		}
	}
	return nil
}

// readParameters reads the parameters of a form, which is JSON where the dialect has
// it so. Other JSON is left to the handler.
func (r *request) readParameters() (err error) {
	switch {
	case !jsonBody(r.Request):
		err = readForm(r.Request)
	case r.route.form && r.issuer.Grants.Dialect().Rules().JSONBodies:
		err = readJSONForm(r.Request)
	default:
		return nil
	}
	r.x.SetParams(r.Form)
	return err
}

// decide lets the endpoint decide on its answer. An error that a fault asks for takes
// the place of the work, as soon as it is known where the answer goes.
func (r *request) decide() answer {
	rt := r.route
	if capability.LacksEndpoint(r.issuer.Persona(), rt.Endpoint) {
		return &raw{status: http.StatusNotFound, contentType: "text/plain; charset=utf-8", body: []byte("This provider has no " + string(rt.Endpoint) + ": its settings remove it from the metadata.\n")}
	}
	if len(rt.methods) > 0 && !slices.Contains(rt.methods, r.Method) {
		return notAllowed(rt.methods)
	}
	if rt.read != nil {
		if e := rt.read(r.issuer, r); e != nil {
			return e
		}
	}
	if r.refused != nil {
		return r.refused
	}
	if rt.form {
		if e := wellFormed(r.Request); e != nil {
			return e
		}
	}
	return rt.serve(r.issuer, r)
}

// header is that of the answer, where a handler has something to add to it: a
// cookie.
func (r *request) header() http.Header { return r.w.Header() }

// answerWith makes the answer that is sent of what the endpoint decided.
func (r *request) answerWith(a answer) {
	r.out = effect.Answer{Status: http.StatusOK, Header: r.w.Header()}
	a.write(r)
	r.answered = true
}

// notAllowed answers a request with a method that the endpoint does not take.
func notAllowed(methods []string) answer {
	return written(func(w http.ResponseWriter) { writeNotAllowed(w, methods) })
}

// writeNotAllowed says which methods there are (RFC 9110 section 15.5.6).
func writeNotAllowed(w http.ResponseWriter, methods []string) {
	allowed := strings.Join(methods, ", ")
	w.Header().Set("Allow", allowed)
	http.Error(w, "This endpoint takes "+allowed+" requests only.", http.StatusMethodNotAllowed)
}

// refuseForeign refuses a request of a page that may not send it.
func (r *request) refuseForeign(from string) *oauthError {
	r.x.Decide("origin", false, from, "Fetch standard, CORS")
	e := refuse("access_denied", "This endpoint does not answer "+from+": name its origin in allow_origin of the provider.")
	e.Status = http.StatusForbidden
	return e.inForm(inJSON)
}

// site is the issuer as pages of other origins see it.
func (i *Issuer) site() cors.Site { return cors.Site{URL: i.URL, Allowed: i.Persona().AllowOrigin} }
