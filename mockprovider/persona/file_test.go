package persona

import "testing"

func TestShipped(t *testing.T) {
	for _, name := range Names() {
		if _, err := Named(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
