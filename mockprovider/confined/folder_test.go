//go:build unix

package confined

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestFolderBelowRoot(t *testing.T) {
	inside, root := rooms(t)
	must(t, os.Symlink("deep", filepath.Join(inside, "alias")))
	for name, want := range map[string]error{
		"deep": nil, "new/er": nil, "up/deep": ErrOutside, "../x": ErrOutside, "up": ErrOutside, "alias": errNotFolder, "alias/x": nil,
	} {
		f, err := root.Folder(name, 0o700)
		if !errors.Is(err, want) {
			t.Errorf("Folder(%q): %v, want %v", name, err, want)
		}
		if err == nil {
			if f.Dir() != filepath.Join(inside, name) {
				t.Errorf("Folder(%q) is %s", name, f.Dir())
			}
			must(t, f.Close())
		}
	}
	if _, err := root.Folder("a", 0o700); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// TestCreateFileOneWins: of many that create a file one succeeds, and every
// other finds the whole file of that one.
func TestCreateFileOneWins(t *testing.T) {
	inside, root := rooms(t)
	var made atomic.Int32
	var all sync.WaitGroup
	for n := range 12 {
		text := strings.Repeat(fmt.Sprint(n%10), 1<<14)
		all.Go(func() {
			err := root.CreateFile("once", 0o600, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
			switch {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
			if data, err := root.ReadFile("once", 1<<20); err != nil || len(data) != len(text) || strings.Trim(string(data), string(data[0])) != "" {
				t.Errorf("read %d bytes, %v", len(data), err)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("%d succeeded", made.Load())
	}
	if left, _ := filepath.Glob(filepath.Join(inside, ".authdrill-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := root.CreateFile("far", 0o600, func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link in its place: %v", err)
	}
}

func TestRemoveBelowRoot(t *testing.T) {
	inside, root := rooms(t)
	for name, want := range map[string]error{"far": nil, "../secret": ErrOutside, "up/secret": ErrOutside, "none": fs.ErrNotExist} {
		if err := root.Remove(name); !errors.Is(err, want) {
			t.Errorf("Remove(%q): %v, want %v", name, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(inside, "../secret")); err != nil {
		t.Error(err)
	}
}
