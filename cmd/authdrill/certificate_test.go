package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/clock"
)

// scriptCertificate writes NAME.pem and NAME-key.pem for 127.0.0.1, which are valid for
// an hour from now, or have been: certificate NAME [expired].
func scriptCertificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: certificate NAME [expired]")
	}
	from := clock.Machine().Add(-time.Minute)
	if len(args) > 1 {
		from = from.Add(-48 * time.Hour)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(from.UnixNano()), Subject: pkix.Name{CommonName: args[0]}, DNSNames: []string{args[0] + ".example.test"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: from, NotAfter: from.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	write := func(name, kind string, der []byte) {
		ts.Check(os.WriteFile(ts.MkAbs(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	}
	write(args[0]+".pem", "CERTIFICATE", der)
	write(args[0]+"-key.pem", "PRIVATE KEY", raw)
}

// trusted sends a GET request over TLS that trusts a PEM text.
func trusted(authority, url string) (string, error) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp.Proto + " " + resp.Status + "\n" + string(text) + "\n", err
}

// scriptTrusting sends a GET request over TLS, trusting one file: trusting FILE URL.
func scriptTrusting(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: trusting FILE URL")
	}
	text, err := trusted(ts.ReadFile(args[0]), args[1])
	switch {
	case neg && err != nil:
		return
	case neg:
		ts.Fatalf("it was trusted: %s", text)
	}
	ts.Check(err)
	_, _ = io.WriteString(ts.Stdout(), text)
}

// scriptAwaiting waits until a server has a certificate: awaiting FILE URL.
func scriptAwaiting(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: awaiting FILE URL")
	}
	authority := ts.ReadFile(args[0])
	if !commandtest.Eventually(func() bool { _, err := trusted(authority, args[1]); return err == nil }) {
		ts.Fatalf("%s does not trust %s after %s", args[0], args[1], commandtest.Patience)
	}
}
