package place

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authdrill/authdrill/mockprovider/confined"
)

// WriteFile writes a file whole or not at all: a reader of that name finds the
// old content or the new. No link is followed at the name itself: a link there is
// an error that wraps confined.ErrNotRegular, and so is any other thing that is
// not a regular file.
func (f *Folder) WriteFile(name string, perm fs.FileMode, write func(io.Writer) error) error {
	if !filepath.IsLocal(name) {
		return &fs.PathError{Op: "write", Path: name, Err: confined.ErrOutside}
	}
	switch info, err := f.root.Lstat(name); {
	case err == nil:
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "open", Path: name, Err: confined.ErrNotRegular}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return confined.Explain(err)
	}
	temporary := filepath.Join(filepath.Dir(name), temporaryName())
	return confined.Explain(replace(f.root, temporary, name, perm, write))
}

// writeFile writes a file that the user named, wherever it is: a link leads to the
// file that is written, and a device or a pipe is written to as it is.
func writeFile(name string, perm fs.FileMode, write func(io.Writer) error) error {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	return replace(disk{}, filepath.Join(filepath.Dir(name), temporaryName()), name, perm, write)
}

// directory is what replace does its work in.
type directory interface {
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Rename(from, to string) error
	Remove(name string) error
}

type disk struct{}

func (disk) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}
func (disk) Rename(from, to string) error { return os.Rename(from, to) }
func (disk) Remove(name string) error     { return os.Remove(name) }

// replace writes a temporary file in the same folder and renames it.
func replace(in directory, temporary, name string, perm fs.FileMode, write func(io.Writer) error) error {
	err := writeNew(in, temporary, perm, write)
	if err == nil {
		err = in.Rename(temporary, name)
	}
	if err != nil {
		_ = in.Remove(temporary) // the error that matters is the first
	}
	return err
}

// writeNew writes a file that is not there yet.
func writeNew(in directory, name string, perm fs.FileMode, write func(io.Writer) error) error {
	f, err := in.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func temporaryName() string { return ".authdrill-" + rand.Text() }
