//go:build unix

package place

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
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/confined"
)

// rooms makes a folder with a file, a folder outside it, and every way out.
func rooms(t *testing.T) (inside string, folder *Folder) {
	t.Helper()
	top := t.TempDir()
	inside = filepath.Join(top, "inside")
	must(t, os.MkdirAll(filepath.Join(inside, "deep"), 0o755))
	must(t, os.WriteFile(filepath.Join(inside, "a"), []byte("text"), 0o644))
	must(t, os.WriteFile(filepath.Join(top, "secret"), []byte("CANARY"), 0o644))
	for link, to := range map[string]string{"near": "a", "far": "../secret", "absolute": filepath.Join(top, "secret"), "endless": "/dev/zero", "up": ".."} {
		must(t, os.Symlink(to, filepath.Join(inside, link)))
	}
	must(t, syscall.Mkfifo(filepath.Join(inside, "pipe"), 0o600))
	folder, err := openFolder(inside)
	must(t, err)
	t.Cleanup(func() { must(t, folder.Close()) })
	return inside, folder
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFolderBelowFolder(t *testing.T) {
	inside, folder := rooms(t)
	must(t, os.Symlink("deep", filepath.Join(inside, "alias")))
	for name, want := range map[string]error{
		"deep": nil, "new/er": nil, "up/deep": confined.ErrOutside, "../x": confined.ErrOutside, "up": confined.ErrOutside, "alias": errNotFolder, "alias/x": nil,
	} {
		f, err := folder.Folder(name, 0o700)
		if !errors.Is(err, want) {
			t.Errorf("Folder(%q): %v, want %v", name, err, want)
		}
		if err == nil {
			if f.Path != filepath.Join(inside, name) {
				t.Errorf("Folder(%q) is %s", name, f.Path)
			}
			must(t, f.Close())
		}
	}
	if _, err := folder.Folder("a", 0o700); err == nil {
		t.Error("a file is taken for a folder")
	}
}

// TestCreateFileOneWins: of many that create a file one succeeds, and every
// other finds the whole file of that one.
func TestCreateFileOneWins(t *testing.T) {
	inside, folder := rooms(t)
	var made atomic.Int32
	var all sync.WaitGroup
	for n := range 12 {
		text := strings.Repeat(fmt.Sprint(n%10), 1<<14)
		all.Go(func() {
			err := folder.CreateFile("once", 0o600, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
			switch {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
			if data, err := folder.ReadFile("once", 1<<20); err != nil || len(data) != len(text) || strings.Trim(string(data), string(data[0])) != "" {
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
	if err := folder.CreateFile("far", 0o600, func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link in its place: %v", err)
	}
}

func TestRemoveBelowFolder(t *testing.T) {
	inside, folder := rooms(t)
	for name, want := range map[string]error{"far": nil, "../secret": confined.ErrOutside, "up/secret": confined.ErrOutside, "none": fs.ErrNotExist} {
		if err := folder.Remove(name); !errors.Is(err, want) {
			t.Errorf("Remove(%q): %v, want %v", name, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(inside, "../secret")); err != nil {
		t.Error(err)
	}
}

func TestWriteBelowFolder(t *testing.T) {
	inside, folder := rooms(t)
	text := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	for name, want := range map[string]error{
		"a": nil, "deep/b": nil,
		"far": confined.ErrNotRegular, "near": confined.ErrNotRegular, "pipe": confined.ErrNotRegular, "deep": confined.ErrNotRegular,
		"../secret": confined.ErrOutside, "up/secret": confined.ErrOutside, "none/b": fs.ErrNotExist,
	} {
		if err := folder.WriteFile(name, 0o600, text); !errors.Is(err, want) {
			t.Errorf("WriteFile(%q): %v, want %v", name, err, want)
		}
	}
	broken := errors.New("broken")
	if err := folder.WriteFile("c", 0o600, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("an error of the writer became %v", err)
	}
	if secret, _ := os.ReadFile(filepath.Join(inside, "../secret")); string(secret) != "CANARY" {
		t.Errorf("the file outside became %q", secret)
	}
	left, err := filepath.Glob(filepath.Join(inside, "*", ".authdrill-*"))
	if more, _ := filepath.Glob(filepath.Join(inside, ".authdrill-*")); err != nil || len(left)+len(more) > 0 {
		t.Errorf("left behind: %v %v", left, more)
	}
}

// TestWriteIsAtomic has readers that never see less than a whole file.
func TestWriteIsAtomic(t *testing.T) {
	inside, folder := rooms(t)
	whole := strings.Repeat("x", 1<<16)
	write := func(w io.Writer) error { _, err := io.WriteString(w, whole); return err }
	must(t, folder.WriteFile("big", 0o644, write))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if err := folder.WriteFile("big", 0o644, write); err != nil {
					t.Error(err)
				}
				if data, err := os.ReadFile(filepath.Join(inside, "big")); err != nil || len(data) != len(whole) {
					t.Errorf("read %d bytes, %v", len(data), err)
				}
			}
		})
	}
	all.Wait()
}

// TestWriteFileOfTheUser follows a link to its file, and writes to a device.
func TestWriteFileOfTheUser(t *testing.T) {
	inside, _ := rooms(t)
	text := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	must(t, writeFile(filepath.Join(inside, "far"), 0o600, text))
	if secret, _ := os.ReadFile(filepath.Join(inside, "../secret")); string(secret) != "new" {
		t.Errorf("the file that the link names is %q", secret)
	}
	must(t, writeFile(os.DevNull, 0o600, text))
}
