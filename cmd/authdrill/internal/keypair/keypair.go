// Package keypair serves TLS with a certificate and a key of the user's, from PEM
// files. They are read again when they change, as a tool that renews them expects.
// Begin with Open.
package keypair

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// File reads one of the files. It has the file's name.
type File struct {
	Name string
	Read func() ([]byte, error)
}

// Invalid is an error of a file, with what to do about it.
type Invalid struct {
	Why, Remedy string
}

func (e *Invalid) Error() string { return e.Why }

// checkEvery is how long files are taken not to have changed.
const checkEvery = time.Second

// Pair is a certificate with its key, which may be another one from one handshake to
// the next.
type Pair struct {
	cert, key File
	now       func() time.Time
	note      func(format string, args ...any)

	latest atomic.Pointer[loaded]

	mu      sync.Mutex // held while the files are looked at
	checked time.Time
	broken  string // what was wrong with the files that were looked at last
}

// loaded is what the files had.
type loaded struct {
	certText, keyText []byte
	certificate       *tls.Certificate
}

// Open reads the files. The error is an *Invalid, or that of reading.
func Open(cert, key File, now func() time.Time, note func(string, ...any)) (*Pair, error) {
	p := &Pair{cert: cert, key: key, now: now, note: note}
	first, err := p.load()
	if err != nil {
		return nil, err
	}
	p.latest.Store(first)
	p.checked = now()
	return p, nil
}

func (p *Pair) load() (*loaded, error) {
	l := &loaded{}
	var err error
	if l.certText, err = p.cert.Read(); err != nil {
		return nil, err
	}
	if l.keyText, err = p.key.Read(); err != nil {
		return nil, err
	}
	if err := p.checkBlocks(l); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(l.certText, l.keyText)
	if err != nil {
		return nil, p.explain(err)
	}
	l.certificate = &pair
	return l, p.checkTime(pair.Leaf)
}

// checkBlocks finds files that are not what they should be.
func (p *Pair) checkBlocks(l *loaded) error {
	certs, keys := kinds(l.certText), kinds(l.keyText)
	switch {
	case !strings.Contains(certs, "CERTIFICATE"):
		return &Invalid{fmt.Sprintf("%s has no certificate in PEM form%s", p.cert.Name, listKinds(certs)), "name the certificate, followed by those of its authorities, with --tls-cert"}
	case strings.Contains(keys, "ENCRYPTED"):
		return &Invalid{p.key.Name + " is encrypted, and authdrill does not ask for a passphrase", "openssl pkey -in " + p.key.Name + " -out plain.pem"}
	case !strings.Contains(keys, "PRIVATE KEY"):
		return &Invalid{fmt.Sprintf("%s has no private key in PEM form%s", p.key.Name, listKinds(keys)), "name the key of the certificate with --tls-key"}
	}
	return nil
}

// kinds lists the types of the PEM blocks of a text. An encrypted key of OpenSSL's own
// form counts as one.
func kinds(text []byte) string {
	var out []string
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return strings.Join(out, ", ")
		}
		kind := block.Type
		if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			kind = "ENCRYPTED " + kind
		}
		out = append(out, kind)
	}
}

func listKinds(kinds string) string {
	if kinds == "" {
		return ""
	}
	return ": it has " + kinds
}

func (p *Pair) explain(err error) error {
	if strings.Contains(err.Error(), "does not match") {
		return &Invalid{fmt.Sprintf("the key in %s is not that of the certificate in %s", p.key.Name, p.cert.Name), "name two files that belong together; the server's own certificate comes first in its file"}
	}
	return &Invalid{fmt.Sprintf("%s and %s cannot be used: %s", p.cert.Name, p.key.Name, strings.TrimPrefix(err.Error(), "tls: ")), "openssl x509 -in " + p.cert.Name + " -text shows a certificate"}
}

// checkTime finds a certificate that no client would accept.
func (p *Pair) checkTime(leaf *x509.Certificate) error {
	now := p.now()
	switch {
	case now.After(leaf.NotAfter):
		return &Invalid{fmt.Sprintf("the certificate in %s has expired: it was good until %s", p.cert.Name, leaf.NotAfter.UTC().Format(time.RFC3339)), "renew it; a drill serves expired ones: authdrill explain tls-expired"}
	case now.Before(leaf.NotBefore):
		return &Invalid{fmt.Sprintf("the certificate in %s is not valid before %s", p.cert.Name, leaf.NotBefore.UTC().Format(time.RFC3339)), "check this machine's clock"}
	}
	return nil
}

// Reload reads the files again. What is wrong with them is an error, and the pair that
// was read before goes on.
func (p *Pair) Reload() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reload()
}

func (p *Pair) reload() error {
	p.checked = p.now()
	next, err := p.load()
	if err != nil {
		return err
	}
	if before := p.latest.Load(); !bytes.Equal(before.certText, next.certText) || !bytes.Equal(before.keyText, next.keyText) {
		p.latest.Store(next)
	}
	return nil
}

// reread reads the files again where that was not done for a while, and says once what is
// wrong with them.
func (p *Pair) reread() {
	if !p.mu.TryLock() {
		return // another handshake looks
	}
	defer p.mu.Unlock()
	if p.now().Sub(p.checked) < checkEvery {
		return
	}
	wrong := ""
	if err := p.reload(); err != nil {
		wrong = err.Error()
	}
	if wrong != "" && wrong != p.broken {
		p.note("the certificate stays the one before: %s", wrong)
	}
	p.broken = wrong
}

// Config returns the configuration of a server, which offers some protocols.
func (p *Pair) Config(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: protocols,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			p.reread()
			return p.latest.Load().certificate, nil
		},
	}
}

// Names returns the host names and addresses of the certificate.
func (p *Pair) Names() []string {
	leaf := p.latest.Load().certificate.Leaf
	out := append([]string{}, leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		out = append(out, ip.String())
	}
	return out
}

// Client returns a client for a server of this process, which trusts the certificate of
// the pair whatever name it has, and no other.
func (p *Pair) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{IdleConnTimeout: time.Minute, TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // the certificate itself is compared
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, p.latest.Load().certificate.Leaf.Raw) {
				return errors.New("the server has another certificate than that of --tls-cert")
			}
			return nil
		},
	}}}
}
