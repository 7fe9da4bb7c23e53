package attack

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// realChromium is the browser that people use, where there is one.
func realChromium(t *testing.T) *chromium.Chromium {
	t.Helper()
	if testing.Short() {
		t.Skip("Chromium takes its time")
	}
	c, err := chromium.Start(t.Context())
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("AUTHDRILL_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestKillMatrixInChromium: what is proven with the scripted browser holds with a
// real one, and what only a real one sees is proven with that.
func TestKillMatrixInChromium(t *testing.T) {
	browser := realChromium(t)
	t.Parallel()
	bench, err := NewBench(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bench.Close() })
	bench.browser = browser
	ids := map[string]bool{
		"postmessage-wildcard": true, "tokens-in-browser": true, "tokens-in-web-storage": true, "session-fixation": true, "code-in-history": true,
		"idt-nonce-wrong": true, "state-missing": true, "idt-claims-html": true, "late-double-callback": true, "rt-race-parallel-10": true,
	}
	all := catalog.Embedded().Entries
	for _, e := range all {
		if !ids[e.ID] && !webapp.NeedsBrowser(e.Scenario) {
			continue
		}
		delete(ids, e.ID)
		t.Run(e.ID, func(t *testing.T) { checkEntry(t, bench, e) })
	}
	if len(ids) > 0 {
		t.Errorf("not in the catalogue: %v", ids)
	}
}
