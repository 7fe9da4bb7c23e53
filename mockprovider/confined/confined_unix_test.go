//go:build unix

package confined

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// rooms makes a folder with a file, a folder outside it, and every way out.
func rooms(t *testing.T) (inside string, root *os.Root) {
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
	root, err := os.OpenRoot(inside)
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

func TestReadBelowFolder(t *testing.T) {
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
		data, err := ReadIn(root, c.name, c.most)
		if !errors.Is(err, c.want) || err == nil && string(data) != "text" {
			t.Errorf("ReadIn(%q, %d) = %q, %v, want %v", c.name, c.most, data, err, c.want)
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
