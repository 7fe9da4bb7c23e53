package interop

import (
	"bufio"
	"context"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// terminal is a command in front of a persona's provider, whose user has a
// browser elsewhere.
type terminal struct {
	*guest
	says          *bufio.Scanner
	keys          io.Writer
	code, address string // what it asks its user to enter, and where
}

// terminalTests are what the user of the device flow does. The command polls in whole
// seconds, and a fifth more.
func terminalTests() map[string]func(*terminal) {
	return map[string]func(*terminal){
		device: func(m *terminal) {
			ctx, cancel := context.WithTimeout(m.t.Context(), patience)
			defer cancel()
			if _, err := m.op.Journal().Wait(ctx, journal.Query{Endpoint: "token_endpoint", Error: "authorization_pending"}, 1); err != nil {
				m.t.Fatal(err)
			}
			m.answer(true)
			m.reads("Signed in as: alice")
		},
		denial: func(m *terminal) {
			m.answer(false)
			m.reads("The sign-in failed: The authorization request was denied. (access_denied)")
		},
		device + ": it waits longer when it is told to": func(m *terminal) {
			if _, err := m.op.Fault(fault.Fault{At: "token_endpoint", Refuse: "device.slow_down"}); err != nil {
				m.t.Fatal(err)
			}
			m.answer(true)
			m.reads("Signed in as: alice")
			if got := len(m.op.Journal().Find(journal.Query{Endpoint: "token_endpoint"})); got < 2 {
				m.t.Errorf("%d polls, want the one that came too soon, and another", got)
			}
		},
		expired + ": the device code": func(m *terminal) {
			m.op.Clock().Advance(16 * time.Minute)
			m.reads("The sign-in failed: The device_code has expired. (expired_token)")
		},
		device + ": its token does not expire": func(m *terminal) {
			m.answer(true)
			m.reads("Signed in as: alice")
			m.op.Clock().Advance(400 * day)
			m.asks()
			m.reads("Signed in as: alice")
		},
		withdrawn: func(m *terminal) {
			m.answer(true)
			m.reads("Signed in as: alice")
			m.op.RevokeGrant("alice", m.app.id)
			m.asks()
			m.reads("Please sign in again: Bad credentials")
		},
	}
}

// cliOAuth is the library of gh at GitHub's device flow, by the URLs that are written
// in it.
func cliOAuth() client {
	const folder, library = "go-cli-oauth", "github.com/cli/oauth"
	return client{
		library: library, language: "Go", folder: folder, persona: "github", named: true, cases: casesOf(terminalTests()),
		begin: func(t *testing.T) func(*testing.T, string) string {
			waiting := map[string]*terminal{} // all at once
			for name := range terminalTests() {
				waiting[name] = newTerminal(t)
			}
			return func(t *testing.T, word string) string {
				for name, test := range terminalTests() {
					if caseOf(name) == word {
						t.Run(name, func(t *testing.T) {
							m := waiting[name]
							m.t = t
							test(m)
						})
					}
				}
				return pinned(t, folder, library)
			}
		},
	}
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	base, err := persona.Named("github")
	if err != nil {
		t.Fatal(err)
	}
	base.DeviceCode.Interval = clock.Duration(time.Second)
	n := underRealNames(t, setup.Setup{Provider: base})
	g := &guest{t: t, app: webApp{id: "Iv1.0123456789abcdef"}, op: n.op, browser: &agent.Agent{Transport: n.wire}}
	g.op.SetClient(store.Client{ID: g.app.id, Secret: "unused", Name: "The App"})
	cmd := appIn(commandtest.FolderOf(t, "go-cli-oauth"))
	cmd.Env = append(append(os.Environ(), "GITHUB_CLIENT_ID="+g.app.id), n.env...)
	says, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	m := &terminal{guest: g, says: bufio.NewScanner(says), keys: keys}
	words := strings.Fields(m.line())
	m.code, m.address = words[3], words[5]
	return m
}

// line is the next line that the command says.
func (m *terminal) line() string {
	m.t.Helper()
	if !m.says.Scan() {
		m.t.Fatalf("the command has ended, or says nothing for %s: %v", patience, m.says.Err())
	}
	return m.says.Text()
}

func (m *terminal) reads(want string) {
	m.t.Helper()
	if got := m.line(); !strings.Contains(got, want) {
		m.t.Fatalf("the command says %q, want %q", got, want)
	}
}

// asks lets the command tell again who has signed in.
func (m *terminal) asks() {
	m.t.Helper()
	if _, err := io.WriteString(m.keys, "\n"); err != nil {
		m.t.Fatal(err)
	}
}

// answer enters the code as alice, who allows or declines.
func (m *terminal) answer(allow bool) {
	m.t.Helper()
	ctx := m.t.Context()
	page, err := m.browser.Visit(ctx, agent.Request{URL: m.address})
	if err == nil {
		page, err = page.Enter(ctx, url.Values{"user_code": {m.code}})
	}
	if err == nil {
		page, err = page.Login(ctx, "alice", "")
	}
	if err == nil {
		_, err = page.Consent(ctx, allow, nil)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}
