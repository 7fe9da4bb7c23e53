package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/authdrill/authdrill/mockprovider/confined"
)

// place is a file or a folder that was named: by the user, who may name any, or
// by a settings file, which a stranger may have written: it names places in its
// own folder, and below it.
type place struct {
	below string // the folder of the settings file; "" for what the user named
	name  string
}

// path is where the place is, as a program that is started here finds it.
func (p place) path() string {
	if p.below == "" {
		return p.name
	}
	return filepath.Join(p.below, p.name)
}

// absolute makes the path one that is the same in every folder.
func (p *place) absolute() (err error) {
	if p.below != "" {
		p.below, err = filepath.Abs(p.below)
	} else {
		p.name, err = filepath.Abs(p.name)
	}
	return err
}

// inFolder works in the folder that the place is confined to.
func (p place) inFolder(work func(*confined.Root) error) error {
	root, err := confined.OpenRoot(p.below)
	if err != nil {
		return err
	}
	return errors.Join(work(root), root.Close())
}

// read reads a regular file of at most most bytes.
func (p place) read(most int64) (data []byte, err error) {
	if p.below == "" {
		return confined.ReadFile(p.name, most)
	}
	err = p.inFolder(func(r *confined.Root) error {
		data, err = r.ReadFile(p.name, most)
		return err
	})
	return data, err
}

// readDocument reads a file of which lines may be quoted. In a stranger's checkout
// a link may be in its place also where the user named it: it must not lead out
// of the file's folder, or of the working folder.
func (p place) readDocument(most int64) ([]byte, error) {
	if p.below != "" {
		return p.read(most)
	}
	data, err := place{filepath.Dir(p.name), filepath.Base(p.name)}.read(most)
	if errors.Is(err, confined.ErrOutside) && filepath.IsLocal(p.name) {
		data, err = place{".", p.name}.read(most)
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = &fs.PathError{Op: e.Op, Path: p.name, Err: e.Err} // as it was named
	}
	return data, err
}

// write writes a file whole or not at all. Only a link that the user named is
// followed.
func (p place) write(perm fs.FileMode, write func(io.Writer) error) error {
	if p.below == "" {
		return confined.WriteFile(p.name, perm, write)
	}
	return p.inFolder(func(r *confined.Root) error { return r.WriteFile(p.name, perm, write) })
}

// remove deletes the file that write has written.
func (p place) remove() error {
	if p.below != "" {
		return p.inFolder(func(r *confined.Root) error { return r.Remove(p.name) })
	}
	name := p.name
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	return os.Remove(name)
}

// folder opens a folder, which is made where it is missing, for its owner only.
func (p place) folder() (*confined.Root, error) {
	if p.below != "" {
		var folder *confined.Root
		err := p.inFolder(func(r *confined.Root) (err error) {
			folder, err = r.Folder(p.name, 0o700)
			return err
		})
		return folder, err
	}
	if err := os.MkdirAll(p.name, 0o700); err != nil {
		return nil, err
	}
	return confined.OpenRoot(p.name)
}

// remedy is what to do about a place that leads out of the folder that it is
// confined to; otherwise is the remedy for every other error.
func (p place) remedy(err error, otherwise string) string {
	switch {
	case !errors.Is(err, confined.ErrOutside):
		return otherwise
	case p.below == "":
		return "the link leads out of its folder: name the file that it leads to"
	}
	return "a settings file names places below its own folder; a flag names any other"
}
