package chromium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Chromium is one process of the browser. Its Profiles know nothing of one
// another.
type Chromium struct {
	cmd     *exec.Cmd
	pipe    *pipe
	folder  string // its profile
	stderr  *prefixWriter
	closing sync.Once

	mu       sync.Mutex
	tabs     map[string]*tab      // by session
	parents  map[string]*tab      // the tab whose frame or worker a session is
	arriving map[string]chan *tab // tabs that were asked for, by target
	profiles map[string]*Profile  // by context, for the windows that pages open
}

// prefixWriter keeps the first words of what is written to it.
type prefixWriter struct{ text []byte }

func (b *prefixWriter) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), 4096-len(b.text))]...)
	return len(p), nil
}

// programNames are what Chromium is called, the best first.
func programNames() []string {
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
}

// notFoundError is the error of a machine without a Chromium.
type notFoundError struct{}

func (notFoundError) Error() string {
	return "no Chromium on the PATH: looked for " + strings.Join(programNames(), ", ")
}

func (notFoundError) Unwrap() error { return exec.ErrNotFound }

// find returns the path of Chromium. The error wraps exec.ErrNotFound where there is none.
func find() (string, error) {
	for _, name := range programNames() {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", notFoundError{}
}

// startTime is how long Chromium may take to start, and closeTime to end.
const (
	startTime = 30 * time.Second
	closeTime = 5 * time.Second
)

// flags start a browser without a window, a profile of its own, and no network:
// no proxy listens at its proxy's address, and nothing bypasses it.
func flags(folder string) []string {
	out := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + folder,
		"--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
		"--disable-client-side-phishing-detection", "--disable-domain-reliability", "--no-pings", "--metrics-recording-only",
		"--disable-breakpad", "--disable-crash-reporter", "--no-first-run", "--no-default-browser-check", "--password-store=basic", "--use-mock-keychain",
		"--disable-features=Translate,OptimizationHints,MediaRouter,NetworkPrediction,SpareRendererForSitePerProcess,HttpsUpgrades",
		"--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
		"--disable-popup-blocking", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio", "--hide-scrollbars", "--lang=en-US",
	}
	if os.Getuid() == 0 {
		out = append(out, "--no-sandbox") // it will not be root in a sandbox
	}
	return append(out, "about:blank")
}

// Start starts Chromium. The error wraps exec.ErrNotFound where there is none.
func Start(ctx context.Context) (*Chromium, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "authdrill-chromium-")
	if err != nil {
		return nil, err
	}
	c := &Chromium{
		folder: folder, stderr: &prefixWriter{},
		tabs: map[string]*tab{}, parents: map[string]*tab{}, arriving: map[string]chan *tab{}, profiles: map[string]*Profile{},
	}
	if err := c.launch(path); err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("%s does not start: %w", path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	// Every page that is ever opened waits until its requests are held.
	err = c.pipe.call(ctx, "", "Target.setAutoAttach", autoAttach(), nil)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("%s does not start: %w\n%s", path, err, c.stderr.text)
	}
	return c, nil
}

// autoAttach takes hold of everything that is opened, but for the browser's own
// windows, and lets it wait.
func autoAttach() map[string]any {
	filter := []any{}
	for _, kind := range []string{"browser", "browser_ui", "tab"} {
		filter = append(filter, map[string]any{"type": kind, "exclude": true})
	}
	return map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": append(filter, map[string]any{})}
}

func (c *Chromium) launch(path string) error {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirIn.Close()
	out, theirOut, err := os.Pipe()
	if err != nil {
		return errors.Join(err, in.Close())
	}
	defer theirOut.Close()
	c.cmd = exec.Command(path, flags(c.folder)...)
	c.cmd.ExtraFiles = []*os.File{theirIn, theirOut} // its descriptors 3 and 4
	c.cmd.SysProcAttr = ownGroup()
	c.cmd.Stderr = c.stderr
	c.cmd.WaitDelay = closeTime
	if err := c.cmd.Start(); err != nil {
		return errors.Join(err, in.Close(), out.Close())
	}
	c.pipe = newPipe(in, out, c.receive)
	go c.pipe.read() // ends with Chromium
	return nil
}

// Close ends Chromium, if need be by force, and removes its profile.
func (c *Chromium) Close() {
	c.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if c.pipe.call(ctx, "", "Browser.close", nil, nil) == nil {
			select {
			case <-c.pipe.ended:
			case <-ctx.Done():
			}
		}
		killGroup(c.cmd)
		_ = c.cmd.Wait() // it was killed
		_, _ = c.pipe.in.Close(), c.pipe.out.Close()
		_ = os.RemoveAll(c.folder)
	})
}

// receive gives an event to the tab that it is about.
func (c *Chromium) receive(m message) {
	switch m.Method {
	case "Target.attachedToTarget":
		var e attachedEvent
		if json.Unmarshal(m.Params, &e) == nil {
			go c.attach(m.SessionID, e)
		}
		return
	case "Target.detachedFromTarget":
		var e attachedEvent
		if json.Unmarshal(m.Params, &e) == nil {
			c.mu.Lock()
			t := c.tabs[e.SessionID]
			delete(c.tabs, e.SessionID)
			delete(c.parents, e.SessionID)
			c.mu.Unlock()
			if t != nil {
				t.markGone()
			}
		}
		return
	}
	c.mu.Lock()
	t, parent := c.tabs[m.SessionID], c.parents[m.SessionID]
	c.mu.Unlock()
	switch {
	case t != nil:
		t.receive(m)
	case parent != nil:
		parent.receiveRequest(m)
	}
}
