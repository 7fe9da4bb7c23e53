package claim

import "testing"

// TestClaimTable holds each claim to a clause, and to artifacts that have claims.
func TestClaimTable(t *testing.T) {
	for _, r := range table() {
		if r.name == "" || r.clause == "" || len(r.in) == 0 || r.value == nil {
			t.Errorf("%+v", r)
		}
		for _, artifact := range r.in {
			once := 0
			for _, other := range rows[artifact] {
				if other.name == r.name {
					once++
				}
			}
			if once != 1 {
				t.Errorf("%s has %d rows for %s", r.name, once, artifact)
			}
		}
	}
}
