package attack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// withoutBrowser is why an entry is not exercised that needs scripts to run.
const withoutBrowser = "needs --browser: it is about what scripts of the app do"

func needsBrowser(e *catalog.Entry) bool { return slices.Contains(e.Needs, "browser") }

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

// message is what a window said to another one (HTML standard, cross-document
// messaging).
type message struct {
	Origin string // of the page that said it
	Text   string
}

// overheard is what the page of another origin heard of a sign-in.
type overheard struct {
	messages []message
	opener   bool // the pop-up could speak to it until the end, and was heard
	closed   bool // the app closed its window before
}

// popup lets a page of another origin open the app's sign-in in a pop-up, and
// listen while alice signs in.
func (d *drill) popup(ctx context.Context) error {
	b := d.browser("")
	real, ok := b.agent.(realBrowser)
	if !ok {
		return errors.New(withoutBrowser)
	}
	window, page, err := real.Window(ctx, stranger(), listen, d.site.at(d.site.app.Login.URL))
	if window == nil {
		return err
	}
	w := b.with(realBrowser{window})
	if err == nil {
		page, err = w.through(ctx, page, "alice", false)
	}
	d.arrived(b, page, err)
	d.heard = &overheard{}
	there := false
	d.heard.closed = window.Evaluate(ctx, tellOpener, &there, check) != nil
	var all []message
	if err := real.Evaluate(ctx, allHeard, &all); err != nil {
		return err
	}
	for _, m := range all {
		if m.Text == check {
			d.heard.opener = there
			continue
		}
		d.heard.messages = append(d.heard.messages, m)
	}
	return nil
}

// judgeHeard sees whether a page of another origin heard what is nobody's
// business there.
func (d *drill) judgeHeard(j *judgement) {
	secrets := d.secrets()
	for _, m := range d.heard.messages {
		for _, name := range []string{"client secret", "access token", "refresh token", "id token", "code"} {
			if slices.ContainsFunc(secrets[name], func(s string) bool { return strings.Contains(m.Text, s) }) {
				j.complain(d.class(FailSecurity), "user agent", "a page of another origin opened the sign-in, and %s posted the %s to it", m.Origin, name)
				return
			}
		}
	}
	heard := "nothing"
	if n := len(d.heard.messages); n > 0 {
		heard = count(n, "message") + " without a token or a code"
	}
	switch {
	case d.heard.closed:
		j.note("user agent", "a page of another origin heard %s from the pop-up, which closed itself", heard)
	case d.heard.opener:
		j.note("user agent", "a page of another origin heard %s from the pop-up, and could have", heard)
	default:
		j.note("user agent", "a page of another origin heard %s from the pop-up, which is cut off from its opener", heard)
	}
}

// secrets are what of the sign-ins of a drill is between app and provider, by
// name.
func (d *drill) secrets() map[string][]string {
	out := map[string][]string{}
	keep := func(name, value string) {
		if value != "" {
			name = strings.ReplaceAll(name, "_", " ")
			out[name] = append(out[name], value)
		}
	}
	keep("client_secret", d.site.provider().Client().Secret)
	for _, e := range d.exchanges() {
		for _, name := range []string{"access_token", "refresh_token", "id_token", "code"} {
			value, _ := e.Response[name].(string)
			keep(name, value)
			keep(name, answered(e).Get(name))
		}
		if e.Endpoint == protocol.TokenEndpoint {
			keep("code", e.Params.Get("code"))
		}
	}
	return out
}

// answered are the parameters of an authorization response that was sent by a
// redirect.
func answered(e *journal.Entry) url.Values {
	u, err := url.Parse(e.ResponseHeaders["Location"])
	if err != nil {
		return nil
	}
	out := u.Query()
	if fragment, err := url.ParseQuery(u.EscapedFragment()); err == nil {
		for name, values := range fragment {
			out[name] = append(out[name], values...)
		}
	}
	return out
}
