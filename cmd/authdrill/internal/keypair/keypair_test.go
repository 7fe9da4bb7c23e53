package keypair

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func today() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }

// made returns a certificate and its key that are valid around a time.
func made(t *testing.T, name string, around time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: around.Add(-time.Hour), NotAfter: around.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", raw)
}

func file(name string, text *string) File {
	return File{name, func() ([]byte, error) { return []byte(*text), nil }}
}

func TestFilesThatCannotBeServed(t *testing.T) {
	cert, key := made(t, "id.example.test", today())
	_, other := made(t, "id.example.test", today())
	old, oldKey := made(t, "id.example.test", today().Add(-48*time.Hour))
	late, lateKey := made(t, "id.example.test", today().Add(48*time.Hour))
	for name, c := range map[string]struct{ cert, key, why, remedy string }{
		"mismatch":  {cert, other, "is not that of the certificate", "belong together"},
		"swapped":   {key, cert, "c.pem has no certificate in PEM form: it has PRIVATE KEY", "--tls-cert"},
		"no key":    {cert, cert, "k.pem has no private key in PEM form: it has CERTIFICATE", "--tls-key"},
		"empty":     {"", key, "has no certificate", "--tls-cert"},
		"encrypted": {cert, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "is encrypted", "openssl pkey -in k.pem"},
		"old form":  {cert, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "is encrypted", "openssl pkey -in k.pem"},
		"expired":   {old, oldKey, "has expired: it was good until 2029-12-30T01:00:00Z", "renew"},
		"too early": {late, lateKey, "is not valid before 2030-01-02T23:00:00Z", "clock"},
		"broken":    {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key, "cannot be used", "openssl x509"},
	} {
		_, err := Open(file("c.pem", &c.cert), file("k.pem", &c.key), today, t.Logf)
		var e *Invalid
		if !errors.As(err, &e) || !strings.Contains(e.Why, c.why) || !strings.Contains(e.Remedy, c.remedy) {
			t.Errorf("%s: %+v", name, err)
		}
	}
	gone := File{"gone.pem", func() ([]byte, error) { return nil, errors.New("gone") }}
	if _, err := Open(gone, file("k.pem", &key), today, t.Logf); err == nil {
		t.Error("a file that is not there")
	}
}

// TestFilesAreReadAgain when they change, and a broken one is told once.
func TestFilesAreReadAgain(t *testing.T) {
	cert, key := made(t, "one.example.test", today())
	now := today()
	var notes []string
	p, err := Open(file("c.pem", &cert), file("k.pem", &key), func() time.Time { return now }, func(f string, a ...any) { notes = append(notes, fmt.Sprintf(f, a...)) })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.TLS.NegotiatedProtocol)) }))
	server.Listener = tls.NewListener(server.Listener, p.Config("http/1.1"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	served := func() string {
		t.Helper()
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is looked at
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	if got := served(); got != "one.example.test" || strings.Join(p.Names(), " ") != got {
		t.Error(got)
	}
	cert, key = made(t, "two.example.test", today())
	if got := served(); got != "one.example.test" {
		t.Errorf("looked too often: %s", got)
	}
	now = now.Add(2 * checkEvery)
	if got := served(); got != "two.example.test" {
		t.Error(got)
	}
	good := key
	for range 2 {
		now, key = now.Add(2*checkEvery), "broken"
		if got := served(); got != "two.example.test" {
			t.Error(got)
		}
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "k.pem has no private key") {
		t.Errorf("%q", notes)
	}
	if p.Reload() == nil {
		t.Error("a broken file was read")
	}
	if key = good; p.Reload() != nil {
		t.Error("a good one was not")
	}
	if resp, err := p.Client().Get(strings.Replace(server.URL, "http:", "https:", 1)); err != nil || resp.StatusCode != 200 {
		t.Errorf("%v %v", resp, err)
	}
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	if _, err := p.Client().Get(stranger.URL); err == nil || !strings.Contains(err.Error(), "another certificate") {
		t.Errorf("%v", err)
	}
}
