package attack

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// worker attacks one instance of the app, at an issuer of its own.
type worker struct {
	campaign *campaign
	site     *webapp.Site
	traits   map[string]string // what the app needs to have for an entry, and why it has not; "" if it has
	process  *target.Process
	names    map[string]string
	output   *target.Output // of the app, where we start it
	down     bool           // the app did not start when it was started last

	place *secured           // where its provider is reached over TLS, nil where it is not
	host  *mockprovider.Host // of that provider
	env   []string           // of the app, beside everybody's
}

// hire makes the nth worker. An app that runs already signs in at the default
// issuer; one that we start gets an issuer for each instance.
func (c *campaign) hire(ctx context.Context, n int) (*worker, error) {
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
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8}, Chromium: c.Chromium,
		Secrets: c.hidden,
	}
	if c.App.SecondLogin != nil {
		w.site.Providers[1] = second
	}
	w.names = names(p, second)
	w.site.LearnSecrets()
	if c.App.Start == nil {
		w.site.Logs = webapp.LogFile(c.Folder, c.App.Logs)
		return w, nil
	}
	if w.names["port"], err = freePort(); err != nil {
		return nil, err
	}
	w.site.Restart = w.restart
	return w, w.start(ctx)
}

// names are what an app under test may call its providers by.
func names(p, second *mockprovider.Provider) map[string]string {
	return map[string]string{
		"issuer": p.Issuer(), "issuer_2": second.Issuer(), "client_id": p.Client().ID, "client_secret": p.Client().Secret, "api": p.Issuer() + "/resource/me", "ca_file": "",
	}
}

// start starts the app. What it writes to its output is a log too.
func (w *worker) start(ctx context.Context) error {
	if w.output == nil {
		w.output = &target.Output{Limit: webapp.LogLimit, To: w.campaign.Log}
	}
	process, err := w.campaign.App.Run(ctx, target.Surroundings{
		Names: w.names, Env: slices.Concat(w.campaign.Env, w.env), Folder: w.campaign.Folder, Log: w.output, Hide: w.hide,
	})
	if err != nil {
		return err
	}
	w.process, w.site.App = process, process.App
	w.site.Logs = append(webapp.LogFile(w.campaign.Folder, process.App.Logs), w.output)
	return nil
}

// hide takes out of a text all secrets that are known, with those that were issued
// by now.
func (w *worker) hide(text string) string {
	w.site.LearnSecrets()
	return w.campaign.hidden.Hide(text)
}

// restart ends the app and starts it again on the same port.
func (w *worker) restart(ctx context.Context) error {
	if w.process != nil {
		w.process.Stop()
	}
	err := w.start(ctx)
	w.down = err != nil
	return err
}

// leave ends the app if it is ours, and a provider that is this worker's alone.
func (w *worker) leave() {
	if w.process != nil {
		w.process.Stop()
		w.process = nil
	}
	if w.place == nil {
		return
	}
	w.place.close()
	if w.host != nil {
		_ = w.host.Close() // nothing of it is open yet
	}
	if file := w.names["ca_file"]; file != "" {
		_ = os.Remove(file) // it was ours
	}
}

// freePort finds a port that nobody listens on.
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
	f := finding(e)
	if err := ctx.Err(); err != nil {
		return f.Invalid(err.Error()) // nothing is told of it
	}
	if why := w.lacks(e); why != "" {
		return f.Unexercised(why)
	}
	if w.down {
		if err := w.site.Restart(ctx); err != nil {
			return f.Invalid("the app does not start: " + err.Error())
		}
	}
	limited, cancel := context.WithTimeout(ctx, w.campaign.EntryWithin)
	defer cancel()
	if w.place != nil {
		w.place.lend(w.site, e)
	}
	start := w.site.Now()
	f = engine.Drill(limited, e, webapp.NewSubject(e, w.site), f)
	if lack := w.traits[e.RecordWithout]; e.RecordWithout != "" && lack != "" && f.Verdict == result.FailSecurity {
		f.Verdict, f.Reason = result.Tolerated, f.Reason+" (the specifications ask it of others: "+lack+")"
	}
	f.Duration = w.site.Now().Sub(start)
	w.recover(ctx, e, &f)
	return f
}

// recover starts an app anew that an entry has broken, so that the next one
// meets a whole one. The time of the entry may be over.
func (w *worker) recover(ctx context.Context, e *drill.Scenario, f *result.Result) {
	if ctx.Err() != nil {
		return
	}
	if w.site.Restart == nil {
		if engine.Rotates(e) {
			_, _ = w.site.Provider().RotateKeys("", protocol.KeysImmediately) // which it does not know yet; the plan is one there is
		}
		return
	}
	broken := w.down || f.Verdict == result.Invalid || !e.Outcome.Recovery.Expected() || slices.ContainsFunc(f.Witnesses, func(x result.Witness) bool { return x.Name == "recovery" && !x.OK })
	if w.process != nil && !w.down && !w.process.Alive() {
		broken = true
		ended := "the app ended: " + w.process.Output()
		if f.Verdict.Failed() {
			f.Reason += "; " + ended
		} else {
			f.Verdict, f.Reason = result.FailRobustness, ended
		}
	}
	if broken || engine.Rotates(e) { // it would keep the keys of before for a while
		_ = w.site.Restart(ctx) // the next entry says so if it fails
	}
}

// lacks says what an entry needs that the app does not have.
func (w *worker) lacks(e *drill.Scenario) string {
	switch {
	case !e.Runnable():
		return "planned: " + e.Planned
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
		if why := w.cannot(step); why != "" {
			return why
		}
	}
	return ""
}

// cannot says why a step cannot be done with the app.
func (w *worker) cannot(s *drill.Step) string {
	app := w.site.App
	switch {
	case s.Advance != nil:
		return "it needs time to pass, and the app has a clock of its own"
	case s.Call != nil && app.API == nil:
		return "the app's page that uses the access token is not known: set app.api"
	case s.Logout != nil && app.Logout == nil:
		return "the app's sign-out page is not known: set app.logout"
	case s.LogoutToken != nil && app.LogoutTokenEndpoint == "":
		return "the app's back-channel logout endpoint is not known: set app.logout_token_endpoint"
	case s.RotateKeys != nil && !w.verifies():
		return "the app does not fetch the provider's keys"
	}
	if err := webapp.Can(false, s); err != nil {
		return err.Error()
	}
	return ""
}

func (w *worker) verifies() bool { return w.traits["jwks"] == "" }
