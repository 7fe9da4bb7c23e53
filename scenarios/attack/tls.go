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
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// secured is a place where a provider is reached over TLS on a real socket, and
// without TLS on another one, where nobody should ask.
type secured struct {
	authority *certificate.Authority
	listeners [2]net.Listener // with TLS, and without
	servers   []*server
	met       atomic.Int64           // handshakes that apps began since the stimulus was armed
	wants     atomic.Pointer[string] // the protocol that they must offer to count
}

// browsing is the protocol that our browsers offer in their handshakes, so that
// they are not taken for the app's.
const browsing = "authdrill-browser"

// secure listens on this machine. The certificates are judged at about now.
func secure(now time.Time) (*secured, error) {
	s := &secured{}
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

func (s *secured) issuer() string { return "https://" + s.listeners[0].Addr().String() }

// plain is the canary without TLS.
func (s *secured) plain() string { return "http://" + s.listeners[1].Addr().String() + "/canary/here" }

// serve answers requests. No connection is used twice, so that every request
// meets the certificate of the moment.
func (s *secured) serve(h http.Handler) {
	config := s.authority.Server()
	choose := config.GetConfigForClient
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		offers := s.wants.Load() == nil || slices.Contains(hello.SupportedProtos, *s.wants.Load())
		if offers && !slices.Contains(hello.SupportedProtos, browsing) {
			s.met.Add(1)
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

func (s *secured) close() {
	for _, server := range s.servers {
		server.close()
	}
	for _, l := range s.listeners {
		if l != nil {
			_ = l.Close() // the server has, if there is one
		}
	}
}

// lend lets a site show what is wrong with the TLS of an entry once it is armed.
func (s *secured) lend(to *webapp.Site, e *drill.Scenario) {
	to.Arm = func() {
		s.met.Store(0)
		s.wants.Store(nil)
		if h2 := "h2"; e.TLS == string(certificate.HTTP2) {
			s.wants.Store(&h2)
		}
		s.authority.Use(certificate.Kind(e.TLS))
	}
	to.Disarm = func() { s.authority.Use(certificate.Good) }
	to.IsMet = func() bool { return s.met.Load() > 0 }
	to.PlainCanary = s.plain()
}

// browser is the transport of a browser: it takes any certificate, for it is the
// app that is under test.
func (s *secured) browser() *http.Transport {
	return &http.Transport{
		DisableKeepAlives: true, DisableCompression: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, NextProtos: []string{browsing, "http/1.1"}},
	}
}

// tlsSite is a bundled app whose issuer is reached over TLS, on a real socket.
func (b *Bench) tlsSite(e *drill.Scenario, mutants []string) (*webapp.Site, func(), error) {
	place, err := secure(clock.Epoch())
	if err != nil {
		return nil, nil, err
	}
	at := e.Bundled
	if at == nil {
		at = &drill.Bundled{}
	}
	p, err := mockprovider.New(mockprovider.WithIssuer(place.issuer()), mockprovider.WithClock(clock.Frozen(clock.Epoch())), mockprovider.WithSeed(b.seed), mockprovider.WithSetup(setup.Setup{
		Clients: map[string]*store.Client{setup.ClientID: registered(at)},
	}))
	if err != nil {
		place.close()
		return nil, nil, err
	}
	place.serve(p)
	s := &webapp.Site{Virtual: true, ClientID: setup.ClientID, App: bundledApp(), Chromium: b.Chromium, Now: p.Clock().Now, Sleep: p.Clock().Sleep}
	s.Providers[0] = p
	place.lend(s, e)
	wire := &webapp.Hosts{Handlers: map[string]http.Handler{}, Next: place.browser()}
	s.Transport = wire
	cfg := bundledConfig(s, at)
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: place.authority.Pool(), Time: p.Clock().Now},
	}}
	cfg.Random = seeded(b.seed, e.ID)
	app, err := mutant.NewApp(cfg, mutants...)
	if err != nil {
		place.close()
		return nil, nil, err
	}
	wire.Handlers[strings.TrimPrefix(benchApp, "http://")] = app
	return s, func() { place.close(); _ = p.Close() }, nil
}
