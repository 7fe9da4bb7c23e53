package certificate_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
)

func leafOf(t *testing.T, a *certificate.Authority) *x509.Certificate {
	t.Helper()
	leaf, err := a.Leaf(certificate.Good)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(leaf.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestKeep: the second start has the authority of the first, its key is its
// owner's alone, and it signs for no name that it was not made for.
func TestKeep(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "authdrill")
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	hosts := []string{"localhost", "*.localhost", "127.0.0.1", "::1", "accounts.google.com"}
	first, err := certificate.Keep(folder, now, []string{"accounts.google.com"}, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	second, err := certificate.Keep(folder, now.Add(time.Hour), nil, hosts...)
	if err != nil {
		t.Fatal(err)
	}
	if string(first.PEM()) != string(second.PEM()) {
		t.Error("the second start has another authority")
	}
	for _, name := range []string{"localhost", "app.localhost", "127.0.0.1", "accounts.google.com"} {
		if _, err := leafOf(t, second).Verify(x509.VerifyOptions{Roots: first.Pool(), DNSName: name, CurrentTime: now}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	info, err := os.Stat(filepath.Join(folder, "authority-key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	for _, c := range []struct {
		at    time.Time
		hosts []string
		want  string
	}{
		{now, []string{"mail.google.com"}, "was made without mail.google.com"},
		{now, []string{"192.0.2.1"}, "was made without 192.0.2.1"},
		{now.Add(3 * 365 * 24 * time.Hour), nil, "ends on 2028-05-03"},
	} {
		if _, err := certificate.Keep(folder, c.at, nil, c.hosts...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.hosts, err, c.want)
		}
	}
	for _, want := range []bool{true, false} {
		if there, err := certificate.Forget(folder); err != nil || there != want {
			t.Errorf("forgotten: %v %v, want %v", there, err, want)
		}
	}
}

// Broken files are not overwritten: somebody may trust what was there.
func TestKeepBrokenFiles(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"authority.pem", "authority-key.pem"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := certificate.Keep(folder, time.Unix(1e9, 0), nil); err == nil || !strings.Contains(err.Error(), "authority.pem is no PEM file") {
		t.Error(err)
	}
}
