package attack

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/process"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
)

// slowStart is how many times as long as at first an app may take to start: others of it
// may start at the same time.
const slowStart = 10

// worker attacks one instance of the app, at an issuer of its own.
type worker struct {
	campaign     *campaign
	site         *webapp.Site
	traits       map[string]string // why the app does not have what an entry needs, by need; "" if it has
	process      *process.Process
	placeholders map[string]string
	output       *process.Output // of the app, if we start it
	down         bool            // the app did not start last time
	brokenBy     string          // the entry after which the app, which runs already, stopped working; "" while it works
	worn         bool            // an entry broke the app, or left it with keys that are gone
	unsigned     bool            // it verifies no signature, over TLS
	startTime    time.Duration   // how long the app took to start first

	tls  *tlsServer         // where its provider is reached over TLS, or nil
	host *mockprovider.Host // of that provider
	env  []string           // of the app, in addition to that of all workers
}

// startWorker makes the nth worker. An app that is already running signs in at the
// default issuer; each instance of one that we start gets an issuer of its own.
func (c *campaign) startWorker(ctx context.Context, n int) (*worker, error) {
	w := &worker{campaign: c, traits: map[string]string{}}
	p, _ := c.host.Issuer("")
	if n > 0 {
		var err error
		if p, err = c.host.Create("w"+strconv.Itoa(n), setup.Setup{}); err != nil {
			return nil, err
		}
	}
	second, err := c.host.Create(fmt.Sprintf("second-%d", n), setup.Setup{})
	if err != nil {
		return nil, err
	}
	wall := clock.Running()
	w.site = &webapp.Site{
		App: c.App, Providers: [2]*mockprovider.Provider{p}, ClientID: p.Client().ID, Now: wall.Now, Sleep: wall.Sleep,
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}, Chromium: c.browser,
		Secrets: c.secrets,
	}
	if c.App.SecondLogin != nil {
		w.site.Providers[1] = second
	}
	w.placeholders = placeholdersFor(p, second)
	w.site.LearnSecrets()
	if c.App.Start == nil {
		w.site.Logs = webapp.LogFile(c.Folder, c.App.Logs)
		return w, nil
	}
	if w.placeholders["port"], err = freePort(); err != nil {
		return nil, err
	}
	w.site.Restart = w.restart
	return w, w.start(ctx)
}

// placeholdersFor returns the values of the placeholders in an app's command and pages.
func placeholdersFor(p, second *mockprovider.Provider) map[string]string {
	return map[string]string{
		"issuer": p.Issuer(), "issuer_2": second.Issuer(), "client_id": p.Client().ID, "client_secret": p.Client().Secret, "api": p.Issuer() + "/resource/me", "ca_file": "",
	}
}

// start starts the app. Its output is a log too.
func (w *worker) start(ctx context.Context) error {
	if w.output == nil {
		w.output = &process.Output{Limit: webapp.LogLimit, To: w.campaign.Log}
	}
	wall := clock.Running()
	begin := wall.Now()
	started, err := process.Start(ctx, w.campaign.App, process.Surroundings{
		Names: w.placeholders, Env: slices.Concat(w.campaign.Env, w.env), Folder: w.campaign.Folder, Log: w.output, Hide: w.hideSecrets,
		Least: slowStart * w.startTime,
	})
	if err != nil {
		return err
	}
	w.process, w.site.App = started, started.App
	w.startTime = cmp.Or(w.startTime, wall.Now().Sub(begin))
	w.site.Logs = append(webapp.LogFile(w.campaign.Folder, started.App.Logs), w.output)
	return nil
}

// hideSecrets removes all secrets that are known from a text, also those that were
// issued since.
func (w *worker) hideSecrets(text string) string {
	w.site.LearnSecrets()
	return w.campaign.secrets.Hide(text)
}

// restart stops the app and starts it again on the same port.
func (w *worker) restart(ctx context.Context) error {
	if w.process != nil {
		w.process.Stop()
	}
	err := w.start(ctx)
	w.down = err != nil
	return err
}

// stop stops the app if we started it, and a provider that only this worker uses.
func (w *worker) stop() {
	if w.process != nil {
		w.process.Stop()
		w.process = nil
	}
	if w.tls == nil {
		return
	}
	w.tls.close()
	if w.host != nil {
		_ = w.host.Close() // all its connections are closed
	}
	if file := w.placeholders["ca_file"]; file != "" {
		_ = os.Remove(file) // it was ours
	}
}

// freePort finds a port that is not in use.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// play plays an entry, or each of its variants.
func (w *worker) play(ctx context.Context, e *catalog.Entry) result.Result {
	return playVariants(e, w.campaign.Expected, func(v *drill.Scenario) result.Result { return w.drill(ctx, v) })
}

// drill plays an entry or a variant, if the app has what it needs.
func (w *worker) drill(ctx context.Context, e *drill.Scenario) result.Result {
	f := newFinding(e)
	if err := ctx.Err(); err != nil {
		return engine.Invalid(f, err.Error()) // a cancelled entry is not recorded
	}
	if why := w.skipReason(e); why != "" {
		return engine.Unexercised(f, why)
	}
	if isRace(e) {
		return playRaces(ctx, func() result.Result { return w.playOnce(ctx, e, f) })
	}
	return w.playOnce(ctx, e, f)
}

// playOnce plays an entry or a variant once, with a working app.
func (w *worker) playOnce(ctx context.Context, e *drill.Scenario, f result.Result) result.Result {
	if err := w.restartIfWorn(ctx, e); err != nil {
		return engine.Invalid(f, "the app does not start: "+err.Error())
	}
	if why := w.findBroken(ctx); why != "" {
		return engine.Invalid(f, why)
	}
	if w.tls != nil {
		w.tls.applyTo(w.site, e)
	}
	start := w.site.Now()
	f = engine.Drill(ctx, w.campaign.EntryWithin+engine.LongestPause(e), e, webapp.NewSubject(e, w.site), f)
	w.tolerateWithout(e, &f)
	w.settleUnsigned(e, &f)
	w.shortenRequests(f.Causes)
	f.Duration = w.site.Now().Sub(start)
	w.noteWear(ctx, e, &f)
	return f
}

// restartIfWorn restarts an app that an entry before has broken, unless this entry begins
// with a restart.
func (w *worker) restartIfWorn(ctx context.Context, e *drill.Scenario) error {
	worn := w.worn && engine.KeptByApp(e) == ""
	w.worn = false
	if worn || w.down {
		return w.site.Restart(ctx)
	}
	return nil
}

// tolerateWithout turns a failure in what the specifications ask of other apps into a
// choice of this one. What no app should do, such as a server error, goes on failing.
func (w *worker) tolerateWithout(e *drill.Scenario, f *result.Result) {
	lack := w.traits[e.RecordWithout]
	if e.RecordWithout == "" || lack == "" || !f.Verdict.Failed() {
		return
	}
	if f.Verdict != result.FailSecurity && slices.ContainsFunc(f.Causes, func(c result.Cause) bool { return c.Lapse }) {
		return
	}
	f.Verdict, f.Reason = result.Tolerated, f.Reason+" (the specifications ask it of others: "+lack+")"
}

// noteWear notes whether an entry has broken the app, so that the next entry meets a
// working one.
func (w *worker) noteWear(ctx context.Context, e *drill.Scenario, f *result.Result) {
	if ctx.Err() != nil {
		return
	}
	broken := w.down || f.Verdict == result.Invalid || !e.Outcome.Recovery.Expected() || slices.ContainsFunc(f.Witnesses, func(x result.Witness) bool { return x.Name == "recovery" && !x.OK })
	if w.site.Restart == nil {
		if broken {
			w.brokenBy = e.ID
		}
		if (broken || engine.RotatesKeys(e)) && w.fetchesKeys() {
			_, _ = w.site.Provider().RotateKeys("", protocol.KeysImmediately) // it asks for the keys again, whatever it kept; the plan is valid
		}
		return
	}
	if w.process != nil && !w.down && !w.process.Alive() {
		broken = true
		ended := "the app ended: " + w.process.Output()
		if f.Verdict.Failed() {
			f.Reason += "; " + ended
		} else {
			f.Verdict, f.Reason = result.FailRobustness, ended
			f.Causes = []result.Cause{{Verdict: f.Verdict, Witness: "app", Rule: "app_ended", Saw: ended, Severity: f.Severity, Lapse: true}}
		}
	}
	w.worn = broken || engine.RotatesKeys(e) // it would keep the old keys for a while
}

// findBroken says why an app that an entry has broken, and that we cannot start anew,
// cannot be judged; "" if it works.
func (w *worker) findBroken(ctx context.Context) string {
	if w.brokenBy == "" {
		return ""
	}
	why := w.site.PlainSignIn(ctx, "control")
	w.site.Reset()
	if why == "" {
		w.brokenBy = ""
		return ""
	}
	return "a plain sign-in does not work any more since " + w.brokenBy + " was played: " + why + "; start the app anew, or let app.start in authdrill.yaml start it"
}

// skipReason says why an entry cannot be played against the app, "" if it can.
func (w *worker) skipReason(e *drill.Scenario) string {
	switch {
	case w.isOfAnotherPersona(e):
		return "it is what " + documentedBy(e) + " is known to do, and the app does not sign in there: --group persona plays it all the same"
	case e.Example != "":
		return "no sign-in page can show it: authdrill run drills it with a client in your code"
	case webapp.NeedsBrowser(e) && w.site.Chromium == nil:
		return webapp.WithoutBrowser
	case e.Bundled != nil && e.Bundled.ResponseType != "" && e.Bundled.ResponseType != "code":
		return "it is about the response type " + string(e.Bundled.ResponseType) + ", and the app uses code"
	}
	for _, need := range e.Needs {
		if why, known := w.traits[need]; known && why != "" {
			return why
		}
	}
	for _, step := range e.Steps {
		if why := w.stepSkipReason(step); why != "" {
			return why
		}
	}
	return ""
}

// stepSkipReason says why a step cannot be done with the app, "" if it can.
func (w *worker) stepSkipReason(s *drill.Step) string {
	app := w.site.App
	switch {
	case s.Advance != nil:
		return "it needs time to pass, and the app has a clock of its own"
	case s.Call != nil && app.API == nil:
		return "the app's page that uses the access token is not known: set app.api"
	case s.Logout != nil && app.Logout == nil:
		return "the app's sign-out page is not known: set app.logout"
	case s.Logout != nil && w.traits["logout"] != "":
		return w.traits["logout"]
	case s.LogoutToken != nil && app.LogoutTokenEndpoint == "":
		return "the app's back-channel logout endpoint is not known: set app.logout_token_endpoint"
	case s.RotateKeys != nil && !w.fetchesKeys():
		return "the app does not fetch the provider's keys"
	}
	if err := webapp.Can(false, s); err != nil {
		return err.Error()
	}
	return ""
}

func (w *worker) fetchesKeys() bool { return w.traits["jwks"] == "" }
