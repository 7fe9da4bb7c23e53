package catalog

import "testing"

func TestTheCatalogueIsGood(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries", len(all))
}
