package load

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// foundFile is a file that is read, and what it is confined to.
type foundFile struct {
	file   string
	folder *folder
}

func (l *loader) findFiles(paths []string) ([]foundFile, error) {
	var out []foundFile
	seen := map[string]bool{}
	for _, p := range paths {
		found, err := l.expandPath(p)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: %w: a scenario file is named like login.yaml", p, ErrNothing)
		}
		for _, f := range found {
			if !seen[f.file] {
				seen[f.file] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// expandPath finds the files that a path leads to.
func (l *loader) expandPath(p string) ([]foundFile, error) {
	if !strings.ContainsAny(p, "*?[") {
		return l.expandName(p)
	}
	counted := &countedFS{FS: l.folders.fsys, budget: l.budget}
	found, err := fs.Glob(counted, p)
	if err = errors.Join(err, counted.err); err != nil {
		return nil, l.unlistedFolder(p, err)
	}
	var out []foundFile
	for _, f := range found {
		if !isScenarioFile(f) {
			continue
		}
		more, err := l.expandName(f)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// expandName finds the files of a path without a pattern: a file, or all scenario
// files of a folder. Links are followed below the root only.
func (l *loader) expandName(p string) ([]foundFile, error) {
	info, err := fs.Stat(l.folders.fsys, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", p, ErrNothing, explainMissing(err))
	}
	h, err := l.folders.forPath(p, info.IsDir())
	if err != nil {
		return nil, l.refusedPath(h, p, err)
	}
	name, ok := h.localName(p)
	switch {
	case !info.IsDir() && !isYAML(p):
		return nil, fmt.Errorf("%s: %w: a scenario file is named like login.yaml", p, ErrNothing)
	case !info.IsDir():
		return []foundFile{{p, h}}, nil
	case !ok:
		return nil, l.refusedPath(h, p, confined.ErrOutside)
	}
	var out []foundFile
	err = fs.WalkDir(&countedFS{FS: h.fsys, budget: l.budget}, name, func(found string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && found != name && isHidden(found):
			return fs.SkipDir
		case !d.IsDir() && isScenarioFile(found):
			out = append(out, foundFile{path.Join(p, strings.TrimPrefix(strings.TrimPrefix(found, name), "/")), h})
		}
		return nil
	})
	if err != nil {
		return nil, l.unlistedFolder(p, err)
	}
	return out, nil
}

// explainMissing says why a path has no file.
func explainMissing(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file or folder does not exist"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// refusedPath returns the error for a path that may not be read.
func (l *loader) refusedPath(h *folder, p string, err error) error {
	if h == nil {
		return err
	}
	message, hint := h.explainRefusal(p, err)
	return strict.Problems{strict.FileProblem(p, strict.Value, hint, "%s", message)}
}

// unlistedFolder returns the error for a folder that could not be listed.
func (l *loader) unlistedFolder(p string, err error) error {
	var limit strict.Problem
	if errors.As(err, &limit) {
		return strict.Problems{strict.FileProblem(p, strict.Limit, limit.Hint, "%s", limit.Message)}
	}
	return fmt.Errorf("%s: %w", p, err)
}

// countedFS lists folders within a budget.
type countedFS struct {
	fs.FS
	budget *strict.Budget
	err    error
}

// ReadDir lists a folder. Those that lead to it count, too: a root opens each.
func (c *countedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if c.err = c.budget.Take(strict.Names, strings.Count(name, "/")+1, 1); c.err != nil {
		return nil, c.err
	}
	entries, err := fs.ReadDir(c.FS, name)
	if err != nil {
		return nil, err
	}
	c.err = c.budget.Take(strict.Names, len(entries), 1)
	return entries, c.err
}

// Stat describes a file without opening it.
func (c *countedFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

func isHidden(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".")
}

func isScenarioFile(name string) bool { return isYAML(name) && !isHidden(name) }

func isYAML(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}
