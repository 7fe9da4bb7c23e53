package scenarios

import (
	"context"
	"io"
	"net/http"
	"time"
)

// clientTimeout is how long a client of a scenario waits for an answer.
const clientTimeout = 10 * time.Second

// Patient is a transport that keeps the time-outs of a client whose clock is an
// issuer's: the client waits in real time, where a frozen hour is no time at
// all. A request with a deadline fails when its answer, or the rest of it, took
// longer than limit by now.
func Patient(next http.RoundTripper, now func() time.Time, limit time.Duration) http.RoundTripper {
	return &patient{next, now, limit}
}

type patient struct {
	next  http.RoundTripper
	now   func() time.Time
	limit time.Duration
}

func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	start := p.now()
	late := func() bool {
		_, bound := req.Context().Deadline()
		return bound && p.now().Sub(start) > p.limit
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
