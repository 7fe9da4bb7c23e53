package scenarios_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// TestOperatorsAreThoseOfMatch keeps the reader and the comparison together,
// which cannot import each other.
func TestOperatorsAreThoseOfMatch(t *testing.T) {
	if diff := cmp.Diff(match.Operators(), strict.Matchers()); diff != "" {
		t.Error(diff)
	}
}
