package attack

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// tlsServer serves a provider over TLS on a real socket, and without TLS on another
// one, which no client should call.
type tlsServer struct {
	authority       *certificate.Authority
	listeners       [2]net.Listener // with TLS, and without
	servers         []*server
	handshakes      atomic.Int64           // handshakes of apps since the stimulus was armed
	countedProtocol atomic.Pointer[string] // the protocol that a handshake must offer to count, nil for any
}

// browserProtocol is the protocol that our browsers offer in their handshakes, to
// distinguish them from the app's.
const browserProtocol = "authdrill-browser"

// listenTLS listens on two free ports. The certificates are valid around now.
func listenTLS(now time.Time) (*tlsServer, error) {
	s := &tlsServer{}
	var err error
	if s.authority, err = certificate.New(now); err != nil {
		return nil, err
	}
	for n := range s.listeners {
		if s.listeners[n], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (s *tlsServer) issuer() string { return "https://" + s.listeners[0].Addr().String() }

// plainCanary returns the canary without TLS.
func (s *tlsServer) plainCanary() string {
	return "http://" + s.listeners[1].Addr().String() + "/canary/here"
}

// serve answers requests. It does not reuse connections, so that every request meets
// the present certificate.
func (s *tlsServer) serve(h http.Handler) {
	config := s.authority.Server()
	choose := config.GetConfigForClient
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offers := s.countedProtocol.Load() == nil || slices.Contains(hello.SupportedProtos, *s.countedProtocol.Load())
		if offers && !slices.Contains(hello.SupportedProtos, browserProtocol) {
			s.handshakes.Add(1)
		}
		return choose(hello)
	}
	for n, l := range s.listeners {
		if n == 0 {
			l = tls.NewListener(l, config)
		}
		server := &server{mockprovider.NewServer(h)}
		server.http.ErrorLog = log.New(io.Discard, "", 0)
		server.http.SetKeepAlivesEnabled(false)
		s.servers = append(s.servers, server)
		go func() { _ = server.http.Serve(l) }() // ends with close
	}
}

func (s *tlsServer) close() {
	for _, server := range s.servers {
		server.close()
	}
	for _, l := range s.listeners {
		if l != nil {
			_ = l.Close() // its server has closed it, if there is one
		}
	}
}

// applyTo makes a site use the TLS of an entry while the entry is armed.
func (s *tlsServer) applyTo(to *webapp.Site, e *drill.Scenario) {
	to.Arm = func() {
		s.handshakes.Store(0)
		s.countedProtocol.Store(nil)
		if h2 := "h2"; e.TLS == string(certificate.HTTP2) {
			s.countedProtocol.Store(&h2)
		}
		s.authority.Use(certificate.Kind(e.TLS))
	}
	to.Disarm = func() { s.authority.Use(certificate.Good) }
	to.IsMet = func() bool { return s.handshakes.Load() > 0 }
	to.PlainCanary = s.plainCanary()
}

// browserTransport returns the transport of a browser. It accepts any certificate: the
// app is under test.
func (s *tlsServer) browserTransport() *http.Transport {
	return &http.Transport{
		DisableKeepAlives: true, DisableCompression: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, NextProtos: []string{browserProtocol, "http/1.1"}},
	}
}

// newTLSSite makes a bundled app whose issuer is reached over TLS, on a real socket.
func (b *Bench) newTLSSite(e *drill.Scenario, mutants []string) (*webapp.Site, func(), error) {
	place, err := listenTLS(clock.Epoch())
	if err != nil {
		return nil, nil, err
	}
	at := e.Bundled
	if at == nil {
		at = &drill.Bundled{}
	}
	p, err := mockprovider.New(func(o *mockprovider.Options) { o.BaseURL = place.issuer() }, mockprovider.WithClock(clock.Frozen(clock.Epoch())), mockprovider.WithSeed(b.seed), mockprovider.WithSetup(setup.Setup{
		Clients: map[string]*store.Client{setup.ClientID: bundledClient(at)},
	}))
	if err != nil {
		place.close()
		return nil, nil, err
	}
	place.serve(p)
	s := &webapp.Site{Virtual: true, ClientID: setup.ClientID, App: bundledApp(), Chromium: b.browser, Now: p.Clock().Now, Sleep: p.Clock().Sleep}
	s.Providers[0] = p
	place.applyTo(s, e)
	wire := &webapp.Hosts{Handlers: map[string]http.Handler{}, Next: place.browserTransport()}
	s.Transport = wire
	cfg := bundledConfig(s, at)
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: place.authority.Pool(), Time: p.Clock().Now},
	}}
	cfg.Random = bundled.Random(b.seed, "app of "+e.ID)
	app, err := mutant.NewApp(cfg, mutants...)
	if err != nil {
		place.close()
		return nil, nil, err
	}
	wire.Handlers[strings.TrimPrefix(benchApp, "http://")] = app
	return s, func() { place.close(); _ = p.Close() }, nil
}
