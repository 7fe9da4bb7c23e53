package scenarios

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// tester is what Test needs of a test; *testing.T is one.
type tester[S any] interface {
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
func Test[S tester[S]](t S, fsys fs.FS, o Options) {
	t.Helper()
	all, err := Load(context.Background(), fsys, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t S) {
			t.Parallel()
			results := Run(context.Background(), []*drill.Scenario{s}, o)
			if len(results) != 1 {
				t.Fatalf("%v", errors.New("the scenario could not be started"))
			}
			r := results[0]
			if r.Outcome == result.Skipped {
				t.Skip(r.Reason)
			}
			if !r.Outcome.Good() {
				t.Errorf("%s: %s %s\n%s", r.Place, r.Outcome, r.Reason, failuresOf(r))
			}
		})
	}
}

// failuresOf are all that went wrong, a line each.
func failuresOf(r *result.Result) string {
	var out []string
	for _, s := range r.Steps {
		for _, f := range s.Failures {
			out = append(out, f.Place.String()+": step "+s.Verb+": "+f.Text())
		}
	}
	return strings.Join(out, "\n")
}
