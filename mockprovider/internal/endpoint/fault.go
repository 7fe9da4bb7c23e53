package endpoint

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
func (r *request) strikeBefore(faults []fault.Fault) (after []*fault.Fault) {
	for n := range faults {
		f := &faults[n]
		r.x.Fault(f.ID, f.String())
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
func (r *request) strikeAfter(faults []*fault.Fault) {
	for _, f := range faults {
		effect.Strike(f, r)
		if r.left {
			return
		}
	}
}

// needsHTTP1 answers that a fault cannot strike.
func (r *request) needsHTTP1(f *fault.Fault, why string) {
	r.x.Note("the fault did not strike: " + why)
	r.answerWith(written(func(w http.ResponseWriter) {
		http.Error(w, "The fault "+f.ID+" needs HTTP/1.1, and this request came over HTTP/2: "+why+".", http.StatusHTTPVersionNotSupported)
	}))
}

// falsify lets the faults on an artifact change it before it is sent. What a fault
// answers with after the work is not an artifact of the provider.
func (r *request) falsify(artifact protocol.Artifact, change func(*fault.Tamper)) {
	if r.answered {
		return
	}
	for _, f := range r.issuer.Faults.On(artifact, r.x) {
		r.x.Fault(f.ID, f.String())
		change(f.Tamper)
	}
}

// recordResponse records the members of the true answer.
func (r *request) recordResponse(members map[string]any) {
	if !r.answered {
		r.x.Respond(members)
	}
}

// recordError records the true error code.
func (r *request) recordError(code string) {
	if !r.answered {
		r.x.Fail(code)
	}
}

func (r *request) Sleep(d time.Duration) bool {
	r.left = r.issuer.Clock.Sleep(r.Context(), d) != nil
	return !r.left
}

func (r *request) Frozen() bool {
	_, frozen := r.issuer.Clock.State()
	return frozen
}

func (r *request) Draw(d *fault.Delay) time.Duration { return r.issuer.Faults.Draw(d) }

func (r *request) Refuse(asked *fault.OAuthError) {
	e := refuse(asked.Code, asked.Description)
	e.URI = asked.URI
	if asked.Status != 0 {
		e.Status = asked.Status
	}
	r.refuse(e)
}

func (r *request) RefuseFor(what string) {
	speaker, cause, err := capability.Refused(what)
	if err != nil {
		r.refuse(refuse("server_error", err.Error())) // the fault was checked when it was armed
		return
	}
	r.x.Because(cause)
	e := refuse(cause.Code(), "")
	e.cause = cause
	if speaker != nil {
		e.words = dialect.Of(speaker.Dialect)
	}
	r.refuse(e)
}

// refuse has the endpoint answer with an error: in place of its work, or in place
// of the true answer, which the journal keeps.
func (r *request) refuse(e *oauthError) {
	if !r.answered {
		r.refused = e
		return
	}
	r.Replace()
	e.write(r)
}

func (r *request) Answer() *effect.Answer { return &r.out }

func (r *request) Replace() *effect.Answer {
	h := r.w.Header()
	clear(h)
	r.issuer.site().AllowOrigin(h, r.Request, r.route.shared)
	r.out = effect.Answer{Status: http.StatusOK, Header: h}
	r.answered = true
	return &r.out
}

func (r *request) Record(status int, header http.Header) { r.x.End(status, header) }

func (r *request) Writer() http.ResponseWriter { return r.w }
