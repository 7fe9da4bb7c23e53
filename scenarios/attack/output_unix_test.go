//go:build unix

package attack

import (
	"strings"
	"testing"
)

// TestOutputOfAnAppIsToldWithoutSecrets: an app that does not start says why, and
// with it often what it was given.
func TestOutputOfAnAppIsToldWithoutSecrets(t *testing.T) {
	t.Parallel()
	o, canaries := told()
	o.Listen = "127.0.0.1:0"
	o.App.Start.Command = []string{"/bin/sh", "-c", "echo cannot start with $CLIENT_SECRET and $DB_PASSWORD and $GITHUB_TOKEN; exit 1"}
	o.App.BaseURL = "http://127.0.0.1:1"
	_, err := Run(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "cannot start with …") {
		t.Fatal(err)
	}
	for way, canary := range canaries {
		if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %s", way, err)
		}
	}
	if strings.Contains(err.Error(), "app-secret") {
		t.Errorf("the client secret: %s", err)
	}
}
