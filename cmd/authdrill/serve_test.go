package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
)

// The first Ctrl-C lets requests end; the second does not wait for them.
func TestSecondInterruptKills(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready.json")
	cmd := exec.Command("authdrill", "--port", "0", "--no-client", "--ready-file", file)
	cmd.Dir = t.TempDir()
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var r readyfile.File
	if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
		t.Fatal("not ready in time")
	}

	// A request that hangs, for half a minute if one lets it.
	resp, err := http.Post(r.Control+"/faults", "application/json", strings.NewReader(`{"at": "jwks_uri", "connection": "hang"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	u, err := url.Parse(r.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte("GET /jwks HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if !commandtest.Eventually(func() bool { return strings.Contains(get(t, r.Control+"/faults"), `"struck":1`) }) {
		t.Fatalf("no request hangs: %s", get(t, r.Control+"/faults"))
	}

	_ = cmd.Process.Signal(os.Interrupt)
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "authdrill: ending\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it ended with %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v, not by the signal", exit)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
