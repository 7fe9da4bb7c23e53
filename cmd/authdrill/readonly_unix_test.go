//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// stranger is a user without a home, as a container has one.
const stranger = 65534

// asStranger returns a command of the program for a user who owns nothing, in a folder
// that nobody may write to, without HOME and with a TMPDIR that is not there.
func asStranger(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	folder := t.TempDir()
	for f := folder; f != os.TempDir() && f != "/"; f = filepath.Dir(f) {
		if err := os.Chmod(f, 0o755); err != nil { //nolint:gosec // another user has to read the program
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "authdrill")
	text, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(program, text, 0o755) //nolint:gosec // see above
	}
	if err == nil {
		err = os.Chmod(folder, 0o555) //nolint:gosec // see above
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = folder
	cmd.Env = append([]string{"TMPDIR=/nowhere", raceOptions + "=" + os.Getenv(raceOptions)}, env...)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger, NoSetGroups: true}}
	}
	return cmd
}

// serving starts a server and returns its issuer, what the banner says, and how to end it.
func serving(t *testing.T, cmd *exec.Cmd) (banner string, end func() string) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("a program cannot be run as another user here: %v", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if banner += lines.Text() + "\n"; strings.HasPrefix(lines.Text(), "  end ") {
			break
		}
	}
	return banner, func() string {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		return said.String()
	}
}

// bannerRow returns the value of a row of the banner.
func bannerRow(banner, name string) string {
	for line := range strings.Lines(banner) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			return strings.Fields(rest)[0]
		}
	}
	return ""
}

// TestReadOnlyWithoutHome: TLS, settings by the environment and a ready check work where
// nothing can be written and the user has no home.
func TestReadOnlyWithoutHome(t *testing.T) {
	settings := `{"port": 0, "no_client": true, "tls": true, "clients": {"web": {"client_secret": "not-a-secret"}}}`
	for name, env := range map[string][]string{"no HOME": {}, "a HOME of root": {"HOME=/root"}, "no folder": {"HOME=/dev/null"}, "another file system": {"HOME=/proc"}, "an XDG folder": {"XDG_CONFIG_HOME=/proc/x"}} {
		t.Run(name, func(t *testing.T) {
			banner, end := serving(t, asStranger(t, append(env, "AUTHDRILL_CONFIG_TEXT="+settings), "serve"))
			issuer := bannerRow(banner, "provider")
			if !strings.HasPrefix(issuer, "https://127.0.0.1:") {
				t.Fatalf("%s\n%s", banner, end())
			}
			resp, err := http.Get(strings.Replace(issuer, "https:", "http:", 1) + "/_/api/authority.pem")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			authority, _ := io.ReadAll(resp.Body)
			if text, err := trusted(string(authority), issuer+"/jwks"); err != nil || !strings.Contains(text, "200 OK") {
				t.Errorf("%v %s", err, text)
			}
			if !strings.Contains(banner, "authority    in memory") && bannerRow(banner, "authority") != "in" {
				t.Error(banner)
			}
			if said := end(); !strings.Contains(said, "the authority of --tls is in memory, and a new one at each start: ") || !strings.Contains(said, "hint: GET /_/api/authority.pem has it") {
				t.Error(said)
			}
		})
	}
	banner, end := serving(t, asStranger(t, nil, "serve", "--port", "0", "--client-port", "0"))
	if resp, err := http.Get(bannerRow(banner, "provider") + "/healthz"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %s\n%s", err, banner, end())
	}
	end()
}

// TestNamedFolderThatCannotBeWritten is an error: the user has chosen it.
func TestNamedFolderThatCannotBeWritten(t *testing.T) {
	cmd := asStranger(t, nil, "serve", "--port", "0", "--no-client", "--tls", "--ca-dir", "ca")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "permission denied") {
		t.Errorf("%v %s", err, out)
	}
}
