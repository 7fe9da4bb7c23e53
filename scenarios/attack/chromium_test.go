package attack

import (
	"errors"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent/chromium"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// realChromium is the browser that people use, where there is one.
func realChromium(t *testing.T) *chromium.Chromium {
	t.Helper()
	if testing.Short() {
		t.Skip("Chromium takes its time")
	}
	c, err := chromium.Start(t.Context())
	if errors.Is(err, chromium.ErrMissing) {
		t.Skip(err) // the tests of the command say where that is an error
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
	bench.Chromium = browser
	ids := map[string][]client.Bug{ // with further bugs that the browser alone sees
		"postmessage-wildcard": nil, "tokens-in-browser": {client.TokensInStorage},
		"session-fixation": nil, "code-in-history": nil, "idt-nonce-wrong": nil, "state-missing": nil, "idt-claims-html": nil, "late-double-callback": nil, "rt-race-parallel-10": nil,
	}
	all, err := catalog.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		further, chosen := ids[e.ID]
		if !chosen && !needsBrowser(e) {
			continue
		}
		delete(ids, e.ID)
		t.Run(e.ID, func(t *testing.T) {
			kill(t, bench, e)
			for _, bug := range further {
				if f := bench.Drill(t.Context(), e, bug); f.Verdict != FailSecurity {
					t.Errorf("%s survives: %s %s\n%s", bug, f.Verdict, f.Reason, testimony(f))
				}
			}
		})
	}
	if len(ids) > 0 {
		t.Errorf("not in the catalogue: %v", ids)
	}
}
