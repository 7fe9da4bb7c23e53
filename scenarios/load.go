package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// LoadOption changes how files are loaded.
type LoadOption func(*loader)

// WithEnv lets variables take their values from the environment, looked up by
// name. Without it no environment variable is set.
func WithEnv(lookup func(name string) (string, bool)) LoadOption {
	return func(l *loader) { l.env = lookup }
}

// WithGrammar keeps what was learnt of the format's types between loads: for
// who loads often.
func WithGrammar(g *strict.Grammar) LoadOption { return func(l *loader) { l.grammar = g } }

// ErrNothing is a path or a pattern that no scenario file was found for.
var ErrNothing = errors.New("no scenario file found")

// Load reads the scenarios of files, of folders with all below them, and of
// patterns as path.Match has them; of everything if no path is given. Names
// with _ or . in front are left out of folders. A scenario with a matrix
// becomes several, named `name [axis=value ..]`.
//
// The error has every problem of every file, as strict.Problems, and then no
// scenario is returned. It wraps ErrNothing where there was nothing to read.
func Load(fsys fs.FS, paths []string, opts ...LoadOption) ([]*Scenario, error) {
	l := &loader{fsys: fsys, grammar: &strict.Grammar{}, env: func(string) (string, bool) { return "", false }}
	for _, o := range opts {
		o(l)
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	files, err := l.files(paths)
	if err != nil {
		return nil, err
	}
	var out []*Scenario
	for _, file := range files {
		out = append(out, l.file(file)...)
	}
	if len(l.problems) > 0 || len(l.failures) > 0 {
		return nil, errors.Join(append(l.failures, l.problems.Sorted().Err())...)
	}
	return out, nil
}

// Problems returns what an error of Load says about files, nil if it is about
// something else.
func Problems(err error) strict.Problems {
	var ps strict.Problems
	errors.As(err, &ps)
	return ps
}

type loader struct {
	fsys     fs.FS
	env      func(string) (string, bool)
	problems strict.Problems
	failures []error
	grammar  *strict.Grammar
}

func (l *loader) files(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		found, err := l.expand(p)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: %w: a scenario file is named like login.yaml", p, ErrNothing)
		}
		for _, f := range found {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func (l *loader) expand(p string) ([]string, error) {
	if strings.ContainsAny(p, "*?[") {
		found, err := fs.Glob(l.fsys, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		return slices.DeleteFunc(found, func(f string) bool { return !isScenarioFile(f) }), nil
	}
	info, err := fs.Stat(l.fsys, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, ErrNothing)
	}
	if !info.IsDir() {
		return []string{p}, nil
	}
	var out []string
	err = fs.WalkDir(l.fsys, p, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != p && hidden(name):
			return fs.SkipDir
		case !d.IsDir() && isScenarioFile(name):
			out = append(out, name)
		}
		return nil
	})
	return out, err
}

func hidden(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".")
}

func isScenarioFile(name string) bool {
	ext := path.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !hidden(name)
}

func (l *loader) read(file string) ([]*strict.Document, error) {
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil, err
	}
	docs, ps := strict.ParseYAML(file, data)
	l.problems = append(l.problems, ps...)
	if len(docs) == 0 && len(ps) == 0 {
		return nil, fmt.Errorf("%s: %w: the file is empty", file, ErrNothing)
	}
	return docs, nil
}

func (l *loader) file(file string) []*Scenario {
	docs, err := l.read(file)
	if err != nil {
		l.failures = append(l.failures, err)
	}
	var out []*Scenario
	names := map[string]*strict.Node{}
	for _, doc := range docs {
		name := doc.Root.Get("scenario")
		if name != nil && name.Kind == strict.Scalar {
			if first := names[name.Text]; first != nil {
				l.report(name.Problem(strict.Duplicate, "name it differently", "a scenario of this name stands in line %d already", first.Place().Line))
			}
			names[name.Text] = name
		}
		out = append(out, l.document(doc)...)
	}
	return out
}

func (l *loader) report(p strict.Problem) { l.problems = append(l.problems, p) }

// document reads one document, which is one scenario, or several with a matrix.
func (l *loader) document(doc *strict.Document) []*Scenario {
	root := l.compose(doc)
	if doc.Root.Get("steps") == nil && root.Get("steps") != nil {
		l.report(doc.Root.Problem(strict.Required, "begin with `use`, or with steps of its own", "%q is missing", "steps"))
	}
	head, problems := l.head(doc, root)
	combinations := []Combination{{}}
	if problems == nil {
		combinations = head.Matrix.combine()
	}
	if len(combinations) == 0 {
		problems = append(problems, root.Get("matrix").KeyProblem(strict.Check, "exclude fewer", "the matrix excludes every combination"))
	}
	var out []*Scenario
	broken := len(problems) > 0
	for i, c := range combinations {
		s := &Scenario{}
		names := newNames(l, head, root, c, broken)
		if i == 0 {
			problems = append(problems, names.problems...)
			problems = append(problems, names.unused(doc, root)...)
		}
		problems = append(problems, root.Decode(s, strict.Interpolate(names.resolve), strict.Reuse(l.grammar))...)
		if !onlyNames(problems) {
			break
		}
		s.Node, s.File, s.Combination = doc.Root, doc.File, c.in(head.Matrix)
		s.Name = title(s.Name, s.Combination)
		problems = append(problems, s.check(root)...)
		s.Warnings = s.lint()
		out = append(out, s)
	}
	l.problems = append(l.problems, problems...)
	return out
}

// onlyNames tells problems after which the steps are still known well enough
// to check what they refer to.
func onlyNames(ps strict.Problems) bool {
	return !slices.ContainsFunc(ps, func(p strict.Problem) bool { return p.Rule != strict.Variable && p.Rule != strict.Use })
}

// head is what must be known before texts can be filled in.
type head struct {
	Vars   map[string]*Var
	Matrix *Matrix
}

func (l *loader) head(doc *strict.Document, root *strict.Node) (head, strict.Problems) {
	var h head
	var problems strict.Problems
	if n := root.Get("vars"); n != nil {
		problems = append(problems, n.Decode(&h.Vars, strict.Reuse(l.grammar))...)
	}
	if n := doc.Root.Get("matrix"); n != nil {
		problems = append(problems, n.Decode(&h.Matrix, strict.Reuse(l.grammar))...)
	}
	for name, v := range h.Vars {
		if v == nil || v.Node == nil {
			continue
		}
		if p, bad := v.problem(name, l.env); bad {
			problems = append(problems, p)
		}
	}
	return h, problems
}
