package mockprovider

import (
	"net"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider/setup"

	"github.com/authdrill/authdrill/mockprovider/internal/ui"
)

// TB is what Start needs of a test. *testing.T and *testing.B have it.
type TB interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// patience is how long a server waits for the header of a request.
const patience = 30 * time.Second

// Start lets a new issuer listen on a free port of 127.0.0.1 until the test
// ends. If the test has failed by then, the journal is printed.
func Start(t TB, opts ...Option) *Provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mockprovider: no port on 127.0.0.1: %v", err)
	}
	o := options{setup: setup.Default(), issuer: "http://" + listener.Addr().String(), logf: t.Logf}
	for _, opt := range opts {
		opt(&o)
	}
	p, err := build(o, ui.New())
	if err != nil {
		_ = listener.Close()
		t.Fatalf("mockprovider: %v", err)
	}
	p.server = &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ours(r.Host, p.Issuer(), nil) {
			refuseHost(w, r)
			return
		}
		p.ServeHTTP(w, r)
	})}
	go func() { _ = p.server.Serve(listener) }() // ends with Close
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Logf("mockprovider: %v", err)
		}
		if t.Failed() {
			t.Logf("mockprovider: the journal of %s\n%s", p.Issuer(), p.Journal().Text())
		}
	})
	return p
}
