package webapp

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/witness"
)

// WithoutBrowser is why an entry is not exercised that needs scripts to run.
const WithoutBrowser = "needs --browser: it is about what scripts of the app do"

func NeedsBrowser(e *drill.Scenario) bool { return slices.Contains(e.Needs, "browser") }

// stranger is the page of another origin that opens the app's sign-in. It is
// ours, and no request leaves for it.
func stranger() *url.URL { return &url.URL{Scheme: "http", Host: "stranger.localhost", Path: "/"} }

// check is what the pop-up says at the end, to see that it would have been heard.
const check = "authdrill: can you hear me?"

// listen has the page keep what other windows say to it, text as it is and anything
// else as JSON.
const listen = `() => {
	window.heard = []
	addEventListener("message", e => {
		let text = String(e.data)
		try { if (typeof e.data !== "string") text = JSON.stringify(e.data) } catch {}
		window.heard.push({origin: e.origin, text})
	})
}`

// tellOpener says something to whoever opened the window, as an app would that does
// not care who that is. It returns whether there is an opener.
const tellOpener = `(text) => { if (!opener) return false; opener.postMessage(text, "*"); return true }`

// allHeard is what the page has heard. What is under way has half a second to arrive.
const allHeard = `() => new Promise(done => setTimeout(() => done(window.heard || []), 500))`

// popup lets a page of another origin open the app's sign-in in a pop-up, and
// listen while alice signs in.
func (d *subject) popup(ctx context.Context) error {
	b := d.browser("")
	real, ok := b.agent.(realBrowser)
	if !ok {
		return errors.New(WithoutBrowser)
	}
	window, page, err := real.Window(ctx, stranger(), listen, d.site.at(d.site.App.Login.URL))
	if window == nil {
		return err
	}
	w := b.with(realBrowser{window})
	if err == nil {
		page, err = w.through(ctx, page, "alice", false)
	}
	d.arrived(b, page, err)
	d.heard = &witness.Overheard{}
	there := false
	d.heard.Closed = window.Evaluate(ctx, tellOpener, &there, check) != nil
	var all []witness.Message
	if err := real.Evaluate(ctx, allHeard, &all); err != nil {
		return err
	}
	for _, m := range all {
		if m.Text == check {
			d.heard.Opener = there
			continue
		}
		d.heard.Messages = append(d.heard.Messages, m)
	}
	return nil
}
