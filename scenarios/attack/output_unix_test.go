//go:build unix

package attack

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestAppOutputHidesSecrets starts an app that fails and prints its environment: the
// error quotes it without secrets.
func TestAppOutputHidesSecrets(t *testing.T) {
	t.Parallel()
	o, canaries := optionsWithSecrets()
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

// TestShortenedOutputHidesSecrets has secrets that shortening or making text printable
// would change beyond recognition.
func TestShortenedOutputHidesSecrets(t *testing.T) {
	t.Parallel()
	for name, canary := range map[string]string{"cut": "C4nary-" + strings.Repeat("of-long-output-", 4), "printable": "C4nary\tof\x1boutput", "lines": "C4nary-one\nC4nary-two"} {
		h, err := mockprovider.NewHost(mockprovider.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		p, _ := h.Issuer("")
		o, _ := optionsWithSecrets()
		o.App = &target.App{BaseURL: "http://127.0.0.1:1", Start: &target.Start{
			Command: []string{"/bin/sh", "-c", `printf '%s%0390d\n' "$DB_PASSWORD" 7; exit 1`}, Env: map[string]string{"DB_PASSWORD": canary},
		}}
		w := &worker{campaign: &campaign{Options: o, secrets: o.knownSecrets()}, placeholders: placeholdersFor(p, p)}
		w.site = &webapp.Site{App: o.App, Providers: [2]*mockprovider.Provider{p}, Secrets: w.campaign.secrets}
		err = w.restart(t.Context())
		if err == nil || !strings.Contains(err.Error(), "00007") {
			t.Fatal(name, err)
		}
		if strings.Contains(err.Error(), "C4nary") || strings.Contains(err.Error(), "output") {
			t.Errorf("%s: %s", name, err)
		}
	}
}
