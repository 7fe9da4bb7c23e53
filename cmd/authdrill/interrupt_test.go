//go:build unix

package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
)

// TestSignalEndsLoading starts each verb with a secret that is kept where no
// answer comes from, and ends it while it waits.
func TestSignalEndsLoading(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"serve":  {"serve", "--port", "0", "--no-client"},
		"exec":   {"exec", "--", "true"},
		"attack": {"attack", "http://127.0.0.1:1/login", "--whoami", "http://127.0.0.1:1/me"},
	} {
		for sig, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
			t.Run(name+"/"+sig.String(), func(t *testing.T) {
				t.Parallel()
				silent, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = silent.Close() }()
				config := filepath.Join(t.TempDir(), "settings.yaml")
				write(t, config, "clients: {app: {client_secret: \"awssecretsmanager:x\"}}\n")
				cmd := exec.CommandContext(t.Context(), "authdrill", append([]string{args[0], "--config", config}, args[1:]...)...)
				cmd.Dir = t.TempDir()
				cmd.Env = append(os.Environ(), "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_ENDPOINT_URL=http://"+silent.Addr().String())
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				asked, err := silent.Accept()
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = asked.Close() }()
				endsWith(t, cmd, sig, want)
			})
		}
	}
}

// endsWith sends a signal and checks the exit code.
func endsWith(t *testing.T, cmd *exec.Cmd, sig syscall.Signal, want int) {
	t.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = failure.ExitSignal + int(status.Signal()) // as a shell has it: it had not begun to listen
	}
	if code != want {
		t.Errorf("after %s it ended with %v, want exit code %d", sig, err, want)
	}
}

// TestSignalEndsARun has the exit code of the signal, and the report of what has
// finished.
func TestSignalEndsARun(t *testing.T) {
	t.Parallel()
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			write(t, filepath.Join(folder, "a.yaml"), "scenario: waits\nclock: real\nsteps:\n- call: userinfo\n  eventually: 1h\n")
			write(t, filepath.Join(folder, "0.yaml"), "scenario: done\nsteps:\n- sign_in: alice\n")
			out, err := os.Create(filepath.Join(folder, "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = out.Close() }()
			cmd := exec.CommandContext(t.Context(), "authdrill", "run", ".", "--report", "text", "--report", "junit=junit.xml")
			cmd.Dir, cmd.Stdout, cmd.Stderr = folder, out, out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if !commandtest.Eventually(func() bool { text, _ := os.ReadFile(out.Name()); return strings.Contains(string(text), "done") }) {
				t.Fatal("nothing has finished")
			}
			endsWith(t, cmd, sig, want)
			text, _ := os.ReadFile(out.Name())
			if report, err := os.ReadFile(filepath.Join(folder, "junit.xml")); err != nil || !strings.Contains(string(report), "done") || !strings.Contains(string(text), "interrupted: 1 of 2 scenarios had finished") {
				t.Errorf("%s %v\n%s", report, err, text)
			}
		})
	}
}

// TestServeEndsInOrder has no error to tell after a signal that it waits for.
func TestServeEndsInOrder(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		file := filepath.Join(t.TempDir(), "ready.json")
		cmd := exec.CommandContext(t.Context(), "authdrill", "--port", "0", "--no-client", "--ready-file", file)
		cmd.Dir = t.TempDir()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var r readyfile.File
		if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
			t.Fatal("not ready in time")
		}
		endsWith(t, cmd, sig, 0)
	}
}
