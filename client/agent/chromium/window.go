package chromium

import (
	"context"
	"errors"
	"net/url"

	"github.com/authdrill/authdrill/client/agent"
)

// Message is what a window was told by another one (HTML standard, cross-document
// messaging).
type Message struct {
	Origin string // of the page that told it
	Text   string // a string as it is, anything else as JSON
}

// listen keeps what the page is told, and opens a window.
const listen = `() => {
	window.told = []
	addEventListener("message", e => {
		let text = String(e.data)
		try { if (typeof e.data !== "string") text = JSON.stringify(e.data) } catch {}
		window.told.push({origin: e.origin, text})
	})
	window.opened = open("about:blank", "", "popup,width=500,height=600")
	return window.opened !== null
}`

// Window lets a page of another site open an address in a window, of which it
// stays the opener, and listen. It returns that window, which has the cookies of
// this profile, and its page. A page may close its window at any time: that is
// an error of what is done with it next.
func (p *Profile) Window(ctx context.Context, from *url.URL, address string) (*Profile, *agent.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.Timeout)
	defer cancel()
	if err := p.stage(ctx, from); err != nil {
		return nil, nil, err
	}
	opened := false
	if err := p.tab.evaluate(ctx, listen, &opened); err != nil {
		return nil, nil, err
	}
	if !opened {
		return nil, nil, errors.New("chromium: no window was opened")
	}
	w := p.Twin()
	select {
	case w.tab = <-p.tab.opened:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	w.tab.mu.Lock()
	w.tab.profile = w
	w.tab.mu.Unlock()
	page, err := w.act(ctx, &visit{ctx: ctx, from: from}, leave, false, address, nil)
	return w, page, err
}

// TellOpener lets the page say something to whoever opened its window, as an app
// would that does not care who that is. It reports whether there is an opener.
func (p *Profile) TellOpener(ctx context.Context, text string) (bool, error) {
	if p.tab == nil {
		return false, errEnded
	}
	there := false
	err := p.tab.evaluate(ctx, `(text) => { if (!opener) return false; opener.postMessage(text, "*"); return true }`, &there, text)
	return there, err
}

// Told is what the page was told by others since it opened a window. What is
// under way has half a second to arrive.
func (p *Profile) Told(ctx context.Context) ([]Message, error) {
	if p.tab == nil {
		return nil, errEnded
	}
	var out []Message
	err := p.tab.evaluate(ctx, `() => new Promise(done => setTimeout(() => done(window.told || []), 500))`, &out)
	return out, err
}
