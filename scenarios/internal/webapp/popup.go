package webapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// WithoutBrowser is why an entry that needs scripts is not exercised.
const WithoutBrowser = "needs --browser: it is about what scripts of the app do"

func NeedsBrowser(e *drill.Scenario) bool { return slices.Contains(e.Needs, "browser") }

// strangerPage returns the page of another origin that opens the app's sign-in. No
// request is sent to it.
func strangerPage() *url.URL { return &url.URL{Scheme: "http", Host: "stranger.localhost", Path: "/"} }

// popupProbe is the message that the pop-up sends at the end: it shows that the page
// would have received others.
const popupProbe = "authdrill: can you hear me?"

// listenScript makes the page keep the messages of other windows, text as it is and
// anything else as JSON.
const listenScript = `() => {
	window.heard = []
	addEventListener("message", e => {
		let text = String(e.data)
		try { if (typeof e.data !== "string") text = JSON.stringify(e.data) } catch {}
		window.heard.push({origin: e.origin, text})
	})
}`

// tellOpenerScript sends a message to the window's opener, whatever its origin. It
// returns whether there is an opener.
const tellOpenerScript = `(text) => { if (!opener) return false; opener.postMessage(text, "*"); return true }`

// heardScript returns the messages that the page received. Those on their way get
// half a second to arrive.
const heardScript = `() => new Promise(done => setTimeout(() => done(window.heard || []), 500))`

// signInByPopup makes a page of another origin open the app's sign-in in a pop-up, and
// records the messages it receives while alice signs in.
func (d *subject) signInByPopup(ctx context.Context) error {
	b := d.browser("")
	real, ok := b.agent.(realBrowser)
	if !ok {
		return errors.New(WithoutBrowser)
	}
	if login := d.site.App.Login; login.Click != "" || requestMethod(login) != http.MethodGet {
		return engine.NotReached("the app's sign-in begins with a form or a click on a page of its own, not at an address that another site could open in a pop-up")
	}
	window, page, err := real.Window(ctx, strangerPage(), listenScript, d.site.resolve(d.site.App.Login.URL))
	if window == nil {
		return err
	}
	w := b.withAgent(realBrowser{window})
	if err == nil {
		page, err = w.answerProviderPages(ctx, page, "alice", false)
	}
	d.noteNavigation(b, page, err)
	d.opener = &witness.Opener{}
	there := false
	d.opener.PopupClosed = window.Evaluate(ctx, tellOpenerScript, &there, popupProbe) != nil
	if !d.opener.PopupClosed {
		d.popup = w
	}
	var all []witness.Message
	if err := real.Evaluate(ctx, heardScript, &all); err != nil {
		return err
	}
	for _, m := range all {
		if m.Text == popupProbe {
			d.opener.Connected = there
			continue
		}
		d.opener.Messages = append(d.opener.Messages, m)
	}
	return nil
}

// whoamiIn asks a browser which user is signed in, the main one in its pop-up first: an
// app that keeps its tokens in the memory of a page knows the user only there.
func (d *subject) whoamiIn(ctx context.Context, name string, b *browser) (*whoamiAnswer, error) {
	if d.popup != nil && name == witness.Main {
		if who, err := d.popup.whoami(ctx); err == nil && who.signedIn {
			return who, nil
		}
	}
	return b.whoami(ctx)
}
