package catalog

import (
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

func TestTheCatalogueIsGood(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries", len(all))
}

// Each entry that does something to a provider has an effect at one that does what the
// specifications say.
func TestStimuliHaveEffects(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, e := range all {
		if e.Stimulus == nil {
			continue
		}
		checked++
		if err := setup.Default().With(*e.Stimulus).Contradiction(); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
	if checked == 0 {
		t.Error("no entry has a stimulus")
	}
}
