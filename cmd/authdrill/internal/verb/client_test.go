package verb

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// TestSecretOfFlag: what a flag names may be a pipe, and is bounded.
func TestSecretOfFlag(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() { _, _ = io.WriteString(w, "of-a-pipe\n"); _ = w.Close() }()
	pipe := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(pipe); err != nil {
		t.Skip("pipes have no names here")
	}
	if got, err := clientSecret(pipe, nil); got != "of-a-pipe" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := clientSecret("/dev/zero", nil); err == nil || !strings.Contains(err.Error(), "/dev/zero: too large") {
		t.Errorf("an endless one: %v", err)
	}
}
