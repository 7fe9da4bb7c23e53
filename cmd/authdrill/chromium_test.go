package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// chromium is a real browser, driven over the pipe of its DevTools protocol:
// real pages, real clicks, real cookies, and no dependency.
type chromium struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	next    int
	loading bool // a page is on its way, and may still move
}

// message is one of the protocol: a call, its answer, or an event.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// required tells whether a test may be skipped where what it needs is missing.
func required(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("AUTHDRILL_REQUIRE") == "all" {
		t.Fatalf("%s is missing, and AUTHDRILL_REQUIRE=all", what)
	}
	t.Skipf("%s is missing: skipped", what)
}

// startChromium starts a browser with a profile of its own and one page.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		required(t, "chromium")
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // its descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	c := &chromium{t: t, in: ourOut, out: bufio.NewReaderSize(ourIn, 1<<20)}
	t.Cleanup(func() {
		_, _ = c.try("Browser.close", nil, false)
		_ = cmd.Wait() // until then it writes to its profile
		_, _ = ourOut.Close(), ourIn.Close()
	})
	var target struct{ TargetID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	c.session = attached.SessionID
	c.call("Page.enable", nil, nil)
	c.call("DOM.enable", nil, nil)
	return c
}

// withoutScript turns JavaScript off, as some users do.
func (c *chromium) withoutScript() {
	c.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
}

func (c *chromium) call(method string, params, into any) {
	c.t.Helper()
	result, err := c.try(method, params, true)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// try sends a call and reads until its answer. Of the events on the way only
// the beginning and the end of a page's loading are kept.
func (c *chromium) try(method string, params any, wait bool) (json.RawMessage, error) {
	c.next++
	id := c.next
	text, err := json.Marshal(message{ID: id, SessionID: c.session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	if _, err := c.in.Write(append(text, 0)); err != nil || !wait {
		return nil, err
	}
	for {
		text, err := c.out.ReadBytes(0)
		if err != nil {
			return nil, err
		}
		var m message
		if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
			return nil, err
		}
		switch m.Method {
		case "Page.frameStartedLoading":
			c.loading = true
		case "Page.frameStoppedLoading":
			c.loading = false
		}
		if m.ID != id {
			continue
		}
		if m.Error != nil {
			return nil, fmt.Errorf("%s", m.Error.Message)
		}
		return m.Result, nil
	}
}

// open goes to an address.
func (c *chromium) open(url string) {
	c.t.Helper()
	var answer struct{ ErrorText string }
	c.call("Page.navigate", map[string]any{"url": url}, &answer)
	if answer.ErrorText != "" {
		c.t.Fatalf("open %s: %s", url, answer.ErrorText)
	}
}

// address is where the page is, "" while it goes from one to the next.
func (c *chromium) address() string {
	result, err := c.try("Page.getNavigationHistory", nil, true)
	var h struct {
		CurrentIndex int
		Entries      []struct{ URL string }
	}
	if err != nil || json.Unmarshal(result, &h) != nil || h.CurrentIndex >= len(h.Entries) {
		return ""
	}
	return h.Entries[h.CurrentIndex].URL
}

// html is the page as the browser has it.
func (c *chromium) html() string {
	result, err := c.try("DOM.getDocument", map[string]any{"depth": 0}, true)
	if err != nil {
		return ""
	}
	var d struct{ Root struct{ NodeID int } }
	if err := json.Unmarshal(result, &d); err != nil {
		return ""
	}
	result, err = c.try("DOM.getOuterHTML", map[string]any{"nodeId": d.Root.NodeID}, true)
	if err != nil {
		return "" // it went to another page meanwhile
	}
	var h struct{ OuterHTML string }
	_ = json.Unmarshal(result, &h)
	return h.OuterHTML
}

// sees waits until the page has all the texts.
func (c *chromium) sees(texts ...string) {
	c.t.Helper()
	html := ""
	if !eventually(func() bool {
		html = c.html()
		return !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(html, s) })
	}) {
		c.t.Fatalf("%s does not show %q:\n%s", c.address(), texts, html)
	}
}

// press clicks on the first element of a selector, where it is seen, with the
// mouse.
func (c *chromium) press(selector string) {
	c.t.Helper()
	var last error
	if !eventually(func() bool { last = c.click(selector); return last == nil }) {
		c.t.Fatalf("press %s at %s: %v\n%s", selector, c.address(), last, c.html())
	}
}

func (c *chromium) click(selector string) error {
	result, err := c.try("DOM.getDocument", map[string]any{"depth": 0}, true)
	if err != nil {
		return err
	}
	var d struct{ Root struct{ NodeID int } }
	if err := json.Unmarshal(result, &d); err != nil {
		return err
	}
	result, err = c.try("DOM.querySelector", map[string]any{"nodeId": d.Root.NodeID, "selector": selector}, true)
	if err != nil {
		return err
	}
	var n struct{ NodeID int }
	if err := json.Unmarshal(result, &n); err != nil || n.NodeID == 0 {
		return fmt.Errorf("no such element")
	}
	if _, err := c.try("DOM.scrollIntoViewIfNeeded", map[string]any{"nodeId": n.NodeID}, true); err != nil {
		return err
	}
	result, err = c.try("DOM.getContentQuads", map[string]any{"nodeId": n.NodeID}, true)
	if err != nil {
		return err
	}
	if c.loading {
		return fmt.Errorf("the page is still loading")
	}
	var q struct{ Quads [][]float64 }
	if err := json.Unmarshal(result, &q); err != nil || len(q.Quads) == 0 {
		return fmt.Errorf("it is not seen")
	}
	x, y := (q.Quads[0][0]+q.Quads[0][4])/2, (q.Quads[0][1]+q.Quads[0][5])/2
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		if _, err := c.try("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}, true); err != nil {
			return err
		}
	}
	return nil
}
