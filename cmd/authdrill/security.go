package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/keypair"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// tlsFlags say how a provider is served over TLS.
type tlsFlags struct {
	tls, http2             bool
	caDir, tlsCert, tlsKey string
}

func (t *tlsFlags) define(f *flags) {
	f.boolean(&t.tls, "tls", "serve over TLS, with a certificate of an authority that is kept for you; a proxy (HTTPS_PROXY) for the personas' host names too")
	f.text(&t.tlsCert, "tls-cert", "FILE", "serve over TLS with this certificate (PEM), in place of --tls; read again when it changes")
	f.text(&t.tlsKey, "tls-key", "FILE", "its key (PEM, not encrypted)")
	f.boolean(&t.http2, "http2", "with --tls or --tls-cert: offer HTTP/2; faults that need HTTP/1.1 are then refused")
	f.text(&t.caDir, "ca-dir", "FOLDER", "where the authority of --tls is kept; default the user's configuration folder, or memory where there is none")
}

// isOn reports whether there is TLS.
func (t *tlsFlags) isOn() bool { return t.tls || t.tlsCert != "" }

// check finds flags that need others, or exclude them.
func (t *tlsFlags) check(f *flags) error {
	var wrong refusals
	given := "tls-cert"
	if t.tlsCert == "" {
		given = "tls-key"
	}
	if (t.tlsCert == "") != (t.tlsKey == "") {
		wrong.add(f.placed(given, 0, usage("give both", "%s and %s need each other: a server proves with the key that the certificate is its own", f.word("tls-cert", given), f.word("tls-key", given))))
	}
	if tls := f.word("tls", ""); t.tls && t.tlsCert != "" {
		wrong.add(f.placed("tls", 0, usage("leave "+tls+" out to serve your certificate", "%s makes a certificate, and %s has one: a server can serve one of them only", tls, f.word("tls-cert", ""))))
	}
	if t.http2 && !t.isOn() {
		wrong.add(f.placed("http2", 0, usage("add "+f.word("tls", "http2"), "%s needs %s or %s: clients choose HTTP/2 in the handshake (RFC 9113 section 3.2)", f.word("http2", ""), f.word("tls", "http2"), f.word("tls-cert", "http2"))))
	}
	if t.caDir != "" && !t.tls && !f.isOfEnvironment("ca-dir") {
		wrong.add(f.placed("ca-dir", 0, usage("add "+f.word("tls", "ca-dir")+", or leave "+f.word("ca-dir", "")+" out", "%s keeps the authority of %s, which is not given", f.word("ca-dir", ""), f.word("tls", "ca-dir"))))
	}
	return wrong.err()
}

// security is what a provider over TLS has; the zero value is without.
type security struct {
	authority *certificate.Authority
	kept      *keptAuthority // where it is; nil: in memory
	pair      *keypair.Pair  // of --tls-cert
	http2     bool
}

// secure prepares TLS, for the personas that are played, and that of the default
// issuer.
func (p *providerFlags) secure(f *flags, say *voice, played []persona.Persona, first persona.Persona) (security, error) {
	switch {
	case p.tlsCert != "":
		pair, err := p.openPair(f, say)
		return security{pair: pair, http2: p.http2}, err
	case !p.tls:
		return security{}, nil
	}
	words := personaWords(p.personas, f.below["persona"])
	if !slices.ContainsFunc(played, func(p persona.Persona) bool { return p.Name == first.Name }) {
		words, played = append(words, string(first.Name)), append(slices.Clone(played), first) // provider: {persona: ..} in the file
	}
	a, k, err := p.loadAuthority(f, say, words, played)
	if err != nil {
		return security{}, err
	}
	if p.http2 {
		a.Use(certificate.HTTP2)
	}
	return security{authority: a, kept: k, http2: p.http2}, nil
}

// loadAuthority returns the authority that is kept for some personas. Where no flag says
// where, and there is no folder that can be written, such as in a container with a
// read-only root, it is made in memory.
func (p *providerFlags) loadAuthority(f *flags, say *voice, words []string, played []persona.Persona) (*certificate.Authority, *keptAuthority, error) {
	k, err := newKeptAuthority(f.place("ca-dir", p.caDir), words, played, lower(p.ownNames()))
	var a *certificate.Authority
	if err == nil {
		a, err = k.keep()
	}
	switch {
	case err == nil:
		return a, k, nil
	case p.caDir == "" && isNoFolder(err):
	case k != nil:
		return nil, nil, f.placed("ca-dir", 0, k.explain(err))
	default:
		return nil, nil, err
	}
	hosts := remoteNames(lower(p.ownNames()))
	for _, one := range played {
		hosts = append(hosts, remoteNames(one.Dialect.Hosts())...)
	}
	say.note("the authority of --tls is in memory, and another one at each start: %s", reason(err))
	say.hint("GET /_/api/authority.pem has it; --ca-dir FOLDER keeps one")
	a, err = certificate.New(clock.Machine(), hosts...)
	return a, nil, err
}

// openPair reads the files of --tls-cert and --tls-key.
func (p *providerFlags) openPair(f *flags, say *voice) (*keypair.Pair, error) {
	const most = 1 << 20
	var wrong refusals
	file := func(flag, name, remedy string) keypair.File {
		at := f.place(flag, name)
		if _, err := at.read(most); err != nil {
			wrong.add(f.placed(flag, 0, usage(at.remedy(err, remedy), "%s", reason(err))))
		}
		return keypair.File{Name: at.path(), Read: func() ([]byte, error) { return at.read(most) }}
	}
	cert, key := file("tls-cert", p.tlsCert, "name the certificate, a PEM file"), file("tls-key", p.tlsKey, "name the key of the certificate, a PEM file")
	if !wrong.isEmpty() {
		return nil, wrong.err()
	}
	pair, err := keypair.Open(cert, key, clock.Machine, say.note)
	var invalid *keypair.Invalid
	switch {
	case errors.As(err, &invalid):
		return nil, f.placed("tls-cert", 0, usage(invalid.Remedy, "%s", invalid.Why))
	case err != nil:
		return nil, usage("name the certificate with --tls-cert and its key with --tls-key, as PEM files", "%s", reason(err))
	}
	return pair, nil
}

// ownNames are the host names and addresses, beyond those of personas, under
// which clients ask.
func (p *providerFlags) ownNames() []string {
	out := slices.Clone(p.allowHost)
	if ip := net.ParseIP(p.host); ip == nil || !ip.IsUnspecified() {
		out = append(out, p.host)
	}
	if u, err := url.Parse(p.baseURL); err == nil && u.Hostname() != "" {
		out = append(out, u.Hostname())
	}
	return out
}

// listen lets connections be TLS. One that begins as plain HTTP is taken as it
// is: that is how a proxy is asked (RFC 9110 section 9.3.6).
func (s security) listen(l net.Listener) net.Listener {
	switch {
	case s.pair != nil && s.http2:
		return newEitherListener(l, s.pair.Config("h2", "http/1.1"))
	case s.pair != nil:
		return newEitherListener(l, s.pair.Config("http/1.1"))
	case s.authority != nil:
		return newEitherListener(l, s.authority.Server())
	}
	return l
}

// client trusts the authority too.
func (s security) client() *http.Client {
	if s.pair != nil {
		return s.pair.Client()
	}
	if s.authority == nil {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(s.authority.PEM())
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, IdleConnTimeout: time.Minute}}
}

// trusting are the variables for a program that has to trust the authority.
func (s security) trusting() []string {
	if s.kept == nil {
		return nil
	}
	return s.kept.trusting()
}
