package endpoint

import (
	"bytes"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// struck is an exchange that faults strike: the fault.Target of their effects.
type struck struct {
	*Issuer
	route   route
	w       http.ResponseWriter
	r       *http.Request
	x       *journal.Exchange
	answer  *fault.Answer // nil before the work is done
	refused *oauthError   // what the endpoint must answer with
	gone    bool          // the client
}

// strike lets faults strike an exchange around the work of its endpoint, which
// serve does: with an error that it must answer with, if one is given.
func (s *struck) strike(faults []fault.Fault, serve func(http.ResponseWriter, *oauthError)) {
	var late []*fault.Fault
	for n := range faults {
		f := &faults[n]
		s.x.Fault(f.ID, f.String())
		if why := f.NeedsHTTP1(); why != "" && s.r.ProtoMajor > 1 {
			s.needsHTTP1(f, why)
			break
		}
		if f.NeedsWork() {
			late = append(late, f)
			continue
		}
		f.Strike(s)
		if s.gone {
			return
		}
	}
	if s.answer == nil {
		b := &buffer{header: s.w.Header()}
		serve(b, s.refused)
		b.WriteHeader(http.StatusOK) // of a handler that wrote nothing
		s.answer = &fault.Answer{Status: b.status, Header: b.header, Body: b.body.Bytes()}
		s.refused = nil
	}
	for _, f := range late {
		f.Strike(s)
		if s.gone {
			return
		}
		if s.refused != nil {
			b := &buffer{header: s.Replace().Header}
			s.fail(b, nil, s.refused)
			s.answer = &fault.Answer{Status: b.status, Header: b.header, Body: b.body.Bytes()}
		}
	}
	s.answer.Send(s)
}

// needsHTTP1 says that a fault cannot strike.
func (s *struck) needsHTTP1(f *fault.Fault, why string) {
	s.x.Note("the fault did not strike: " + why)
	b := &buffer{header: s.Replace().Header}
	http.Error(b, "The fault "+f.ID+" needs HTTP/1.1, and this request came over HTTP/2: "+why+".", http.StatusHTTPVersionNotSupported)
	s.answer = &fault.Answer{Status: b.status, Header: b.header, Body: b.body.Bytes()}
}

func (s *struck) Sleep(d time.Duration) bool {
	s.gone = s.Clock.Sleep(s.r.Context(), d) != nil
	return !s.gone
}

func (s *struck) Frozen() bool { return s.Clock.State().Frozen }

func (s *struck) Draw(d *fault.Delay) time.Duration { return s.Faults.Draw(d) }

func (s *struck) Refuse(e *fault.OAuthError) {
	s.refused = refuse(e.Code, e.Description)
	s.refused.URI = e.URI
	if e.Status != 0 {
		s.refused.Status = e.Status
	}
}

func (s *struck) RefuseFor(cause string) {
	words, cause, err := persona.Words(cause, nil)
	if err != nil {
		s.refused = refuse("server_error", err.Error()) // the fault was checked when it was armed
		return
	}
	s.x.Because(cause)
	s.refused = refuse(persona.CodeOf(cause), "")
	s.refused.cause, s.refused.words = cause, words
}

func (s *struck) Answer() *fault.Answer { return s.answer }

func (s *struck) Replace() *fault.Answer {
	h := s.w.Header()
	clear(h)
	s.share(h, s.r, s.route.shared)
	s.answer = &fault.Answer{Status: http.StatusOK, Header: h}
	return s.answer
}

func (s *struck) Record(status int, header http.Header) { s.x.End(status, header) }

func (s *struck) Writer() http.ResponseWriter { return s.w }

// buffer holds an answer back.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}

// set lays a tampering over a document.
func (i *Issuer) set(document map[string]any, t *fault.Tamper) {
	fault.Apply(document, t.Set, i.Clock.Now())
}
