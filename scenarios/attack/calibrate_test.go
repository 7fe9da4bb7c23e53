package attack

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// TestFailedSignOutIsOptional: an app whose sign-out page is not the right one, or
// whose account is not found, is judged all the same. Only the entries that depend on
// either are not exercised.
func TestFailedSignOutIsOptional(t *testing.T) {
	t.Parallel()
	build := func(cfg app.Config) (http.Handler, error) { return app.New(cfg) }
	for name, test := range map[string]struct {
		change          func(*target.App)
		check, saw      string
		entry, exercise string
	}{
		"sign-out": {
			func(a *target.App) { a.Logout = &target.Page{URL: "/whoami"} },
			"signing out works", "the whoami page answers 200", "logout-cookie-replay", "idt-nonce-wrong",
		},
		"account": {
			func(a *target.App) { a.WhoAmI.Account = "no_such_member" },
			"the app names alice's account and bob's", "app.whoami.account finds nothing", "email-unverified-link", "idt-nonce-wrong",
		},
		"account that is the e-mail address": {
			func(a *target.App) { a.WhoAmI.Account = "email" },
			"the app names alice's account and bob's", "which is the user's e-mail address", "email-unverified-link", "idt-nonce-wrong",
		},
		"same account": {
			func(a *target.App) { a.WhoAmI.Account = `/("signed_in")|"email"/` },
			"the app names alice's account and bob's", "finds", "email-unverified-link", "idt-nonce-wrong",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := bundledApp()
			test.change(a)
			w := newTestWorker(t, a, nil, build)
			card := &Card{}
			card.Calibration, card.Learned = w.calibrate(t.Context())
			i := slices.IndexFunc(card.Calibration, func(c Calibration) bool { return c.Check == test.check })
			if i < 0 || card.Calibration[i].OK || !card.Calibration[i].Optional || !strings.Contains(card.Calibration[i].Saw, test.saw) {
				t.Fatalf("the calibration is %+v, want %q to fail with %q", card.Calibration, test.check, test.saw)
			}
			if !card.Calibrated() {
				t.Errorf("nothing is judged: %+v", card.Calibration)
			}
			if f := playByID(t.Context(), t, w, test.entry); f.Verdict != result.NotExercised || !strings.Contains(f.Reason, test.check) {
				t.Errorf("%s is %s: %s", test.entry, f.Verdict, f.Reason)
			}
			if f := playByID(t.Context(), t, w, test.exercise); f.Verdict != result.Pass {
				t.Errorf("%s is %s: %s", test.exercise, f.Verdict, f.Reason)
			}
		})
	}
}

// TestSignOutRemedyNamesTheFormsPage: a page that is posted to has its form elsewhere.
func TestSignOutRemedyNamesTheFormsPage(t *testing.T) {
	for method, want := range map[string]string{"POST": "csrf: /bye}", "": "and how: app.logout"} {
		if got := signOutRemedy(&target.Page{URL: "/bye", Method: method}); !strings.Contains(got, want) {
			t.Errorf("%q: %s", method, got)
		}
	}
}

// TestCalibrationShowsWhatTheAppLogs: the last line most often names the setting that is
// wrong.
func TestCalibrationShowsWhatTheAppLogs(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t, bundledApp(), nil, func(cfg app.Config) (http.Handler, error) {
		cfg.ClientSecret = "of-another-client"
		return app.New(cfg)
	})
	checks, _ := w.calibrate(t.Context())
	if last := checks[len(checks)-1]; last.OK || !strings.Contains(last.Saw, "; the app logs: ") {
		t.Errorf("the calibration says %+v", last)
	}
}

// TestAccountIsKeyIsBelieved compares accounts by e-mail address where an app finds its
// accounts by it.
func TestAccountIsKeyIsBelieved(t *testing.T) {
	t.Parallel()
	a := bundledApp()
	a.WhoAmI.Account, a.WhoAmI.AccountIsKey = "email", true
	w := calibrate(t, newTestWorker(t, a, nil, func(cfg app.Config) (http.Handler, error) { return app.New(cfg) }))
	if f := playByID(t.Context(), t, w, "email-unverified-link"); f.Verdict == result.NotExercised {
		t.Errorf("it is not exercised: %s", f.Reason)
	}
}

// TestCallbackIsLearned opens the redirect URI of an app whose description does not
// name it.
func TestCallbackIsLearned(t *testing.T) {
	t.Parallel()
	a := bundledApp()
	a.Callback = ""
	w := calibrate(t, newTestWorker(t, a, nil, func(cfg app.Config) (http.Handler, error) { return app.New(cfg) }))
	if f := playByID(t.Context(), t, w, "err-while-signed-in"); f.Verdict != result.Pass {
		t.Errorf("it is %s: %s", f.Verdict, f.Reason)
	}
}

func playByID(ctx context.Context, t *testing.T, w *worker, id string) result.Result {
	t.Helper()
	e, err := catalog.Embedded().Lookup(id)
	if err != nil {
		t.Fatal(err)
	}
	return w.play(ctx, e)
}
