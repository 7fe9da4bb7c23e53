package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func (e *examination) handshake(host string) bool {
	state, err := e.dialTLS(host, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
	if err == nil {
		left := state.PeerCertificates[0].NotAfter.Sub(e.Now())
		e.ok("tls", fmt.Sprintf("the certificate is trusted, and valid for another %s", left.Truncate(time.Minute)))
		return true
	}
	var plain tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &plain):
		e.fail("tls", e.hostPort()+" does not speak TLS", "write the issuer with http://, or start authdrill with --tls")
		return false
	case errors.As(err, &unknown):
		e.untrusted(host)
	case errors.As(err, &name):
		e.fail("tls", "the certificate is not for "+host+", but for "+strings.Join(namesOf(name.Certificate), ", "), "use one of those names, or start authdrill --tls with --allow-host "+host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.expired(invalid.Cert)
	default:
		e.fail("tls", "the TLS handshake fails: "+err.Error(), "check the versions of TLS that both sides have")
		return false
	}
	return true
}

func (e *examination) expired(cert *x509.Certificate) {
	if e.Now().Before(cert.NotBefore) {
		e.fail("tls", "the certificate is valid from "+cert.NotBefore.Format(time.RFC3339)+" only, and this machine's clock says "+e.Now().Format(time.RFC3339), "set the clock of this machine")
		return
	}
	e.fail("tls", "the certificate has expired at "+cert.NotAfter.Format(time.RFC3339), "start authdrill again: it makes another; a certificate of your own has to be renewed")
}

func (e *examination) untrusted(host string) {
	pool := x509.NewCertPool()
	if pool.AppendCertsFromPEM(e.Authority) {
		if _, err := e.dialTLS(host, &tls.Config{ServerName: host, RootCAs: pool, MinVersion: tls.VersionTLS12}); err == nil {
			e.warn("tls", "the certificate is of authdrill's own authority, which this machine does not trust",
				e.CAInstall+"; or name it: Node NODE_EXTRA_CA_CERTS="+e.CAFile+", Python REQUESTS_CA_BUNDLE="+e.CABundle+", Go and OpenSSL SSL_CERT_FILE="+e.CABundle+
					", Java keytool -importcert -cacerts -alias authdrill -file "+e.CAFile)
			return
		}
	}
	e.fail("tls", "this machine does not trust the authority of the certificate", "authdrill ca path, with the --ca-dir and --allow-host of the provider, says which file to trust: Node NODE_EXTRA_CA_CERTS, Python REQUESTS_CA_BUNDLE, Go SSL_CERT_FILE, Java keytool -importcert -cacerts")
}

func namesOf(c *x509.Certificate) []string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

func (e *examination) dialTLS(host string, config *tls.Config) (tls.ConnectionState, error) {
	config.Time = e.Now
	ctx, cancel := context.WithTimeout(e.ctx, e.Timeout)
	defer cancel()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", e.hostPort())
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState(), nil
}
