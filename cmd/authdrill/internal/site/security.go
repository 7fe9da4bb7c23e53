package site

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/authority"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/keypair"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// tlsFlags say how a provider is served over TLS.
type tlsFlags struct {
	tls, http2             bool
	caDir, tlsCert, tlsKey string
}

func (t *tlsFlags) define(f *setting.Flags) {
	f.Boolean(&t.tls, "tls", "serve over TLS, with a certificate of an authority that is kept for you; a proxy (HTTPS_PROXY) for the personas' host names too")
	f.Text(&t.tlsCert, "tls-cert", "FILE", "serve over TLS with this certificate (PEM), in place of --tls; read again when it changes")
	f.Text(&t.tlsKey, "tls-key", "FILE", "its key (PEM, not encrypted)")
	f.Boolean(&t.http2, "http2", "with --tls or --tls-cert: offer HTTP/2; faults that need HTTP/1.1 are then refused")
	f.Text(&t.caDir, "ca-dir", "FOLDER", "where the authority of --tls is kept; default the user's configuration folder, or memory where there is none")
}

// isOn reports whether there is TLS.
func (t *tlsFlags) isOn() bool { return t.tls || t.tlsCert != "" }

// check finds flags that need others, or exclude them.
func (t *tlsFlags) check(f *setting.Flags) error {
	var wrong failure.List
	given := "tls-cert"
	if t.tlsCert == "" {
		given = "tls-key"
	}
	if (t.tlsCert == "") != (t.tlsKey == "") {
		wrong.Add(f.Placed(given, 0, failure.Usage("give both", "%s and %s need each other: a server proves with the key that the certificate is its own", f.Word("tls-cert", given), f.Word("tls-key", given))))
	}
	if tls := f.Word("tls", ""); t.tls && t.tlsCert != "" {
		wrong.Add(f.Placed("tls", 0, failure.Usage("leave "+tls+" out to serve your certificate", "%s makes a certificate, and %s has one: a server can serve one of them only", tls, f.Word("tls-cert", ""))))
	}
	if t.http2 && !t.isOn() {
		wrong.Add(f.Placed("http2", 0, failure.Usage("add "+f.Word("tls", "http2"), "%s needs %s or %s: clients choose HTTP/2 in the handshake (RFC 9113 section 3.2)", f.Word("http2", ""), f.Word("tls", "http2"), f.Word("tls-cert", "http2"))))
	}
	if t.caDir != "" && !t.tls && !f.IsOfEnvironment("ca-dir") {
		wrong.Add(f.Placed("ca-dir", 0, failure.Usage("add "+f.Word("tls", "ca-dir")+", or leave "+f.Word("ca-dir", "")+" out", "%s keeps the authority of %s, which is not given", f.Word("ca-dir", ""), f.Word("tls", "ca-dir"))))
	}
	return wrong.Err()
}

// security is what a provider over TLS has; the zero value is without.
type security struct {
	Authority *certificate.Authority
	Kept      *authority.Kept // where it is; nil: in memory
	Pair      *keypair.Pair   // of --tls-cert
	http2     bool
}

// secure prepares TLS, for the personas that are played, and that of the default
// issuer.
func (p *Flags) secure(f *setting.Flags, say *say.Voice, played []persona.Persona, first persona.Persona) (security, error) {
	switch {
	case p.tlsCert != "":
		pair, err := p.openPair(f, say)
		return security{Pair: pair, http2: p.http2}, err
	case !p.tls:
		return security{}, nil
	}
	words := setting.PersonaWords(p.personas, f.Below["persona"])
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
	return security{Authority: a, Kept: k, http2: p.http2}, nil
}

// loadAuthority returns the stored authority of some personas. It makes one in memory
// if no flag names a folder and the default one cannot be written, as in a container
// with a read-only root.
func (p *Flags) loadAuthority(f *setting.Flags, say *say.Voice, words []string, played []persona.Persona) (*certificate.Authority, *authority.Kept, error) {
	k, err := authority.Find(f.Place("ca-dir", p.caDir), words, played, socket.Lower(p.ownNames()))
	var a *certificate.Authority
	if err == nil {
		a, err = k.Keep()
	}
	switch {
	case err == nil:
		return a, k, nil
	case p.caDir == "" && authority.IsNoFolder(err):
	case k != nil:
		return nil, nil, f.Placed("ca-dir", 0, k.Explain(err))
	default:
		return nil, nil, err
	}
	hosts := socket.RemoteNames(socket.Lower(p.ownNames()))
	for _, one := range played {
		hosts = append(hosts, socket.RemoteNames(one.Dialect.Hosts())...)
	}
	say.Note("the authority of --tls is in memory, and a new one at each start: %s", failure.Reason(err))
	say.Hint("GET /_/api/authority.pem has it; --ca-dir FOLDER keeps one")
	a, err = certificate.New(clock.Machine(), hosts...)
	return a, nil, err
}

// openPair reads the files of --tls-cert and --tls-key.
func (p *Flags) openPair(f *setting.Flags, say *say.Voice) (*keypair.Pair, error) {
	const most = 1 << 20
	var wrong failure.List
	file := func(flag, name, remedy string) keypair.File {
		at := f.Place(flag, name)
		if _, err := at.Read(most); err != nil {
			wrong.Add(f.Placed(flag, 0, failure.Usage(at.Remedy(err, remedy), "%s", failure.Reason(err))))
		}
		return keypair.File{Name: at.Path(), Read: func() ([]byte, error) { return at.Read(most) }}
	}
	cert, key := file("tls-cert", p.tlsCert, "name the certificate, a PEM file"), file("tls-key", p.tlsKey, "name the key of the certificate, a PEM file")
	if !wrong.IsEmpty() {
		return nil, wrong.Err()
	}
	pair, err := keypair.Open(cert, key, clock.Machine, say.Note)
	var invalid *keypair.Invalid
	switch {
	case errors.As(err, &invalid):
		return nil, f.Placed("tls-cert", 0, failure.Usage(invalid.Remedy, "%s", invalid.Why))
	case err != nil:
		return nil, failure.Usage("name the certificate with --tls-cert and its key with --tls-key, as PEM files", "%s", failure.Reason(err))
	}
	return pair, nil
}

// ownNames are the host names and addresses, beyond those of personas, under
// which clients ask.
func (p *Flags) ownNames() []string {
	out := slices.Clone(p.AllowHost)
	if ip := net.ParseIP(p.Host); ip == nil || !ip.IsUnspecified() {
		out = append(out, p.Host)
	}
	if u, err := url.Parse(p.BaseURL); err == nil && u.Hostname() != "" {
		out = append(out, u.Hostname())
	}
	return out
}

// listen lets connections be TLS. One that begins as plain HTTP is taken as it
// is: that is how a proxy is asked (RFC 9110 section 9.3.6).
func (s security) listen(l net.Listener) net.Listener {
	switch {
	case s.Pair != nil && s.http2:
		return socket.AcceptEither(l, s.Pair.Config("h2", "http/1.1"))
	case s.Pair != nil:
		return socket.AcceptEither(l, s.Pair.Config("http/1.1"))
	case s.Authority != nil:
		return socket.AcceptEither(l, s.Authority.Server())
	}
	return l
}

// Client trusts the authority too.
func (s security) Client() *http.Client {
	if s.Pair != nil {
		return s.Pair.Client()
	}
	if s.Authority == nil {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(s.Authority.PEM())
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, IdleConnTimeout: time.Minute}}
}

// trusting are the variables for a program that has to trust the authority.
func (s security) trusting() []string {
	if s.Kept == nil {
		return nil
	}
	return s.Kept.Trusting()
}
