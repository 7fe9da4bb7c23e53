package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// security is what a provider over TLS has; the zero value is without.
type security struct {
	authority *certificate.Authority
	folder    string // where the authority is kept
	bundle    string
}

// secure prepares --tls.
func (p *providerFlags) secure(played []persona.Persona) (security, error) {
	if !p.tls {
		return security{}, nil
	}
	folder, err := caFolder(p.caDir)
	if err != nil {
		return security{}, err
	}
	hosts := lower(p.allowHost)
	for _, one := range played {
		hosts = append(hosts, one.Dialect.Hosts()...)
	}
	a, err := keepAuthority(folder, hosts)
	if err != nil {
		return security{}, err
	}
	bundle, err := writeBundle(folder, a)
	return security{a, folder, bundle}, err
}

// listen lets connections be TLS. One that begins as plain HTTP is taken as it
// is: that is how a proxy is asked (RFC 9110 section 9.3.6).
func (s security) listen(l net.Listener) net.Listener {
	if s.authority == nil {
		return l
	}
	return &eitherListener{l, s.authority.Server()}
}

// client trusts the authority too.
func (s security) client() *http.Client {
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
	if s.authority == nil {
		return nil
	}
	return trusting(filepath.Join(s.folder, certificate.CertificateFile), s.bundle)
}

// eitherListener speaks TLS with who does, and HTTP with who does not.
type eitherListener struct {
	net.Listener
	config *tls.Config
}

func (l *eitherListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &either{Conn: conn, config: l.config}, nil
}

// either decides at the first byte: a TLS handshake begins with 22 (RFC 8446
// section 5.1), and no HTTP request does.
type either struct {
	net.Conn
	config *tls.Config
	chosen net.Conn
}

func (e *either) choose() net.Conn {
	if e.chosen == nil {
		ahead := &peeked{e.Conn, bufio.NewReader(e.Conn)}
		e.chosen = ahead
		if first, err := ahead.reader.Peek(1); err == nil && first[0] == 22 {
			e.chosen = tls.Server(ahead, e.config)
		}
	}
	return e.chosen
}

func (e *either) Read(p []byte) (int, error)  { return e.choose().Read(p) }
func (e *either) Write(p []byte) (int, error) { return e.choose().Write(p) }

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }
