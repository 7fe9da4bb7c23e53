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

// within works in the folder that the place is confined to.
func (p place) within(work func(*confined.Root) error) error {
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
	err = p.within(func(r *confined.Root) error {
		data, err = r.ReadFile(p.name, most)
		return err
	})
	return data, err
}

// write writes a file whole or not at all. Only a link that the user named is
// followed.
func (p place) write(perm fs.FileMode, write func(io.Writer) error) error {
	if p.below == "" {
		return confined.WriteFile(p.name, perm, write)
	}
	return p.within(func(r *confined.Root) error { return r.WriteFile(p.name, perm, write) })
}

// remove deletes the file that write has written.
func (p place) remove() error {
	if p.below != "" {
		return p.within(func(r *confined.Root) error { return r.Remove(p.name) })
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
		err := p.within(func(r *confined.Root) (err error) {
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

// confinement is the remedy for a place outside the folder of a settings file;
// otherwise is the one for every other error.
func confinement(err error, otherwise string) string {
	if errors.Is(err, confined.ErrOutside) {
		return "a settings file names places below its own folder; a flag names any other"
	}
	return otherwise
}
