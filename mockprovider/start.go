package mockprovider

import (
	"bytes"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// testingTB is what Start needs of a testing.TB. Package testing is not linked into
// programs.
type testingTB interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Start lets a new issuer listen on a free port of 127.0.0.1 until the test
// ends. If the test has failed by then, the journal is printed. t is a *testing.T or
// *testing.B.
func Start(t testingTB, opts ...Option) *Provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mockprovider: no port on 127.0.0.1: %v", err)
	}
	plain := "http://" + listener.Addr().String()
	o := Options{BaseURL: plain, Logf: t.Logf, given: setup.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Authority != nil {
		listener = tls.NewListener(listener, o.Authority.Server())
		if o.BaseURL == plain {
			o.BaseURL = "https://" + listener.Addr().String()
		}
	}
	words := &logger{logf: o.Logf}
	o.Logf = words.print
	p, err := buildAlone(o)
	if err != nil {
		_ = listener.Close()
		t.Fatalf("mockprovider: %v", err)
	}
	if o.Authority != nil {
		p.authority = o.Authority.PEM()
		p.secured = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.Authority.Pool(), Time: p.Clock().Now}}
	}
	p.server = NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.names.isHealth(r) {
			answerHealth(w, r)
			return
		}
		if _, refused := p.names.baseOf(r); refused != nil && !slices.Contains(p.hosts(), origin.Hostname(r.Host)) {
			refused.write(w, ownName)
			return
		}
		p.ServeHTTP(w, r)
	}))
	p.server.ErrorLog = log.New(words, "mockprovider: ", 0)
	go func() { _ = p.server.Serve(listener) }() // ends with Close
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Logf("mockprovider: %v", err)
		}
		words.stop()
		if t.Failed() {
			t.Logf("mockprovider: the journal of %s\n%s", p.Issuer(), p.Journal().Text())
		}
	})
	return p
}

// logger writes lines with logf until it is stopped: a test that
// has ended must not be written to.
type logger struct {
	mu   sync.Mutex
	logf func(format string, args ...any)
}

func (l *logger) Write(line []byte) (int, error) {
	l.print("%s", bytes.TrimSpace(line))
	return len(line), nil
}

func (l *logger) print(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.logf != nil {
		l.logf(format, args...)
	}
}

func (l *logger) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.logf = nil
}
