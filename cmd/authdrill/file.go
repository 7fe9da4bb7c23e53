package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file beside its place and moves it there, so that who
// waits for it never reads half of it. It is readable by its owner alone: what
// is written here may hold tokens.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".authdrill-*")
	if err != nil {
		return err
	}
	err = write(f)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that matters is the first
	}
	return err
}
