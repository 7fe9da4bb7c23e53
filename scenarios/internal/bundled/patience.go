package bundled

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// clientTimeout is how long a client of a scenario waits for an answer.
const clientTimeout = 10 * time.Second

// Patient is a transport that keeps the time-outs of a client whose clock is an
// issuer's: the client waits in real time, where a frozen hour takes no time at
// all. A request with a deadline fails when its answer, or the rest of it, took
// longer than limit by now.
func Patient(next http.RoundTripper, now func() time.Time, limit time.Duration) *PatientTransport {
	return &PatientTransport{next: next, now: now, limit: limit}
}

// PatientTransport is a transport that Patient made.
type PatientTransport struct {
	next    http.RoundTripper
	now     func() time.Time
	limit   time.Duration
	longest atomic.Int64
}

// Longest is the longest that the client has waited for an answer: its limit at
// most, but for a request without a deadline.
func (p *PatientTransport) Longest() time.Duration { return time.Duration(p.longest.Load()) }

func (p *PatientTransport) noteWait(d time.Duration) {
	for {
		old := p.longest.Load()
		if int64(d) <= old || p.longest.CompareAndSwap(old, int64(d)) {
			return
		}
	}
}

// RoundTrip sends a request.
func (p *PatientTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	start := p.now()
	late := func() bool {
		_, bound := req.Context().Deadline()
		took := p.now().Sub(start)
		if bound {
			p.noteWait(min(took, p.limit))
		} else {
			p.noteWait(took)
		}
		return bound && took > p.limit
	}
	resp, err := p.next.RoundTrip(req)
	switch {
	case late():
		if err == nil {
			_ = resp.Body.Close()
		}
		return nil, context.DeadlineExceeded
	case err != nil:
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{&patientReader{resp.Body, late}, resp.Body}
	return resp, nil
}

// patientReader ends when it takes too long.
type patientReader struct {
	io.Reader
	late func() bool
}

func (p *patientReader) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if p.late() {
		return n, context.DeadlineExceeded
	}
	return n, err
}
