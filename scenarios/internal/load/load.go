// Package load reads the documents of the drill language strictly: it composes
// them with their fragments, fills in what is known by then, checks every name
// they refer to, and reports all problems of all files at once, each with its
// place and a remedy. Begin with Load.
package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// Option changes how files are loaded.
type Option func(*loader)

// WithEnv lets variables take their values from the environment, looked up by
// name. Without it no environment variable is set.
func WithEnv(lookup func(name string) (string, bool)) Option {
	return func(l *loader) { l.env = lookup }
}

// ErrNothing is a path or a pattern that no scenario file was found for.
var ErrNothing = errors.New("no scenario file found")

// Load reads the scenarios of files, of folders with all below them, and of
// patterns as path.Match has them; of everything if no path is given. Names
// with _ or . in front are left out of folders. A scenario with a matrix
// becomes several, named `name [axis=value ..]`.
//
// The error has the problems of every file, as strict.Problems, and then no
// scenario is returned. It wraps ErrNothing where there was nothing to read.
// All that is read together is bounded by a strict.Budget, and ends with ctx.
func Load(ctx context.Context, fsys fs.FS, paths []string, opts ...Option) ([]*drill.Scenario, error) {
	l := &loader{
		budget: strict.NewBudget(ctx), folders: &folders{fsys: fsys, opened: map[string]*folder{}}, fragments: map[fragmentKey]*fragment{}, ids: map[string]*strict.Node{},
		env: func(string) (string, bool) { return "", false }, subject: ableSubject, catalogue: emptyCatalogue{},
	}
	for _, o := range opts {
		o(l)
	}
	out, err := l.load(paths)
	err = errors.Join(err, l.folders.close())
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Problems returns the problems of files in an error of Load, nil for another error.
func Problems(err error) strict.Problems {
	var ps strict.Problems
	errors.As(err, &ps)
	return ps
}

type loader struct {
	subject     func(*drill.Scenario) Subject
	catalogue   Catalogue
	examples    func() []string // names of the examples that entries may name; nil takes any name
	budget      *strict.Budget
	folders     *folders
	fragments   map[fragmentKey]*fragment
	env         func(string) (string, bool)
	problems    strict.Problems         // of the file that is being read, with its fragments
	hidden      []*redact.Secrets       // of its documents, which problems must not show
	documents   []*strict.Node          // those that were read for it
	credentials int                     // that they have
	ids         map[string]*strict.Node // entries of all files, by their id
	failures    []error
}

func (l *loader) load(paths []string) ([]*drill.Scenario, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	files, err := l.findFiles(paths)
	if err != nil {
		return nil, err
	}
	var out []*drill.Scenario
	var all strict.Problems
	for _, file := range files {
		if l.budget.Context.Err() != nil {
			break
		}
		out = append(out, l.readFile(file)...)
		all = append(all, l.hideInProblems()...)
		l.problems, l.hidden, l.documents, l.credentials = nil, nil, nil, 0
	}
	if len(all) > 0 || len(l.failures) > 0 {
		return nil, errors.Join(append(l.failures, all.Sorted().Err())...)
	}
	return out, nil
}

func (l *loader) readFile(f foundFile) []*drill.Scenario {
	data, err := f.folder.readFile(f.file, l.budget)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			l.failures = append(l.failures, err)
			return nil
		}
		message, hint := f.folder.explainRefusal(f.file, err)
		l.report(strict.FileProblem(f.file, strict.Value, hint, "%s", message))
		return nil
	}
	docs, ps := l.parseFile(f.file, data)
	l.report(ps...)
	if len(docs) == 0 && len(ps) == 0 {
		l.failures = append(l.failures, fmt.Errorf("%s: %w: the file is empty", f.file, ErrNothing))
	}
	var out []*drill.Scenario
	names := map[string]*strict.Node{}
	for i, doc := range docs {
		if len(l.problems) > strict.MaxProblems || l.budget.Context.Err() != nil {
			l.report(doc.Problem(strict.Limit, "correct those that are shown first", "%d more documents of this file are not checked", len(docs)-i))
			break
		}
		if id := doc.Get("entry"); id != nil {
			l.refuseSecond(id, l.ids, "an entry with this id")
		} else {
			l.refuseSecond(doc.Get("scenario"), names, "a scenario of this name")
		}
		out = append(out, l.readDocument(doc, f.folder)...)
	}
	return out
}

// refuseSecond refuses a name that an earlier document has.
func (l *loader) refuseSecond(name *strict.Node, names map[string]*strict.Node, what string) {
	if name == nil || name.Kind != strict.Scalar {
		return
	}
	first := names[name.Text]
	switch {
	case first == nil:
		names[name.Text] = name
	case first.Place().File == name.Place().File:
		l.report(name.Problem(strict.Duplicate, "name it differently", "line %d has %s already", first.Place().Line, what))
	default:
		l.report(name.Problem(strict.Duplicate, "name it differently", "%s has %s already", first.Place(), what))
	}
}

func (l *loader) report(ps ...strict.Problem) { l.problems = append(l.problems, ps...) }

// readDocument reads one document, which is one scenario, or several with a matrix.
func (l *loader) readDocument(doc *strict.Node, h *folder) []*drill.Scenario {
	root, ok := l.compose(doc, h)
	if !ok {
		return nil
	}
	if doc.Get("steps") == nil && doc.Get("entry") == nil && root.Get("steps") != nil {
		l.report(doc.Problem(strict.Required, "begin with `use`, or with steps of its own", "%q is missing", "steps"))
	}
	head, problems := l.readHeader(doc, root)
	isEntry := root.Get("entry") != nil
	known := head.collectSecrets(l.env)
	l.hidden = append(l.hidden, known)
	combinations := []matrix.Combination{{}}
	if problems == nil {
		if combinations, ok = l.readCombinations(head.Matrix, root); !ok {
			return nil
		}
	}
	if len(combinations) == 0 {
		problems = append(problems, root.Get("matrix").KeyProblem(strict.Check, "exclude fewer", "the matrix excludes every combination"))
	}
	var out []*drill.Scenario
	names := newNames(l, head, root, len(problems) > 0)
	problems = append(problems, names.problems...)
	problems = append(problems, names.reportUnused(doc, root)...)
	options := strict.Options{Resolve: names.resolve, Budget: l.budget}
	if len(combinations) > 1 {
		options.Shared = &strict.Shared{Root: root, Varies: isAxis}
	}
	for i, c := range combinations {
		s := &drill.Scenario{}
		names.combination = c
		problems = append(problems, root.Decode(s, options)...)
		if !areAboutNames(problems) || len(problems) > strict.MaxProblems || l.budget.Context.Err() != nil {
			break
		}
		s.Node, s.File, s.Combination = doc, doc.Place().File, c.In(head.Matrix)
		s.Group = groupOf(s.File)
		if isEntry {
			fillInEntry(s, c, head.Matrix, i)
		} else {
			s.Name = titleOf(s.Name, s.Combination)
		}
		problems = append(problems, l.check(s, root)...)
		problems = append(problems, l.readKeys(s, root, h)...)
		s.Warnings = findUnlikely(s)
		hideInScenario(s, known)
		out = append(out, s)
	}
	if isEntry && len(problems) == 0 {
		problems = checkEntry(root, out)
	}
	l.report(problems...)
	return out
}

// areAboutNames reports whether the references of steps can still be checked after
// these problems.
func areAboutNames(ps strict.Problems) bool {
	return !slices.ContainsFunc(ps, func(p strict.Problem) bool { return p.Rule != strict.Variable && p.Rule != strict.Use })
}

// header is what must be known before texts can be filled in.
type header struct {
	Vars   map[string]*drill.Var
	Matrix *matrix.Matrix
}

func (l *loader) readHeader(doc *strict.Node, root *strict.Node) (header, strict.Problems) {
	var h header
	var problems strict.Problems
	if n := root.Get("vars"); n != nil {
		problems = append(problems, n.Decode(&h.Vars, strict.Options{})...)
	}
	if n := doc.Get("matrix"); n != nil {
		problems = append(problems, n.Decode(&h.Matrix, strict.Options{})...)
	}
	switch {
	case h.Matrix == nil || len(problems) > 0:
	case root.Get("entry") != nil:
		problems = append(problems, checkVariants(root, h.Matrix)...)
	default:
		problems = append(problems, refuseValueProofs(h.Matrix)...)
	}
	for name, v := range h.Vars {
		if v == nil || v.Node == nil {
			continue
		}
		if p, bad := checkVariable(v, name, l.env); bad {
			problems = append(problems, p)
		}
	}
	return h, problems
}
