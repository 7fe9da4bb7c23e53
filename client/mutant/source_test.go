package mutant_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/mutant"
)

// TestStrictClientKnowsNoMutant keeps the client and the bundled app code that may be
// copied: what is wrong with a mutant is in this package only.
func TestStrictClientKnowsNoMutant(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	ofApp, err := filepath.Glob("../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	sources = slices.DeleteFunc(append(sources, ofApp...), func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	if len(sources) < 30 {
		t.Fatalf("only %d sources were found", len(sources))
	}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mutant.Names() {
			if strings.Contains(string(text), m) {
				t.Errorf("%s names %s", name, m)
			}
		}
	}
}
