package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// security is what a provider over TLS has; the zero value is without.
type security struct {
	authority *certificate.Authority
	kept      *keptAuthority // where it is
}

// secure prepares --tls, for the personas that are played, and that of the default
// issuer.
func (p *providerFlags) secure(f *flags, played []persona.Persona, first persona.Persona) (security, error) {
	switch {
	case p.http2 && !p.tls:
		return security{}, usage("add --tls", "--http2 needs --tls: clients choose HTTP/2 in the handshake (RFC 9113 section 3.2)")
	case !p.tls:
		return security{}, nil
	}
	words := personaWords(p.personas, f.below["persona"])
	if !slices.ContainsFunc(played, func(p persona.Persona) bool { return p.Name == first.Name }) {
		words, played = append(words, string(first.Name)), append(slices.Clone(played), first) // provider: {persona: ..} in the file
	}
	k, err := newKeptAuthority(f.place("ca-dir", p.caDir), words, played, lower(p.ownNames()))
	if err != nil {
		return security{}, err
	}
	a, err := k.load()
	if err != nil {
		return security{}, err
	}
	if p.http2 {
		a.Use(certificate.HTTP2)
	}
	return security{a, k}, nil
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
	if s.authority == nil {
		return l
	}
	return newEitherListener(l, s.authority.Server())
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
	return s.kept.trusting()
}
