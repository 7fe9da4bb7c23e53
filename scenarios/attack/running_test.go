package attack

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/scenarios/result"
)

// newRunningWorker makes a worker whose app runs already: it is not started anew, and is
// known by its pages for signing in and for signed-in users only.
func newRunningWorker(t *testing.T, policy func(*frugalApp, string, map[string]any) (map[string]any, error)) *worker {
	t.Helper()
	app := frugalTarget()
	app.Callback = ""
	w := newTestWorker(t, app, nil, newFrugalApp(policy))
	app.Start = nil
	w.site.Restart, w.campaign.App = nil, app
	return calibrate(t, w)
}

// TestRunningAppAsksAgain: an app that has its provider's keys from before is not failed
// for not asking, and its callback page is known from its sign-ins.
func TestRunningAppAsksAgain(t *testing.T) {
	t.Parallel()
	w := newRunningWorker(t, cachingApp(0))
	for _, id := range []string{"jwks-uri-fresh-path", "rotate-overlap", "jwks-uri-fresh-path", "err-while-signed-in"} {
		if f := playByID(t.Context(), t, w, id); f.Verdict != result.Pass {
			t.Errorf("%s: %s: %s\n%s", id, f.Verdict, f.Reason, describeWitnesses(f))
		}
	}
}

// TestRunningAppThatBreaks: what is played after an entry has broken the app says nothing
// about the app.
func TestRunningAppThatBreaks(t *testing.T) {
	t.Parallel()
	broken := false
	w := newRunningWorker(t, func(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
		if broken {
			return nil, errRefused
		}
		claims, err := byIDToken(a, idToken, userinfo)
		broken = err != nil
		return claims, err
	})
	const culprit = "idt-sig-stripped"
	broken = false // the calibration has shown it wrong ID tokens
	if f := playByID(t.Context(), t, w, culprit); f.Verdict != result.FailRobustness {
		t.Errorf("%s: %s: %s", culprit, f.Verdict, f.Reason)
	}
	for _, id := range []string{"session-cookie-flags", "idt-iss-wrong"} {
		if f := playByID(t.Context(), t, w, id); f.Verdict != result.Invalid || !strings.Contains(f.Reason, "since "+culprit+" was played") {
			t.Errorf("%s: %s: %s", id, f.Verdict, f.Reason)
		}
	}
	broken = false
	if f := playByID(t.Context(), t, w, "session-cookie-flags"); f.Verdict != result.Pass {
		t.Errorf("it works again: %s: %s\n%s", f.Verdict, f.Reason, describeWitnesses(f))
	}
}
