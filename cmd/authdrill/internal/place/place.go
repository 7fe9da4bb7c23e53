// Package place reads and writes the files that a user or a settings file names. A
// settings file, which a stranger may have written, names files below its own folder.
package place

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authdrill/authdrill/mockprovider/confined"
)

// Place is a file or a folder that was named: by the user, who may name any, or
// by a settings file, which a stranger may have written: it names places in its
// own folder, and below it.
type Place struct {
	Below string // the folder of the settings file; "" for what the user named
	Name  string
}

// Path is where the place is, as a program that is started here finds it.
func (p Place) Path() string {
	if p.Below == "" {
		return p.Name
	}
	return filepath.Join(p.Below, p.Name)
}

// Absolute makes the path one that is the same in every folder.
func (p *Place) Absolute() (err error) {
	if p.Below != "" {
		p.Below, err = filepath.Abs(p.Below)
	} else {
		p.Name, err = filepath.Abs(p.Name)
	}
	return err
}

// inFolder works in the folder that the place is confined to.
func (p Place) inFolder(work func(*Folder) error) error {
	folder, err := openFolder(p.Below)
	if err != nil {
		return err
	}
	return errors.Join(work(folder), folder.Close())
}

// Read reads a regular file of at most most bytes.
func (p Place) Read(most int64) (data []byte, err error) {
	if p.Below == "" {
		return confined.ReadFile(p.Name, most)
	}
	err = p.inFolder(func(f *Folder) error {
		data, err = f.ReadFile(p.Name, most)
		return err
	})
	return data, err
}

// ReadDocument reads a file of which lines may be quoted. In a stranger's checkout
// a link may be in its place also where the user named it: it must not lead out
// of the file's folder, or of the working folder.
func (p Place) ReadDocument(most int64) ([]byte, error) {
	if p.Below != "" {
		return p.Read(most)
	}
	data, err := Place{filepath.Dir(p.Name), filepath.Base(p.Name)}.Read(most)
	if errors.Is(err, confined.ErrOutside) && filepath.IsLocal(p.Name) {
		data, err = Place{".", p.Name}.Read(most)
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = &fs.PathError{Op: e.Op, Path: p.Name, Err: e.Err} // as it was named
	}
	return data, err
}

// Write writes a file whole or not at all. Only a link that the user named is
// followed.
func (p Place) Write(perm fs.FileMode, write func(io.Writer) error) error {
	if p.Below == "" {
		return writeFile(p.Name, perm, write)
	}
	return p.inFolder(func(f *Folder) error { return f.WriteFile(p.Name, perm, write) })
}

// Remove deletes the file that write has written.
func (p Place) Remove() error {
	if p.Below != "" {
		return p.inFolder(func(f *Folder) error { return f.Remove(p.Name) })
	}
	name := p.Name
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	return os.Remove(name)
}

// Folder opens a folder, which is made where it is missing, for its owner only.
func (p Place) Folder() (*Folder, error) {
	if p.Below != "" {
		var folder *Folder
		err := p.inFolder(func(f *Folder) (err error) {
			folder, err = f.Folder(p.Name, 0o700)
			return err
		})
		return folder, err
	}
	if err := os.MkdirAll(p.Name, 0o700); err != nil {
		return nil, err
	}
	return openFolder(p.Name)
}

// Remedy is what to do about a place that leads out of the folder that it is
// confined to; otherwise is the remedy for every other error.
func (p Place) Remedy(err error, otherwise string) string {
	switch {
	case !errors.Is(err, confined.ErrOutside):
		return otherwise
	case p.Below == "":
		return "the link leads out of its folder: name the file that it leads to"
	}
	return "a settings file names places below its own folder; a flag names any other"
}
