package scenarios

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/load"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// Disk is the machine's file system, where a path may begin with / or .. as on
// a command line, and is relative to the working directory otherwise.
//
// A file may come from a stranger, so Load reads nothing outside a root: Root
// where one is named; else the folder that a path names; for the path of a file
// the working directory if it is below, and the file's own folder if not.
// Neither include, use nor a symbolic link leads out of it.
type Disk = load.Disk

// LoadOption changes how files are loaded.
type LoadOption = load.Option

// WithEnv lets variables take their values from the environment, looked up by
// name. Without it no environment variable is set.
func WithEnv(lookup func(name string) (string, bool)) LoadOption { return load.WithEnv(lookup) }

// What a file can ask of a machine is bounded: by these, and by a strict.Budget.
const (
	MaxName     = load.MaxName       // bytes of the name of a scenario
	MaxAxes     = matrix.MaxAxes     // axes of a matrix
	MaxExcluded = matrix.MaxExcluded // combinations that a matrix excludes
)

// ErrNothing is a path or a pattern that no scenario file was found for.
var ErrNothing = load.ErrNothing

// Load reads the scenarios of files, of folders with all below them, and of
// patterns as path.Match has them; of everything if no path is given. Names
// with _ or . in front are left out of folders. A scenario with a matrix
// becomes several, named `name [axis=value ..]`.
//
// The error has the problems of every file, as strict.Problems, and then no
// scenario is returned. It wraps ErrNothing where there was nothing to read.
// All that is read together is bounded by a strict.Budget, and ends with ctx.
func Load(ctx context.Context, fsys fs.FS, paths []string, opts ...LoadOption) ([]*drill.Scenario, error) {
	return load.Load(ctx, fsys, paths, append([]LoadOption{load.WithCatalogue(embedded{}), load.WithSubject(subjectOf), load.WithExamples(sync.OnceValue(exampleNames))}, opts...)...)
}

// exampleNames are the names of the examples, those with a matrix also without its
// values.
func exampleNames() []string {
	all, err := Load(context.Background(), Examples(), nil)
	if err != nil {
		return nil // cannot be: a test loads them
	}
	var out []string
	for _, s := range all {
		out = append(out, s.Name)
		if name, _, found := strings.Cut(s.Name, " ["); found && len(s.Combination) > 0 && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// embedded is the catalogue that comes with authdrill, read where a scenario names
// an entry of it.
type embedded struct{}

func (embedded) Stimulus(id string) (setup.Setup, error) { return catalog.Stimulus(id) }

func (embedded) Knows(id string) bool {
	_, err := catalog.Embedded().Lookup(id)
	return err == nil
}

func (embedded) Nearest(id string) string {
	var ids []string
	for _, e := range catalog.Embedded().Entries {
		ids = append(ids, e.ID)
	}
	return strict.Suggest(id, ids)
}

// subjectOf is what a scenario is played against: an app if it describes one or is
// an entry of a failure catalogue, else the bundled client.
func subjectOf(s *drill.Scenario) load.Subject {
	if s.App != nil || s.ID != "" {
		return appSubject()
	}
	return load.Subject{Can: bundled.Can, Shows: bundled.Shows}
}

// appSubject is an app whose clock may be the provider's, as that of the bundled
// app is.
func appSubject() load.Subject {
	return load.Subject{
		App:   true,
		Can:   func(s *drill.Step) error { return webapp.Can(true, s) },
		Shows: func(*witness.Outcome) (string, error) { return "", nil },
	}
}

// ForApp reads scenarios that are played against an app, whether they describe one
// or not.
func ForApp() LoadOption {
	return load.WithSubject(func(*drill.Scenario) load.Subject { return appSubject() })
}

// Problems returns what an error of Load says about files, nil if it is about
// something else.
func Problems(err error) strict.Problems { return load.Problems(err) }
