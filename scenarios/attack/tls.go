package attack

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// tlsSite is a bundled app whose issuer is reached over TLS, on a real socket.
// Only the app judges its certificates: the browser takes any.
func (b *Bench) tlsSite(e *catalog.Entry, bugs []client.Bug) (*site, func(), error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	issuer := "https://" + listener.Addr().String()
	authority, err := certificate.New(clock.Epoch(), "127.0.0.1", "localhost")
	if err != nil {
		return nil, nil, err
	}
	p, err := mockprovider.New(mockprovider.WithIssuer(issuer), mockprovider.WithFrozenClock(clock.Epoch()), mockprovider.WithSeed(b.seed), mockprovider.WithSetup(setup.Setup{
		Clients: map[string]*store.Client{setup.ClientID: registered(&catalog.Bundled{})},
	}))
	if err != nil {
		_ = listener.Close()
		return nil, nil, err
	}
	server := &server{&http.Server{Handler: p, ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}}
	go func() { _ = server.http.Serve(tls.NewListener(listener, authority.Server())) }() // ends with close
	s := &site{virtual: true, clientID: setup.ClientID, app: bundledApp(), now: p.Clock().Now, sleep: p.Clock().Sleep}
	s.providers[0] = p
	s.arm = func() { authority.Use(certificate.Kind(e.TLS)) }
	s.disarm = func() { authority.Use(certificate.Good) }
	config := &tls.Config{RootCAs: authority.Pool(), Time: p.Clock().Now}
	wire := &handlers{byHost: map[string]http.Handler{}, next: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10},
	}}
	s.transport = wire
	cfg := bundledConfig(s, &catalog.Bundled{})
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: config}}
	cfg.Random, cfg.Bugs = seeded(b.seed, e.ID), bugs
	app, err := client.NewApp(cfg)
	if err != nil {
		server.close()
		return nil, nil, err
	}
	wire.byHost[strings.TrimPrefix(benchApp, "http://")] = app
	return s, func() { server.close(); _ = p.Close() }, nil
}
