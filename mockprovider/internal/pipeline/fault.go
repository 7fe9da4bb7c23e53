package pipeline

import (
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// strikeBefore lets the faults at an endpoint strike, in their order, before the
// work is done. It returns those that strike after it.
func (r *Request) strikeBefore(faults []fault.Fault) (after []*fault.Fault) {
	for n := range faults {
		f := &faults[n]
		r.Exchange.Fault(f.ID, f.String())
		if why := effect.NeedsHTTP1(f); why != "" && r.ProtoMajor > 1 {
			r.needsHTTP1(f, why)
			return nil
		}
		if effect.NeedsWork(f) {
			after = append(after, f)
			continue
		}
		effect.Strike(f, r)
		if r.left {
			return nil
		}
	}
	return after
}

// strikeAfter lets faults strike the true answer.
func (r *Request) strikeAfter(faults []*fault.Fault) {
	for _, f := range faults {
		effect.Strike(f, r)
		if r.left {
			return
		}
	}
}

// needsHTTP1 answers that a fault cannot strike.
func (r *Request) needsHTTP1(f *fault.Fault, why string) {
	r.Exchange.Note("the fault did not strike: " + why)
	r.answerWith(Written(func(w http.ResponseWriter) {
		http.Error(w, "The fault "+f.ID+" needs HTTP/1.1, and this request came over HTTP/2: "+why+".", http.StatusHTTPVersionNotSupported)
	}))
}

// Falsify lets the faults on an artifact change it before it is sent. What a fault
// answers with after the work is not an artifact of the provider.
func (r *Request) Falsify(artifact protocol.Artifact, change func(*fault.Tamper)) {
	if r.answered {
		return
	}
	for _, f := range r.issuer.Faults.On(artifact, r.Exchange) {
		r.Exchange.Fault(f.ID, f.String())
		change(f.Tamper)
	}
}

// RecordResponse records the members of the true answer.
func (r *Request) RecordResponse(members map[string]any) {
	if !r.answered {
		r.Exchange.Respond(members)
	}
}

// recordError records the true error code.
func (r *Request) recordError(code string) {
	if !r.answered {
		r.Exchange.Fail(code)
	}
}

func (r *Request) Sleep(d time.Duration) bool {
	r.left = r.issuer.Clock.Sleep(r.Context(), d) != nil
	return !r.left
}

func (r *Request) Frozen() bool {
	_, frozen := r.issuer.Clock.State()
	return frozen
}

func (r *Request) Draw(d *fault.Delay) time.Duration { return r.issuer.Faults.Draw(d) }

func (r *Request) Refuse(asked *fault.OAuthError) {
	e := Refuse(asked.Code, asked.Description)
	e.URI = asked.URI
	if asked.Status != 0 {
		e.Status = asked.Status
	}
	r.refuse(e)
}

func (r *Request) RefuseFor(what string) {
	speaker, cause, err := capability.Refused(what)
	if err != nil {
		r.refuse(Refuse("server_error", err.Error())) // the fault was checked when it was armed
		return
	}
	r.Exchange.Because(cause)
	e := Refuse(cause.Code(), "")
	e.cause = cause
	if speaker != nil {
		e.Words = dialect.Of(speaker.Dialect)
	}
	r.refuse(e)
}

// refuse has the endpoint answer with an error: in place of its work, or in place
// of the true answer, which the journal keeps.
func (r *Request) refuse(e *Error) {
	if !r.answered {
		r.refused = e
		return
	}
	r.Replace()
	e.Write(r)
}

func (r *Request) Answer() *effect.Answer { return &r.Out }

func (r *Request) Replace() *effect.Answer {
	h := r.w.Header()
	clear(h)
	r.issuer.Site().AllowOrigin(h, r.Request, r.Route.Shared)
	r.Out = effect.Answer{Status: http.StatusOK, Header: h}
	r.answered = true
	return &r.Out
}

func (r *Request) Record(status int, header http.Header) { r.Exchange.End(status, header) }

func (r *Request) Writer() http.ResponseWriter { return r.w }
