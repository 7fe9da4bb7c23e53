package scenarios

import (
	"context"
	"errors"
	"io/fs"
	"strings"
)

// T is what Test needs of a test; *testing.T is one.
type T[S any] interface {
	Helper()
	Run(name string, f func(S)) bool
	Parallel()
	Skip(args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Test runs the scenarios of a file system as subtests, in parallel:
//
//	func TestScenarios(t *testing.T) { scenarios.Test(t, os.DirFS("scenarios"), scenarios.Options{}) }
func Test[S T[S]](t S, fsys fs.FS, o Options) {
	t.Helper()
	all, err := Load(context.Background(), fsys, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t S) {
			t.Parallel()
			results := Run(context.Background(), []*Scenario{s}, o)
			if len(results) != 1 {
				t.Fatalf("%v", errors.New("the scenario could not be started"))
			}
			r := results[0]
			if r.Outcome == Skipped {
				t.Skip(r.Reason)
			}
			if !r.Outcome.Good() {
				t.Errorf("%s: %s %s\n%s", r.Place, r.Outcome, r.Reason, r.failures())
			}
		})
	}
}

// failures are all that went wrong, a line each.
func (r *Result) failures() string {
	var out []string
	for _, s := range r.Steps {
		for _, f := range s.Failures {
			text := f.Message
			if text == "" {
				text = f.Path + ": want " + f.Want + ", got " + f.Got
			}
			out = append(out, f.Place.String()+": step "+s.Verb+": "+text)
		}
	}
	return strings.Join(out, "\n")
}
