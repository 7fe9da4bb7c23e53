package attack

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/internal/process"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/target"
)

// newTestWorker makes a worker whose app is a handler. Like a process, the app lives
// through many entries and is made anew by a restart; it has no port and virtual time.
// It is known by its pages only, and does not share a clock with the provider.
func newTestWorker(t *testing.T, app *target.App, c *chromium.Chromium, build func(app.Config) (http.Handler, error)) *worker {
	t.Helper()
	bench, err := NewBench(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bench.Close() })
	bench.browser = c
	s, end, err := bench.newSite(&drill.Scenario{Entry: drill.Entry{ID: "rig", Key: "rig", Needs: []string{"two_issuers"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	wire, logs := s.Transport.(*webapp.Hosts), s.Logs
	s.Restart = func(context.Context) error {
		cfg := bundledConfig(s, &drill.Bundled{})
		patient := bundled.Patient(wire, s.Now, benchTimeout)
		cfg.HTTPClient, s.LongestWait = &http.Client{Transport: patient}, patient.Longest
		cfg.Random = bundled.Random(1, "app of rig")
		cfg.Log, s.Logs = logs[0].(*process.Output), logs // they outlive the app
		handler, err := build(cfg)
		wire.Handlers[strings.TrimPrefix(benchApp, "http://")] = handler
		return err
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	app.BaseURL, app.Start = benchApp, &target.Start{}
	s.App, s.Virtual = app, false
	if app.SecondLogin == nil {
		s.Providers[1] = nil
	}
	return &worker{campaign: &campaign{Options: Options{EntryWithin: time.Minute}, wall: clock.Running()}, traits: map[string]string{}, site: s}
}

// calibrate calibrates a worker, or ends the test.
func calibrate(t *testing.T, w *worker) *worker {
	t.Helper()
	checks, _ := w.calibrate(t.Context())
	for _, c := range checks {
		if !c.OK {
			t.Fatalf("the calibration failed: %+v", c)
		}
	}
	return w
}

// TestCertificateIsForAllToRead: an app that gives up the rights of root, as Apache does,
// reads the file afterwards.
func TestCertificateIsForAllToRead(t *testing.T) {
	t.Parallel()
	name, err := writeCertificate([]byte("public"))
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(name)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o444 != 0o444 {
		t.Errorf("%v: want it readable for all", mode)
	}
}
