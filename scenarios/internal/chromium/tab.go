package chromium

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"time"
)

// tab is a page of the browser, and what is known of it from its events.
type tab struct {
	chromium        *Chromium
	session, target string
	opened          chan *tab // windows that its page opened

	mu        sync.Mutex
	profile   *Profile // whose it is
	changed   chan struct{}
	changes   int
	loading   bool              // a page is on its way
	scheduled bool              // a page is on its way soon: a refresh
	running   map[string]string // requests under way, and the page that made them
	at        *url.URL          // the page that is shown
	shown     *answer           // what it was made of
	visit     *visit            // the navigation under way, or the last one
	gone      bool
}

// attachedEvent is a new target: a page, a frame, a worker.
type attachedEvent struct {
	SessionID  string
	TargetInfo struct{ TargetID, Type, BrowserContextID, OpenerID string }
}

// attach makes a tab of a page that waits, and lets it go on. The requests of its
// frames and workers are held by the tab.
func (c *Chromium) attach(parent string, e attachedEvent) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	t := &tab{
		chromium: c, session: e.SessionID, target: e.TargetInfo.TargetID,
		opened: make(chan *tab, 16), changed: make(chan struct{}), running: map[string]string{},
	}
	page := e.TargetInfo.Type == "page"
	c.mu.Lock()
	t.profile = c.profiles[e.TargetInfo.BrowserContextID]
	above := c.tabs[parent]
	if above == nil {
		above = c.parents[parent]
	}
	switch {
	case page:
		c.tabs[t.session] = t
	case above != nil:
		c.parents[t.session] = above
	}
	c.mu.Unlock()
	enable := []string{"Page.enable", "Network.enable"}
	if !page {
		enable = enable[1:]
	}
	for _, method := range enable {
		_ = t.call(ctx, method, nil, nil) // not every kind of target has it
	}
	_ = t.call(ctx, "Fetch.enable", map[string]any{"patterns": []any{map[string]any{"urlPattern": "*"}}}, nil)
	_ = t.call(ctx, "Network.setBypassServiceWorker", map[string]any{"bypass": true}, nil)
	_ = t.call(ctx, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil) // every tab is the one in front
	_ = t.call(ctx, "Target.setAutoAttach", autoAttach(), nil)
	_ = t.call(ctx, "Runtime.runIfWaitingForDebugger", nil, nil)
	if !page {
		return
	}
	if opener := c.tabOfTarget(e.TargetInfo.OpenerID); opener != nil {
		select {
		case opener.opened <- t:
		default: // so many are of no use
		}
		return
	}
	c.arrivalOf(t.target) <- t
}

// tabOfTarget is the tab of a target.
func (c *Chromium) tabOfTarget(target string) *tab {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.tabs {
		if t.target == target {
			return t
		}
	}
	return nil
}

// arrivalOf is where a tab comes that was asked for.
func (c *Chromium) arrivalOf(target string) chan *tab {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.arriving[target] == nil {
		c.arriving[target] = make(chan *tab, 1)
	}
	return c.arriving[target]
}

// newTab opens an empty page in a context. A hidden one, which
// Chromium has too, would cost a third, but is never drawn and takes no click.
func (c *Chromium) newTab(ctx context.Context, where string, p *Profile) (*tab, error) {
	var made struct{ TargetID string }
	if err := c.pipe.call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": where}, &made); err != nil {
		return nil, err
	}
	select {
	case t := <-c.arrivalOf(made.TargetID):
		c.mu.Lock()
		delete(c.arriving, made.TargetID)
		c.mu.Unlock()
		t.mu.Lock()
		t.profile = p
		t.mu.Unlock()
		return t, nil
	case <-c.pipe.ended:
		return nil, errEnded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (t *tab) call(ctx context.Context, method string, params, into any) error {
	return t.chromium.pipe.call(ctx, t.session, method, params, into)
}

// evaluate runs a function in the page, as if the user had asked for it, and
// reads what it returns.
func (t *tab) evaluate(ctx context.Context, function string, into any, args ...any) error {
	text := "("
	for i, a := range args {
		encoded, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if i > 0 {
			text += ","
		}
		text += string(encoded)
	}
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := t.call(ctx, "Runtime.evaluate", map[string]any{
		"expression": "(" + function + ")" + text + ")", "returnByValue": true, "awaitPromise": true, "userGesture": true,
	}, &out)
	switch {
	case err != nil:
		return err
	case out.ExceptionDetails != nil:
		return fmt.Errorf("chromium: %s %s", out.ExceptionDetails.Text, out.ExceptionDetails.Exception.Description)
	case into == nil || len(out.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(out.Result.Value, into)
}

// event is what of the events' members matters here.
type event struct {
	FrameID   string
	RequestID string
	LoaderID  string
	Type      string
	Delay     float64
	Frame     struct{ ID, ParentID, LoaderID, URL, URLFragment string }
}

// refreshWait is how many seconds ahead a page may say that it moves on, and be waited
// for.
const refreshWait = 5

// receive keeps what an event tells.
func (t *tab) receive(m message) {
	if m.Method == "Fetch.requestPaused" {
		t.receiveRequest(m)
		return
	}
	var e event
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	own := e.FrameID == t.target
	switch m.Method {
	case "Page.frameStartedLoading":
		t.loading = t.loading || own
	case "Page.frameStoppedLoading":
		t.loading = t.loading && !own
	case "Page.frameScheduledNavigation":
		t.scheduled = t.scheduled || own && e.Delay <= refreshWait
	case "Page.frameClearedScheduledNavigation":
		t.scheduled = t.scheduled && !own
	case "Page.frameRequestedNavigation", "Page.frameStartedNavigating", "Page.navigatedWithinDocument":
	case "Page.frameNavigated":
		if e.Frame.ParentID == "" {
			t.noteNewPage(e)
		}
	case "Network.requestWillBeSent":
		t.running[e.RequestID] = e.LoaderID
	case "Network.loadingFinished", "Network.loadingFailed":
		delete(t.running, e.RequestID)
	case "Page.javascriptDialogOpening":
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), closeTime)
			defer cancel()
			_ = t.call(ctx, "Page.handleJavaScriptDialog", map[string]any{"accept": true}, nil) // it may be gone
		}()
	case "Inspector.targetCrashed":
		t.gone = true
	default:
		return
	}
	t.signalChange()
}

// noteNewPage notes a new page. The requests of the one before are of no interest.
func (t *tab) noteNewPage(e event) {
	if u, err := url.Parse(e.Frame.URL + e.Frame.URLFragment); err == nil {
		t.at = u
	}
	t.scheduled = false
	for id, page := range t.running {
		if page != e.Frame.LoaderID {
			delete(t.running, id)
		}
	}
}

// receiveRequest takes a request that is held, of the page or one of its frames.
func (t *tab) receiveRequest(m message) {
	if m.Method != "Fetch.requestPaused" {
		return
	}
	var h heldRequest
	if json.Unmarshal(m.Params, &h) == nil {
		go t.answerRequest(m.SessionID, h)
	}
}

// address is where the page is.
func (t *tab) address() *url.URL {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at
}

// signalChange wakes up who waits for a change; the lock is held.
func (t *tab) signalChange() {
	t.changes++
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *tab) markGone() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = true
	t.signalChange()
}

// await waits until something is so.
func (t *tab) await(ctx context.Context, so func() bool) error {
	for {
		t.mu.Lock()
		done, gone, changed := so(), t.gone, t.changed
		t.mu.Unlock()
		switch {
		case done:
			return nil
		case gone:
			return errEnded
		}
		select {
		case <-changed:
		case <-t.chromium.pipe.ended:
			return errEnded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// restTimeout is how long a page that is loaded may go on asking for things before
// it is taken as it is.
const restTimeout = 5 * time.Second

// eventLoopTurn ends after a turn of the page's event loop, in which what was done to it
// can begin something. Where there are scripts, a quarter of a second more must
// pass in quiet, half of what Chromium calls an idle network: a hash is computed
// outside the event loop, and a short timer is not seen otherwise.
const eventLoopTurn = `() => new Promise(done => setTimeout(() => setTimeout(done, document.scripts.length ? 250 : 0), 0))`

// waitForRest waits until a page is loaded, none of its requests is under way, and a
// turn of its event loop begins nothing new; or until there will be no page.
func (t *tab) waitForRest(ctx context.Context, v *visit) error {
	for {
		if err := t.await(ctx, func() bool { return !t.loading && !t.scheduled }); err != nil {
			return err
		}
		t.mu.Lock()
		over := v.showsNoPage()
		t.mu.Unlock()
		if over {
			return nil
		}
		limited, cancel := context.WithTimeout(ctx, restTimeout)
		rests := t.comesToRest(limited)
		late := limited.Err() != nil
		cancel()
		if rests || late {
			return ctx.Err()
		}
	}
}

// runsNoScript reports whether no script runs in the page, and so no turn of its
// event loop either.
func (t *tab) runsNoScript() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.profile != nil && t.profile.WithoutScript
}

// comesToRest reports whether a loaded page comes to rest before it moves on.
func (t *tab) comesToRest(ctx context.Context) bool {
	for {
		moving := func() bool { return t.loading || t.scheduled }
		if t.await(ctx, func() bool { return moving() || len(t.running) == 0 }) != nil {
			return false
		}
		t.mu.Lock()
		moves, before := moving(), t.changes
		t.mu.Unlock()
		if moves {
			return false
		}
		var err error
		if !t.runsNoScript() {
			err = t.evaluate(ctx, eventLoopTurn, nil)
		}
		t.mu.Lock()
		same := before == t.changes
		t.mu.Unlock()
		switch {
		case err == nil && same:
			return true
		case ctx.Err() != nil:
			return false
		}
	}
}
