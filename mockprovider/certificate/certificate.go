// Package certificate makes the certificates of a test provider: good ones of an
// authority of its own, and every kind that no client may accept. Keys and
// certificates live in memory only. Begin with Authority.
package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// Kind is what is wrong with a server's TLS.
type Kind string

// The kinds. Good is the positive control of all others: a leaf of the same
// authority, with which a client must connect.
const (
	Good                Kind = "good"
	Expired             Kind = "expired"
	NotYetValid         Kind = "not_yet_valid"
	SelfSigned          Kind = "self_signed" // of no authority that the client knows
	WrongHost           Kind = "wrong_host"  // for another name
	MissingIntermediate Kind = "missing_intermediate"
	OldVersion          Kind = "old_version"           // TLS 1.0 and 1.1 only (RFC 8996)
	ClientCertRequested Kind = "client_cert_requested" // asks for a certificate, and does without
	HTTP2               Kind = "http_2"                // good, and offers HTTP/2 (RFC 7301, RFC 9113)
)

// Kinds returns them all.
func Kinds() []Kind {
	return []Kind{Good, Expired, NotYetValid, SelfSigned, WrongHost, MissingIntermediate, OldVersion, ClientCertRequested, HTTP2}
}

// Authority is a certificate authority that exists in memory.
type Authority struct {
	now   time.Time
	names []string
	root  *signer

	mu    sync.Mutex
	kind  Kind
	cache map[Kind]*tls.Certificate
}

// signer is a certificate that signs others.
type signer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// New makes an authority for hosts, names or addresses, whose certificates are
// judged at about now. Without hosts it is for this machine.
func New(now time.Time, hosts ...string) (*Authority, error) {
	if len(hosts) == 0 {
		hosts = []string{"127.0.0.1", "::1", "localhost"}
	}
	a := &Authority{now: now, names: hosts, kind: Good, cache: map[Kind]*tls.Certificate{}}
	var err error
	a.root, err = a.authority("authdrill test authority", nil)
	return a, err
}

// NewWithRoot returns an authority that signs with a certificate and a key of the
// caller's, for hosts whose certificates are judged at about now.
func NewWithRoot(now time.Time, root *x509.Certificate, key crypto.Signer, hosts ...string) *Authority {
	return &Authority{now: now, names: hosts, root: &signer{root, key}, kind: Good, cache: map[Kind]*tls.Certificate{}}
}

// PEM is the authority's certificate, for SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and
// REQUESTS_CA_BUNDLE.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.cert.Raw})
}

// Pool holds the authority's certificate, for a client that trusts it.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root.cert)
	return pool
}

// Use lets a server show another kind of certificate from the next connection on.
func (a *Authority) Use(k Kind) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kind = k
}

// Server is the configuration of a server that presents the certificate Use chose.
// It resumes no session: a client that resumes one is sent no certificate to check.
func (a *Authority) Server() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS10, SessionTicketsDisabled: true, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		a.mu.Lock()
		kind := a.kind
		a.mu.Unlock()
		leaf, err := a.certificate(kind)
		if err != nil {
			return nil, err
		}
		// A session that is resumed shows no certificate at all.
		c := &tls.Config{SessionTicketsDisabled: true, MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*leaf}}
		switch kind {
		case OldVersion:
			c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		case ClientCertRequested:
			c.ClientAuth = tls.RequestClientCert
		case HTTP2:
			c.NextProtos = []string{"h2", "http/1.1"}
		}
		return c, nil
	}}
}

// certificate returns the certificate of a kind, made at its first use.
func (a *Authority) certificate(kind Kind) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.cache[kind]; c != nil {
		return c, nil
	}
	c, err := a.leaf(kind)
	if err != nil {
		return nil, fmt.Errorf("certificate: %s: %w", kind, err)
	}
	a.cache[kind] = c
	return c, nil
}

func (a *Authority) leaf(kind Kind) (*tls.Certificate, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "authdrill"}, NotBefore: a.now.Add(-24 * time.Hour), NotAfter: a.now.Add(30 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	issuer := a.root
	names := a.names
	var err error
	switch kind {
	case Expired:
		template.NotBefore, template.NotAfter = a.now.Add(-48*time.Hour), a.now.Add(-24*time.Hour)
	case NotYetValid:
		template.NotBefore = a.now.Add(24 * time.Hour)
	case WrongHost:
		names = []string{"attacker.example"}
	case SelfSigned:
		issuer = nil
	case MissingIntermediate:
		if issuer, err = a.authority("authdrill test intermediate", a.root); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	made, err := a.sign(template, issuer)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{made.cert.Raw}, PrivateKey: made.key}, nil
}

// authority makes a certificate that signs others, signed by parent, or by
// itself where there is none.
func (a *Authority) authority(name string, parent *signer) (*signer, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: a.now.Add(-365 * 24 * time.Hour), NotAfter: a.now.Add(365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	return a.sign(template, parent)
}

func (a *Authority) sign(template *x509.Certificate, parent *signer) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, err
	}
	if parent == nil {
		parent = &signer{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, &key.PublicKey, parent.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &signer{cert, key}, err
}
