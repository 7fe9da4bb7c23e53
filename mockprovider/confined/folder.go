package confined

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// errNotFolder is the reason for which something that is not a folder, or a
// link to one, is refused where a folder is wanted.
var errNotFolder = errors.New("not a folder")

// Folder opens a folder below the root. It is made where it is missing, and its
// parents too. No link is followed at the name itself.
func (r *Root) Folder(name string, perm fs.FileMode) (*Root, error) {
	if !filepath.IsLocal(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	if err := r.root.MkdirAll(name, perm); err != nil {
		return nil, explain(err)
	}
	info, err := r.root.Lstat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNotFolder}
	}
	if err != nil {
		return nil, explain(err)
	}
	root, err := r.root.OpenRoot(name)
	if err != nil {
		return nil, explain(err)
	}
	return &Root{dir: filepath.Join(r.dir, name), root: root}, nil
}

// CreateFile is WriteFile for a file that is not there yet: of several that
// create it at once one succeeds, and the others get an error that wraps
// fs.ErrExist. Whoever finds the name finds the whole file.
func (r *Root) CreateFile(name string, perm fs.FileMode, write func(io.Writer) error) error {
	if !filepath.IsLocal(name) {
		return &fs.PathError{Op: "write", Path: name, Err: ErrOutside}
	}
	temporary := filepath.Join(filepath.Dir(name), temporaryName())
	err := writeNew(r.root, temporary, perm, write)
	if err == nil {
		err = r.root.Link(temporary, name)
	}
	_ = r.root.Remove(temporary) // what is left of it holds nothing up
	return explain(err)
}

// Remove deletes a file below the root, or the link that has its name.
func (r *Root) Remove(name string) error {
	if !filepath.IsLocal(name) {
		return &fs.PathError{Op: "remove", Path: name, Err: ErrOutside}
	}
	return explain(r.root.Remove(name))
}
