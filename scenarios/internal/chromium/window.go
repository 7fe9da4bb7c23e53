package chromium

import (
	"context"
	"errors"
	"net/url"

	"github.com/authdrill/authdrill/client/agent"
)

// openWindowScript opens a window for what is to come.
const openWindowScript = `() => { window.opened = open("about:blank", "", "popup,width=500,height=600"); return window.opened !== null }`

// Window lets a page of another site open an address in a window, of which it stays
// the opener. Before that the page runs a function of JavaScript, such as one that
// listens. It returns the window, which has the cookies of this profile, and its page.
// A page may close its window at any time: that is an error of what is done with it
// next.
func (p *Profile) Window(ctx context.Context, from *url.URL, before, address string) (*Profile, *agent.Page, error) {
	ctx, cancel := p.withTimeout(ctx)
	defer cancel()
	if err := p.showEmptyPage(ctx, from); err != nil {
		return nil, nil, err
	}
	if err := p.tab.evaluate(ctx, before, nil); err != nil {
		return nil, nil, err
	}
	opened := false
	if err := p.tab.evaluate(ctx, openWindowScript, &opened); err != nil {
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
	page, err := w.runAndFollow(ctx, &visit{ctx: ctx, from: from}, leaveScript, false, address, nil)
	return w, page, err
}

// Evaluate runs a function of JavaScript in the page that is shown, with arguments,
// and reads what it returns into a pointer, as JSON.
func (p *Profile) Evaluate(ctx context.Context, function string, into any, args ...any) error {
	if p.tab == nil {
		return errEnded
	}
	return p.tab.evaluate(ctx, function, into, args...)
}
