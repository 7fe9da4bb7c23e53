package interop

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// browser is a Chromium that sends its requests itself, so that its own rules for
// cookies, frames, popups and CORS decide. The browser of scenarios/internal/chromium holds
// every request instead, and could not prove them.
type browser struct {
	t    *testing.T
	cmd  *exec.Cmd
	dev  *devtools
	ctx  context.Context
	said strings.Builder // its standard error

	mu      sync.Mutex
	tabs    map[string]*tab      // by session
	opening map[string]chan *tab // tabs that were asked for, by target
	people  map[string]*person   // by profile
	notes   []string             // of the console and the network, for a test that fails
}

const closeTime = 5 * time.Second

// findChromium returns the path of Chromium, "" where there is none.
func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startBrowser starts Chromium with everything but loopback behind a proxy, and with
// trust in one public key. Third-party cookies are let through, as in a window of it
// that is not private; or blocked, as users can have it and other browsers do.
func startBrowser(t *testing.T, blocked bool, proxy, key string) *browser {
	t.Helper()
	path := findChromium()
	if path == "" {
		commandtest.Missing(t, "no Chromium on the PATH")
	}
	b := &browser{t: t, ctx: t.Context(), tabs: map[string]*tab{}, opening: map[string]chan *tab{}, people: map[string]*person{}}
	theirIn, in, err := os.Pipe()
	must(t, err)
	out, theirOut, err := os.Pipe()
	must(t, err)
	b.dev = &devtools{in: in, out: out, event: b.event, ended: make(chan struct{}), waiting: map[int]chan message{}}
	folder := t.TempDir()
	cookies := 0
	if blocked {
		cookies = 1
	}
	must(t, os.Mkdir(filepath.Join(folder, "Default"), 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "Default", "Preferences"), fmt.Appendf(nil, `{"profile": {"cookie_controls_mode": %d}}`, cookies), 0o600))
	b.cmd = exec.Command(path, flags(folder, proxy, key)...)
	b.cmd.ExtraFiles = []*os.File{theirIn, theirOut} // its descriptors 3 and 4
	b.cmd.Stderr, b.cmd.WaitDelay = &b.said, closeTime
	must(t, b.cmd.Start())
	_, _ = theirIn.Close(), theirOut.Close()
	go b.dev.read() // ends with Chromium
	t.Cleanup(b.close)
	pages := []any{params{"type": "page"}, params{"exclude": true}}
	must(t, b.dev.call(b.ctx, "", "Target.setAutoAttach", params{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": pages}, nil))
	return b
}

func flags(folder, proxy, key string) []string {
	out := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + folder,
		"--proxy-server=http://" + proxy, // Chromium asks loopback names and addresses without it
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
		"--disable-client-side-phishing-detection", "--disable-domain-reliability", "--no-pings", "--disable-breakpad", "--no-first-run", "--no-default-browser-check",
		"--password-store=basic", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
		"--disable-backgrounding-occluded-windows", "--disable-features=Translate,OptimizationHints,MediaRouter,NetworkPrediction,HttpsUpgrades", "--lang=en-US",
	}
	if key != "" {
		out = append(out, "--ignore-certificate-errors-spki-list="+key)
	}
	if os.Getuid() == 0 {
		out = append(out, "--no-sandbox")
	}
	return append(out, "about:blank")
}

func (b *browser) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if b.dev.call(ctx, "", "Browser.close", nil, nil) == nil {
		select {
		case <-b.dev.ended:
		case <-ctx.Done():
		}
	}
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
	_, _ = b.dev.in.Close(), b.dev.out.Close()
	if b.t.Failed() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.t.Logf("the browser's notes:\n%s", strings.Join(b.notes, "\n"))
	}
}

// event gives an event to the tab that it is about.
func (b *browser) event(m message) {
	if m.Method == "Target.attachedToTarget" {
		var e struct {
			SessionID  string
			TargetInfo struct{ TargetID, BrowserContextID string }
		}
		if json.Unmarshal(m.Params, &e) == nil {
			go b.attach(&tab{browser: b, session: e.SessionID, profile: e.TargetInfo.BrowserContextID}, e.TargetInfo.TargetID)
		}
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tabs[m.SessionID]
	if t == nil {
		return
	}
	switch m.Method {
	case "Page.domContentEventFired":
		go t.act(b.ctx)
	case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.frameNavigated":
		b.notes = append(b.notes, note(m))
	}
}

// note shortens an event to what a person would read of it.
func note(m message) string {
	var e struct {
		Args             []struct{ Value any }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Entry struct{ Text, URL string }
		Frame struct{ URL string }
	}
	_ = json.Unmarshal(m.Params, &e)
	line := m.Method + " " + e.Entry.Text + " " + e.Entry.URL + e.Frame.URL + e.ExceptionDetails.Text + e.ExceptionDetails.Exception.Description
	for _, a := range e.Args {
		line += fmt.Sprint(a.Value, " ")
	}
	return line[:min(len(line), 600)]
}

// attach lets a new page go on once its events are heard.
func (b *browser) attach(t *tab, target string) {
	b.mu.Lock()
	b.tabs[t.session] = t
	b.mu.Unlock()
	for _, method := range []string{"Page.enable", "Runtime.enable", "Log.enable", "Runtime.runIfWaitingForDebugger"} {
		if err := b.dev.call(b.ctx, t.session, method, nil, nil); err != nil {
			return // the page has closed
		}
	}
	b.arrival(target) <- t
}

// arrival is where the tab of a target arrives.
func (b *browser) arrival(target string) chan *tab {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.opening[target] == nil {
		b.opening[target] = make(chan *tab, 1)
	}
	return b.opening[target]
}
