// Package process starts an app under test, keeps the end of its output, and ends it
// again. Begin with Start.
package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Process is an app that was started.
type Process struct {
	App *target.App // with every ${name} filled in

	cmd    *exec.Cmd
	output *Output
	hide   func(string) string
	ended  chan struct{}
	err    error
}

// Surroundings are what an app is started in.
type Surroundings struct {
	Names  map[string]string // what ${issuer}, ${client_id}, ${client_secret}, ${port} and others are replaced by
	Env    []string          // environment of every program, as os.Environ has it
	Folder string            // where the command runs; default here
	Log    io.Writer         // gets what the app writes; may be nil
	Least  time.Duration     // it may take so long to be ready, whatever the app says: it is known to be slow now

	// Hide takes secrets out of what is quoted of the app's output; nil leaves it.
	// It comes before the text is shortened, which makes a secret unrecognizable.
	Hide func(text string) string
}

// defaultTimeout is how long an app may take to be ready that does not say.
const defaultTimeout = 30 * time.Second

// tailLength is how much of an app's output its errors quote.
const tailLength = 8 << 10

// stopTimeout is how long an app may take to end when it is asked to.
const stopTimeout = 5 * time.Second

// fill returns the app with every ${name} filled in. A name without
// a value is an error.
func fill(a *target.App, names map[string]string) (*target.App, error) {
	return strict.Expand(a, func(name string) (any, error) {
		if value, ok := names[name]; ok {
			return value, nil
		}
		if strings.HasPrefix(name, "user.") {
			return "${" + name + "}", nil
		}
		return nil, fmt.Errorf("${%s} is not known: there are ${issuer}, ${client_id}, ${client_secret}, ${api}, ${port} and ${ca_file}", name)
	})
}

// Start starts the app and waits until it is ready. The error quotes the app's output.
func Start(ctx context.Context, a *target.App, s Surroundings) (*Process, error) {
	app, err := fill(a, s.Names)
	if err != nil {
		return nil, err
	}
	if app.Start == nil || len(app.Start.Command) == 0 {
		return nil, errors.New("app.start has no command")
	}
	p := &Process{App: app, output: &Output{Limit: tailLength, To: s.Log}, hide: s.Hide, ended: make(chan struct{})}
	if p.hide == nil {
		p.hide = func(text string) string { return text }
	}
	p.cmd = exec.Command(app.Start.Command[0], app.Start.Command[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.Folder, p.output, p.output
	p.cmd.Env = s.Env
	for name, value := range app.Start.Env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.SysProcAttr = newGroup()
	p.cmd.WaitDelay = stopTimeout
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("the app does not start: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	if err := p.waitUntilReady(ctx, max(s.Least, cmp.Or(time.Duration(app.Start.Timeout), defaultTimeout))); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// waitUntilReady waits until the ready probe is answered as it says.
func (p *Process) waitUntilReady(ctx context.Context, within time.Duration) error {
	url, status := p.readyProbe()
	if url == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	wall := clock.Running()
	last := "no answer"
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("app.start.ready: %w", err)
		}
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		switch {
		case err == nil:
			_ = resp.Body.Close()
			if status == 0 && resp.StatusCode < 500 || resp.StatusCode == status {
				return nil
			}
			last = "status " + strconv.Itoa(resp.StatusCode)
		case ctx.Err() == nil:
			last = err.Error()
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the app ended before it was ready: %s: %s", p.cmd.ProcessState, p.Output())
		default:
		}
		if wall.Sleep(ctx, 25*time.Millisecond) != nil {
			return fmt.Errorf("the app was not ready within %s (app.start.timeout): %s gave %s: %s", within, url, last, p.Output())
		}
	}
}

// readyProbe reads `GET http://127.0.0.1:8080/healthz -> 200`; without one, any
// answer below 500 of the app's first page will do.
func (p *Process) readyProbe() (url string, status int) {
	text := strings.TrimPrefix(p.App.Start.Ready, "GET ")
	if text == "" {
		return p.App.BaseURL, 0
	}
	url, wanted, found := strings.Cut(text, "->")
	if found {
		status, _ = strconv.Atoi(strings.TrimSpace(wanted)) // 0 where it is not a number: any below 500
	}
	return strings.TrimSpace(url), status
}

// Alive reports whether the app still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Output returns the end of the app's output as one line.
func (p *Process) Output() string { return quoteOutput(p.hide(p.output.String())) }

// Stop ends the app and all that it started: first it is asked, then made to.
func (p *Process) Stop() {
	signalGroup(p.cmd, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	select {
	case <-p.ended:
	case <-ctx.Done():
	}
	signalGroup(p.cmd, syscall.SIGKILL)
	<-p.ended
}

// quoteOutput returns an app's output as one printable line. Of a long text it keeps
// the end, which is the most useful part.
func quoteOutput(output string) string {
	const most = 400
	var lines []string
	for line := range strings.FieldsFuncSeq(output, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(strict.Printable(line)); line != "" {
			lines = append(lines, line)
		}
	}
	text := []rune(strings.Join(lines, " | "))
	if len(text) > most {
		text = append([]rune("…"), text[len(text)-most:]...)
	}
	return string(text)
}
