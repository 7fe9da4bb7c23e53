package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Disk is the machine's file system, where a path may begin with / or .. as on
// a command line, and is relative to the working directory otherwise.
//
// A file may come from a stranger, so Load reads nothing outside a root: Root
// where one is named; else the folder that a path names; for the path of a file
// the working directory if it is below, and the file's own folder if not.
// Neither include, use nor a symbolic link leads out of it.
type Disk struct{ Root string }

// Open opens a file for reading.
func (Disk) Open(name string) (fs.File, error) { return os.Open(name) }

// Stat describes a file without opening it: a pipe would wait for a writer.
func (Disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// ReadDir lists a folder, and opens nothing else.
func (Disk) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// folder is what files are confined to: a folder of the disk, or a file system.
type folder struct {
	fsys    fs.FS
	dir     string   // of the disk, absolute
	asNamed string   // the folder as it was named
	root    *os.Root // nil for another file system
}

// folders are the folders that a load has opened.
type folders struct {
	fsys   fs.FS
	opened map[string]*folder
}

func (h *folders) close() error {
	var err error
	for _, one := range h.opened {
		if one.root != nil {
			err = errors.Join(err, one.root.Close())
		}
	}
	return err
}

// forPath returns the folder that confines a path of the command line.
func (h *folders) forPath(p string, isDir bool) (*folder, error) {
	disk, ok := h.fsys.(Disk)
	switch below := isLocal(p); {
	case !ok:
		return h.open("")
	case disk.Root != "":
		return h.open(disk.Root)
	case !isDir && below:
		return h.open(".")
	case !isDir:
		return h.open(filepath.Dir(p))
	case below: // a link there may not lead out of the working directory
		outer, err := h.open(".")
		if err != nil {
			return nil, err
		}
		if name, ok := outer.localName(p); ok {
			_, err = outer.root.Stat(name)
			err = confined.Explain(err)
		}
		if err != nil {
			return outer, err
		}
	}
	return h.open(p)
}

// isLocal reports whether a path leads to below the working directory.
func isLocal(p string) bool {
	if filepath.IsAbs(p) {
		if wd, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(wd, p); err == nil {
				p = rel
			}
		}
	}
	return filepath.IsLocal(p)
}

// open returns a confining folder, opened once.
func (h *folders) open(dir string) (*folder, error) {
	if had := h.opened[dir]; had != nil {
		return had, nil
	}
	out := &folder{fsys: h.fsys, asNamed: dir}
	if _, ok := h.fsys.(Disk); ok {
		var err error
		if out.dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		if out.root, err = os.OpenRoot(dir); err != nil {
			return nil, err
		}
		out.fsys = out.root.FS()
	}
	h.opened[dir] = out
	return out, nil
}

// localName returns a path of the command line, or of a file that it leads to, as a
// name in the folder; false if it leads out.
func (h *folder) localName(file string) (string, bool) {
	if h.root == nil {
		file = path.Clean(file)
		return file, fs.ValidPath(file)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(h.dir, abs)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// readFile reads a regular file that is not too large. What leads to it is taken from
// the budget: a root opens every folder of a path, and of every link, in turn.
func (h *folder) readFile(file string, budget *strict.Budget) ([]byte, error) {
	name, ok := h.localName(file)
	switch {
	case !ok:
		return nil, &fs.PathError{Op: "open", Path: file, Err: confined.ErrOutside}
	case h.root == nil:
		return confined.ReadFS(h.fsys, name, strict.MaxFile)
	}
	name = filepath.FromSlash(name)
	steps := h.countSteps(name)
	if steps > strict.MaxSteps {
		return nil, &fs.PathError{Op: "open", Path: file, Err: errTooDeep}
	}
	if err := budget.Take(strict.Names, steps, 1); err != nil {
		return nil, err
	}
	return confined.ReadIn(h.root, name, strict.MaxFile)
}

// errTooDeep is the error of a file to which too many folders and links lead.
var errTooDeep = errors.New("too many folders and links")

// countSteps counts the folders and links on the way to a file, up to one more than
// are followed.
func (h *folder) countSteps(name string) int {
	count, at := 0, h.dir
	separator := string(filepath.Separator)
	for todo := strings.Split(name, separator); len(todo) > 0 && count <= strict.MaxSteps; count++ {
		at, todo = filepath.Join(at, todo[0]), todo[1:]
		if info, err := os.Lstat(at); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		to, err := os.Readlink(at)
		if err != nil || filepath.IsAbs(to) {
			break // the root refuses it
		}
		at, todo = filepath.Dir(at), append(strings.Split(to, separator), todo...)
	}
	return count
}

// explainRefusal says why a file is not read, and how to change that. It quotes
// nothing of the file.
func (h *folder) explainRefusal(file string, err error) (message, hint string) {
	switch {
	case errors.Is(err, confined.ErrOutside) && h.root == nil:
		return file + " is outside the file system that is read", "keep it there"
	case errors.Is(err, confined.ErrOutside):
		return file + " leads out of the folder " + h.asNamed + ", and nothing outside it is read", "name a folder that has both: --root DIR"
	case errors.Is(err, confined.ErrNotRegular):
		return file + " is not a regular file", "name a file with a scenario or a fragment"
	case errors.Is(err, errTooDeep):
		return fmt.Sprintf("more than %d folders and links lead to %s", strict.MaxSteps, file), "move it up"
	case errors.Is(err, confined.ErrTooLarge):
		return file + " has more than " + strict.Thousands(strict.MaxFile) + " bytes", "split it into several files"
	}
	var limit strict.Problem
	if errors.As(err, &limit) {
		return limit.Message, limit.Hint
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return "cannot be read: open " + file + ": " + err.Error(), ""
}
