package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/result"
)

// carefulStart makes the bundled app, or fails to if the metadata or keys are not
// good.
func carefulStart(cfg app.Config) (http.Handler, error) {
	c, err := client.New(cfg.Config)
	if err != nil {
		return nil, err
	}
	metadata, err := c.Discover(context.Background())
	if err != nil {
		return nil, fmt.Errorf("the app ended before it was ready: %w", err)
	}
	resp, err := cfg.HTTPClient.Get(metadata.JWKSURI)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var set struct{ Keys []map[string]any }
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil || resp.StatusCode != http.StatusOK || len(set.Keys) == 0 {
		return nil, errors.Join(errors.New("the key set is not good"), err)
	}
	return app.New(cfg)
}

// TestAppThatRefusesToStart: an app that checks its provider when it starts, and
// does not start, passes where the catalogue says that it may, and fails where it
// has to start all the same. Whatever it does, nothing stays armed, and the next
// entry meets a whole app.
func TestAppThatRefusesToStart(t *testing.T) {
	t.Parallel()
	all := catalog.Embedded().Entries
	w := calibrate(t, newTestWorker(t, bundledApp(), nil, carefulStart))
	refused, down := 0, 0
	for _, e := range all {
		if engine.KeptByApp(e.Scenario) == "" || w.skipReason(e.Scenario) != "" || expectedWait(e) > 0 {
			continue // a start that waits is slow, and nothing else
		}
		for _, v := range e.Variants {
			f := w.drill(t.Context(), v)
			if armed := w.site.Provider().Faults(); len(armed) > 0 {
				t.Fatalf("%s leaves %v armed", v.FullID(), armed)
			}
			want, says := wantVerdict(e), ""
			switch {
			case !strings.Contains(f.Reason, "start"):
			case v.Outcome.App.MayRefuseStart:
				refused++
				says = "refuses to start"
			default:
				down++
				want, says = result.FailRobustness, "does not start"
			}
			if f.Verdict != want || !strings.Contains(f.Reason, says) {
				t.Errorf("%s: %s %s\n%s", v.FullID(), f.Verdict, f.Reason, describeWitnesses(f))
			}
			if err := w.restartIfWorn(t.Context(), &drill.Scenario{}); err != nil {
				t.Fatal(err)
			}
			if why := w.site.PlainSignIn(t.Context(), "afterwards"); why != "" {
				t.Fatalf("after %s a plain sign-in does not work: %s", v.FullID(), why)
			}
			w.site.Reset()
		}
	}
	if refused < 4 || down < 2 {
		t.Errorf("%d starts were refused, and at %d the app was down", refused, down)
	}
}

// TestNothingStaysArmed ends an entry in each way there is, and finds no fault
// armed and no certificate in use that is not good.
func TestNothingStaysArmed(t *testing.T) {
	t.Parallel()
	w := calibrate(t, newTestWorker(t, bundledApp(), nil, func(cfg app.Config) (http.Handler, error) { return app.New(cfg) }))
	e, err := catalog.Embedded().Lookup("disc-issuer-mismatch")
	if err != nil {
		t.Fatal(err)
	}
	disarmed := 0
	w.site.Disarm = func() { disarmed++ }
	restart := w.site.Restart
	for name, broken := range map[string]func(){
		"the app does not start, for another reason": func() {
			once := true
			w.site.Restart = func(ctx context.Context) error {
				if once {
					once = false
					return errors.New("the port is busy")
				}
				return restart(ctx)
			}
		},
		"a step that cannot be done": func() {
			other := *e.Scenario
			other.Steps = []*drill.Step{{Open: &drill.Open{Page: "nowhere"}}}
			e = &catalog.Entry{Scenario: &other, Variants: []*drill.Scenario{&other}}
		},
	} {
		broken()
		disarmed = 0
		if f := w.play(t.Context(), e); f.Verdict != result.Invalid {
			t.Errorf("%s: %s %s", name, f.Verdict, f.Reason)
		}
		if armed := w.site.Provider().Faults(); len(armed) > 0 || disarmed == 0 {
			t.Errorf("%s: %v armed, disarmed %d times", name, armed, disarmed)
		}
		w.site.Restart = restart
	}
	w.campaign.EntryWithin = 1 // its time is over before it begins
	disarmed = 0
	if f := w.play(t.Context(), e); f.Verdict != result.Invalid || len(w.site.Provider().Faults()) > 0 || disarmed == 0 {
		t.Errorf("%s %s, %v armed, disarmed %d times", f.Verdict, f.Reason, w.site.Provider().Faults(), disarmed)
	}
}
