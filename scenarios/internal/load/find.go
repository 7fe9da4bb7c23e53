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

// listed is a file that is read, and what it is confined to.
type listed struct {
	file string
	home *home
}

func (l *loader) files(paths []string) ([]listed, error) {
	var out []listed
	seen := map[string]bool{}
	for _, p := range paths {
		found, err := l.expand(p)
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

// expand finds the files that a path leads to.
func (l *loader) expand(p string) ([]listed, error) {
	if !strings.ContainsAny(p, "*?[") {
		return l.named(p)
	}
	counted := &countedFS{FS: l.homes.fsys, budget: l.budget}
	found, err := fs.Glob(counted, p)
	if err = errors.Join(err, counted.err); err != nil {
		return nil, l.unlisted(p, err)
	}
	var out []listed
	for _, f := range found {
		if !isScenarioFile(f) {
			continue
		}
		more, err := l.named(f)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// named finds what a path without a pattern leads to: a file, or all scenario
// files of a folder. A link is followed as long as it leads to below the root.
func (l *loader) named(p string) ([]listed, error) {
	info, err := fs.Stat(l.homes.fsys, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", p, ErrNothing, missing(err))
	}
	h, err := l.homes.of(p, info.IsDir())
	if err != nil {
		return nil, l.refused(h, p, err)
	}
	name, ok := h.name(p)
	switch {
	case !info.IsDir() && !isYAML(p):
		return nil, fmt.Errorf("%s: %w: a scenario file is named like login.yaml", p, ErrNothing)
	case !info.IsDir():
		return []listed{{p, h}}, nil
	case !ok:
		return nil, l.refused(h, p, confined.ErrOutside)
	}
	var out []listed
	err = fs.WalkDir(&countedFS{FS: h.fsys, budget: l.budget}, name, func(found string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && found != name && hidden(found):
			return fs.SkipDir
		case !d.IsDir() && isScenarioFile(found):
			out = append(out, listed{path.Join(p, strings.TrimPrefix(strings.TrimPrefix(found, name), "/")), h})
		}
		return nil
	})
	if err != nil {
		return nil, l.unlisted(p, err)
	}
	return out, nil
}

// missing says why a path leads to nothing.
func missing(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file or folder does not exist"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// refused is the error for a path that may not be read.
func (l *loader) refused(h *home, p string, err error) error {
	if h == nil {
		return err
	}
	message, hint := h.refusal(p, err)
	return strict.Problems{strict.FileProblem(p, strict.Value, hint, "%s", message)}
}

// unlisted is the error for a folder that could not be listed.
func (l *loader) unlisted(p string, err error) error {
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

func hidden(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".")
}

func isScenarioFile(name string) bool { return isYAML(name) && !hidden(name) }

func isYAML(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}
