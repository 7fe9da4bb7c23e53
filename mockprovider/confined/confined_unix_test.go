//go:build unix

package confined

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// rooms makes a folder with a file, a folder outside it, and every way out.
func rooms(t *testing.T) (inside string, root *Root) {
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
	root, err := OpenRoot(inside)
	must(t, err)
	t.Cleanup(func() { must(t, root.Close()) })
	return inside, root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadBelowRoot(t *testing.T) {
	inside, root := rooms(t)
	for _, c := range []struct {
		name string
		most int64
		want error
	}{
		{"a", 4, nil}, {"near", 4, nil}, {"deep/../a", 4, nil},
		{"a", 3, ErrTooLarge},
		{"../secret", 100, ErrOutside}, {"far", 100, ErrOutside}, {"absolute", 100, ErrOutside}, {"up/secret", 100, ErrOutside},
		{filepath.Join(inside, "a"), 100, ErrOutside}, {"endless", 100, ErrOutside},
		{"pipe", 100, ErrNotRegular}, {"deep", 100, ErrNotRegular},
		{"none", 100, fs.ErrNotExist},
	} {
		data, err := root.ReadFile(c.name, c.most)
		if !errors.Is(err, c.want) || err == nil && string(data) != "text" {
			t.Errorf("ReadFile(%q, %d) = %q, %v, want %v", c.name, c.most, data, err, c.want)
		}
	}
}

func TestReadFileOfTheUser(t *testing.T) {
	inside, _ := rooms(t)
	for name, want := range map[string]error{"a": nil, "far": nil, "endless": ErrNotRegular, "pipe": ErrNotRegular, "deep": ErrNotRegular} {
		if _, err := ReadFile(filepath.Join(inside, name), 100); !errors.Is(err, want) {
			t.Errorf("ReadFile(%q): %v, want %v", name, err, want)
		}
	}
}

func TestWriteBelowRoot(t *testing.T) {
	inside, root := rooms(t)
	text := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	for name, want := range map[string]error{
		"a": nil, "deep/b": nil,
		"far": ErrNotRegular, "near": ErrNotRegular, "pipe": ErrNotRegular, "deep": ErrNotRegular,
		"../secret": ErrOutside, "up/secret": ErrOutside, "none/b": fs.ErrNotExist,
	} {
		if err := root.WriteFile(name, 0o600, text); !errors.Is(err, want) {
			t.Errorf("WriteFile(%q): %v, want %v", name, err, want)
		}
	}
	broken := errors.New("broken")
	if err := root.WriteFile("c", 0o600, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
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
	inside, root := rooms(t)
	whole := strings.Repeat("x", 1<<16)
	write := func(w io.Writer) error { _, err := io.WriteString(w, whole); return err }
	must(t, root.WriteFile("big", 0o644, write))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if err := root.WriteFile("big", 0o644, write); err != nil {
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
	must(t, WriteFile(filepath.Join(inside, "far"), 0o600, text))
	if secret, _ := os.ReadFile(filepath.Join(inside, "../secret")); string(secret) != "new" {
		t.Errorf("the file that the link names is %q", secret)
	}
	must(t, WriteFile(os.DevNull, 0o600, text))
}
