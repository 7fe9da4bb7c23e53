//go:build unix

package webapp

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestLogFileIsRegular: a file that an app is said to log to may be anything in a
// stranger's settings; reading it ends.
func TestLogFileIsRegular(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "app.log"), []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"pipe": "", "/dev/zero": "", "none": "", "app.log": "two\n"} {
		for _, log := range LogFile(folder, name) {
			if got := log.Since(4); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}
