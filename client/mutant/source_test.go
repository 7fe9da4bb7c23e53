package mutant_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/mutant"
)

// TestStrictAppKnowsNoMutant keeps the bundled app code that may be copied: what is
// wrong with a mutant is in this package only.
func TestStrictAppKnowsNoMutant(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("../app/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
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
		if strings.Contains(string(text), ".Bugs") {
			t.Errorf("%s asks for bugs", name)
		}
	}
}
