// Package confined reads files whose names or contents a stranger may have chosen: a
// scenario of a pull request, a persona file, a list of expected failures. It reads
// only regular files, and at most a limit. Neither a name nor a symbolic link leads
// out of the folder of an os.Root.
//
// Begin with ReadIn for a file that a document names, and with ReadFile for one that
// the user names. It is not an API to build on.
package confined

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// refusal is the reason for which a file is refused, wrapped in a *fs.PathError.
type refusal string

// The reasons for which a file is refused.
const (
	ErrNotRegular refusal = "not a regular file"
	ErrOutside    refusal = "outside the folder that files are confined to"
	ErrTooLarge   refusal = "too large"
)

func (r refusal) Error() string { return string(r) }

// ReadIn reads a regular file of at most most bytes below a folder. A symbolic
// link is followed as long as it stays below. The name is relative to the folder.
// Errors wrap ErrOutside, ErrNotRegular, ErrTooLarge or those of package fs, and
// never quote the file.
func ReadIn(folder *os.Root, name string, most int64) ([]byte, error) {
	f, err := Open(folder, name)
	if err != nil {
		return nil, err
	}
	return readAll(f, name, most)
}

// Open opens a regular file below a folder for reading, without waiting for a
// writer where the name is that of a pipe.
func Open(folder *os.Root, name string) (*os.File, error) {
	if !filepath.IsLocal(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	return open(name, folder.Stat, folder.OpenFile)
}

// ReadFile reads a regular file that the user named, of at most most bytes.
func ReadFile(name string, most int64) ([]byte, error) {
	f, err := open(name, os.Stat, os.OpenFile)
	if err != nil {
		return nil, err
	}
	return readAll(f, name, most)
}

// ReadFS reads a regular file of at most most bytes from a file system.
func ReadFS(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err == nil {
		err = regular(name, info)
	}
	if err != nil {
		return nil, Explain(err)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, Explain(err)
	}
	return readAll(f, name, most)
}

// open looks before it opens, so that a device is not touched, and once more
// afterwards: the name may be another file's by then.
func open(name string, stat func(string) (fs.FileInfo, error), openFile func(string, int, fs.FileMode) (*os.File, error)) (*os.File, error) {
	info, err := stat(name)
	if err == nil {
		err = regular(name, info)
	}
	if err != nil {
		return nil, Explain(err)
	}
	f, err := openFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, Explain(err)
	}
	if info, err = f.Stat(); err == nil {
		err = regular(name, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func regular(name string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
}

// Explain gives the error of an os.Root for a path that leads out of it a value,
// ErrOutside: package os does not export its own.
func Explain(err error) error {
	var p *fs.PathError
	for cause := err; errors.As(cause, &p); cause = p.Err {
		if p.Err.Error() == "path escapes from parent" {
			return &fs.PathError{Op: p.Op, Path: p.Path, Err: ErrOutside}
		}
	}
	return err
}

// readAll reads a file to its end and closes it. A size is not relied upon: a
// file may grow, and those of /proc have none.
func readAll(f io.ReadCloser, name string, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	err = errors.Join(err, f.Close())
	if err == nil && int64(len(data)) > most {
		err = &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("%w: at most %d bytes are read", ErrTooLarge, most)}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
