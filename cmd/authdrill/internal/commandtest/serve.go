// Package commandtest starts authdrill in tests, as a process of its own, and waits
// until it is ready. Main is for the TestMain of such tests.
package commandtest

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
)

// Patience bounds every wait of a test. Nothing takes that long but a failure.
const Patience = 2 * time.Minute

// Eventually asks again and again until ok, within Patience.
func Eventually(ok func() bool) bool {
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			return false
		case <-ticker.C:
		}
	}
	return true
}

// ReadJSON reads a file, which may not be there yet.
func ReadJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// Serve starts the command as a stranger does, on free ports, and reads its ready
// file. It ends with the test.
func Serve(t *testing.T, args ...string) (ready readyfile.File) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	cmd := exec.Command("authdrill", append([]string{"--port", "0", "--client-port", "0", "--ready-file", file}, args...)...)
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("authdrill ended with %v", err)
		}
	})
	if !Eventually(func() bool { return ReadJSON(file, &ready) == nil }) {
		t.Fatal("authdrill was not ready in time")
	}
	return ready
}

// ServeApp lets an app listen until the test ends, and says where.
func ServeApp(t *testing.T, app func(address string) http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "http", Host: listener.Addr().String()}).String()
	server := &http.Server{Handler: app(address), ReadHeaderTimeout: Patience}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return address
}

// Missing skips a test that lacks something, or fails it where nothing may be skipped.
func Missing(t *testing.T, lack string) {
	t.Helper()
	if os.Getenv("AUTHDRILL_REQUIRE") == "all" {
		t.Fatalf("%s, and AUTHDRILL_REQUIRE=all", lack)
	}
	t.Skip(lack)
}
