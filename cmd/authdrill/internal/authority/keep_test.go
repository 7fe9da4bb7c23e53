package authority

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/mockprovider/certificate"
)

func leafOf(t *testing.T, a *certificate.Authority) *x509.Certificate {
	t.Helper()
	server, err := a.Server().GetConfigForClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func openFolder(t *testing.T, name string) *place.Folder {
	t.Helper()
	folder, err := place.Place{Name: name}.Folder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return folder
}

// now is when the authorities of these tests are made.
func now() time.Time { return time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC) }

// TestKeep: the second start has the authority of the first, its key is its
// owner's alone, and it signs for no name that it was not made for.
func TestKeep(t *testing.T) {
	name := t.TempDir()
	folder := openFolder(t, name)
	first, err := keep(folder, now(), "accounts.google.com", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	second, err := keep(folder, now().Add(time.Hour), "192.0.2.1", "accounts.google.com")
	if err != nil {
		t.Fatal(err)
	}
	if string(first.PEM()) != string(second.PEM()) {
		t.Error("the second start has another authority")
	}
	if text, err := os.ReadFile(filepath.Join(name, "authority.pem")); err != nil || string(text) != string(first.PEM()) {
		t.Errorf("authority.pem is %s, %v", text, err)
	}
	for _, host := range []string{"localhost", "app.localhost", "127.0.0.1", "192.0.2.1", "accounts.google.com"} {
		if _, err := leafOf(t, second).Verify(x509.VerifyOptions{Roots: first.Pool(), DNSName: host, CurrentTime: now()}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	info, err := os.Stat(filepath.Join(name, "authority-key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	google := []string{"accounts.google.com", "192.0.2.1"}
	for _, c := range []struct {
		at    time.Time
		hosts []string
		want  string
	}{
		{now(), append(google, "mail.google.com"), "was made without mail.google.com"},
		{now(), append(google, "192.0.2.2"), "was made without 192.0.2.2/32"},
		{now(), google[:1], "may sign for more than it is used for (192.0.2.1/32)"},
		{now(), nil, "may sign for more than it is used for (192.0.2.1/32, accounts.google.com)"},
		{now().Add(3 * 365 * 24 * time.Hour), google, "ends on 2028-05-03"},
	} {
		if _, err := keep(folder, c.at, c.hosts...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.hosts, err, c.want)
		}
	}
	for _, want := range []bool{true, false} {
		if there, err := Forget(folder); err != nil || there != want {
			t.Errorf("forgotten: %v %v, want %v", there, err, want)
		}
	}
}

// TestKeepInParallel: of many that make the authority of a folder at once, all
// have the same one, and its key is that of its certificate.
func TestKeepInParallel(t *testing.T) {
	for range 10 {
		name := t.TempDir()
		var all sync.WaitGroup
		made := make([]string, 12)
		for n := range made {
			folder := openFolder(t, name)
			all.Go(func() {
				a, err := keep(folder, now())
				if err != nil {
					t.Error(err)
					return
				}
				made[n] = string(a.PEM())
			})
		}
		all.Wait()
		if slices.Sort(made); made[0] == "" || made[0] != made[len(made)-1] {
			t.Fatal("several authorities were made")
		}
		if text, err := os.ReadFile(filepath.Join(name, "authority.pem")); err != nil || string(text) != made[0] {
			t.Errorf("authority.pem is %s, %v", text, err)
		}
	}
}

// TestKeepEarlierFiles reads an authority as earlier versions wrote it, with the
// certificate in one file and the key in another.
func TestKeepEarlierFiles(t *testing.T) {
	name := t.TempDir()
	folder := openFolder(t, name)
	first, err := keep(folder, now())
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(name, "authority-key.pem")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ = bytes.Cut(text, []byte("-----BEGIN CERTIFICATE"))
	if err := os.WriteFile(key, text, 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := keep(folder, now())
	if err != nil || string(first.PEM()) != string(second.PEM()) {
		t.Errorf("another authority, or none: %v", err)
	}
}

// Broken files are not overwritten: somebody may trust what was there.
func TestKeepBrokenFiles(t *testing.T) {
	name := t.TempDir()
	for _, file := range []string{"authority.pem", "authority-key.pem"} {
		if err := os.WriteFile(filepath.Join(name, file), []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keep(openFolder(t, name), now()); err == nil || !strings.Contains(err.Error(), "authority.pem is not a PEM file") {
		t.Error(err)
	}
}

// TestKeepExposedKey: a key that others can read, or replace, is not used, and
// the error has the command that ends it.
func TestKeepExposedKey(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	for _, c := range []struct {
		file  string
		mode  os.FileMode
		chmod string // "": it is used
	}{
		{"authority-key.pem", 0o640, "600"}, {"authority-key.pem", 0o602, "600"}, {"authority-key.pem", 0o400, ""},
		{".", 0o770, "go-w"}, {".", 0o707, "go-w"}, {".", 0o777 | os.ModeSticky, ""}, {".", 0o755, ""},
	} {
		name := t.TempDir()
		folder := openFolder(t, name)
		if _, err := keep(folder, now()); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(name, c.file)
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := keep(folder, now())
		var e *exposed
		switch {
		case c.chmod == "" && err != nil:
			t.Errorf("%s %v: %v", c.file, c.mode, err)
		case c.chmod != "" && (!errors.As(err, &e) || e.Path != path || e.Chmod != c.chmod || !strings.Contains(e.Error(), path)):
			t.Errorf("%s %v: %v (%+v), want chmod %s", c.file, c.mode, err, e, c.chmod)
		}
	}
}
