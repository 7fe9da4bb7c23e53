package certificate

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The files of an authority that is kept.
const (
	CertificateFile = "authority.pem"
	keyFile         = "authority-key.pem"
)

// almostOver is how long before its end an authority is of no use any more.
const almostOver = 31 * 24 * time.Hour

// Keep returns the authority that is kept in a folder, for the hosts that a
// server is to be known by; where there is none it is made, with a key that its
// owner alone can read. It may sign for this machine and for the permitted names
// and those below them, and for nothing else (RFC 5280 section 4.2.1.10): whoever
// steals the key of an authority that is trusted can do no more. The errors say
// what is wrong with the folder, or that a host is not permitted.
func Keep(folder string, now time.Time, permitted []string, hosts ...string) (*Authority, error) {
	a := &Authority{now: now, names: hosts, kind: Good, cache: map[Kind]*tls.Certificate{}}
	root, err := read(folder)
	if errors.Is(err, fs.ErrNotExist) {
		root, err = a.make(folder, permitted)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if now.Add(almostOver).After(root.cert.NotAfter) {
		return nil, fmt.Errorf("certificate: the authority in %s ends on %s", folder, root.cert.NotAfter.Format(time.DateOnly))
	}
	for _, host := range hosts {
		if !may(root.cert, host) {
			return nil, fmt.Errorf("certificate: the authority in %s was made without %s", folder, host)
		}
	}
	a.root = root
	return a, nil
}

// make creates an authority and writes it into its folder.
func (a *Authority) make(folder string, permitted []string) (*signer, error) {
	root, err := a.authority("authdrill test authority on "+machine(), nil, func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical = true
		c.PermittedDNSDomains = append([]string{"localhost"}, permitted...)
		c.PermittedIPRanges = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}}
		c.NotBefore, c.NotAfter = a.now.Add(-24*time.Hour), a.now.Add(2*365*24*time.Hour)
		c.MaxPathLenZero = true
	})
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(root.key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	// The key comes first: a certificate without one would be trusted for nothing.
	if err := os.WriteFile(filepath.Join(folder, keyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600); err != nil {
		return nil, err
	}
	return root, os.WriteFile(filepath.Join(folder, CertificateFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw}), 0o644)
}

// machine tells authorities of several machines apart in a list of trusted ones.
func machine() string {
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "this machine"
}

// read reads an authority. That there is none is fs.ErrNotExist.
func read(folder string) (*signer, error) {
	cert, err := block(filepath.Join(folder, CertificateFile))
	if err != nil {
		return nil, err
	}
	key, err := block(filepath.Join(folder, keyFile))
	if err != nil {
		return nil, err
	}
	out := &signer{}
	if out.cert, err = x509.ParseCertificate(cert); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, CertificateFile), err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, keyFile), err)
	}
	var ok bool
	if out.key, ok = parsed.(*ecdsa.PrivateKey); !ok || !out.key.PublicKey.Equal(out.cert.PublicKey) {
		return nil, fmt.Errorf("%s holds another key than that of %s", filepath.Join(folder, keyFile), CertificateFile)
	}
	return out, nil
}

func block(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	b, _ := pem.Decode(text)
	if b == nil {
		return nil, fmt.Errorf("%s is no PEM file", file)
	}
	return b.Bytes, nil
}

// may reports whether an authority may sign for a host.
func may(root *x509.Certificate, host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	name := strings.TrimPrefix(host, "*.")
	return slices.ContainsFunc(root.PermittedDNSDomains, func(p string) bool {
		return name == p || strings.HasSuffix(name, "."+p)
	})
}

// Forget deletes the authority of a folder, and reports whether there was one.
func Forget(folder string) (bool, error) {
	there := false
	for _, name := range []string{CertificateFile, keyFile} {
		err := os.Remove(filepath.Join(folder, name))
		switch {
		case err == nil:
			there = true
		case !errors.Is(err, fs.ErrNotExist):
			return there, fmt.Errorf("certificate: %w", err)
		}
	}
	return there, nil
}
