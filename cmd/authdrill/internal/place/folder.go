package place

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authdrill/authdrill/mockprovider/confined"
)

// errNotFolder is the reason for which something that is not a folder, or a
// link to one, is refused where a folder is wanted.
var errNotFolder = errors.New("not a folder")

// Folder is a folder in which files are read and written, whole or not at all. A
// symbolic link is followed as long as it stays below.
type Folder struct {
	Path string // the folder as it was named
	root *os.Root
}

// openFolder opens a folder that is there. Close releases it.
func openFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{dir, root}, nil
}

// Close releases the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Stat describes a file, following links that stay below the folder.
func (f *Folder) Stat(name string) (fs.FileInfo, error) {
	if !filepath.IsLocal(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: confined.ErrOutside}
	}
	info, err := f.root.Stat(name)
	return info, confined.Explain(err)
}

// Open opens a regular file for reading.
func (f *Folder) Open(name string) (*os.File, error) { return confined.Open(f.root, name) }

// ReadFile reads a regular file of at most most bytes.
func (f *Folder) ReadFile(name string, most int64) ([]byte, error) {
	return confined.ReadIn(f.root, name, most)
}

// Folder opens a folder below the folder. It is made where it is missing, and its
// parents too. No link is followed at the name itself.
func (f *Folder) Folder(name string, perm fs.FileMode) (*Folder, error) {
	if !filepath.IsLocal(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: confined.ErrOutside}
	}
	if err := f.root.MkdirAll(name, perm); err != nil {
		return nil, confined.Explain(err)
	}
	info, err := f.root.Lstat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNotFolder}
	}
	if err != nil {
		return nil, confined.Explain(err)
	}
	root, err := f.root.OpenRoot(name)
	if err != nil {
		return nil, confined.Explain(err)
	}
	return &Folder{filepath.Join(f.Path, name), root}, nil
}

// CreateFile is WriteFile for a file that is not there yet: of several that
// create it at once one succeeds, and the others get an error that wraps
// fs.ErrExist. Whoever finds the name finds the whole file.
func (f *Folder) CreateFile(name string, perm fs.FileMode, write func(io.Writer) error) error {
	if !filepath.IsLocal(name) {
		return &fs.PathError{Op: "write", Path: name, Err: confined.ErrOutside}
	}
	temporary := filepath.Join(filepath.Dir(name), temporaryName())
	err := writeNew(f.root, temporary, perm, write)
	if err == nil {
		err = f.root.Link(temporary, name)
	}
	_ = f.root.Remove(temporary) // what is left of it holds nothing up
	return confined.Explain(err)
}

// Remove deletes a file below the folder, or the link that has its name.
func (f *Folder) Remove(name string) error {
	if !filepath.IsLocal(name) {
		return &fs.PathError{Op: "remove", Path: name, Err: confined.ErrOutside}
	}
	return confined.Explain(f.root.Remove(name))
}
