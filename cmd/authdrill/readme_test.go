package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// fence is a block of code of the README.
type fence struct {
	language string
	line     int
	text     string
}

func fences(t *testing.T) []fence {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []fence
	var open *fence
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		switch mark, isFence := strings.CutPrefix(strings.TrimRight(line, "\n"), "```"); {
		case isFence && open == nil:
			open = &fence{language: mark, line: n}
		case isFence:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	return out
}

func ofLanguage(t *testing.T, language string) []fence {
	t.Helper()
	all := slices.DeleteFunc(fences(t), func(f fence) bool { return f.language != language })
	if len(all) == 0 {
		t.Fatalf("README.md has no block of %s", language)
	}
	return all
}

// here makes the README's commands those of this test.
func here(text string, r readyfile.File) string {
	return strings.NewReplacer("go run ./cmd/authdrill", "authdrill", "http://127.0.0.1:9400", r.Issuer, "http://127.0.0.1:9401", r.ClientApp).Replace(text)
}

// The shell of the README runs as it stands, from top to bottom, and prints what
// its comments say: `# → 401`.
func TestReadmeShell(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			commandtest.Missing(t, "no "+tool)
		}
	}
	r := commandtest.Serve(t)
	script := ""
	for _, f := range ofLanguage(t, "sh") {
		script += f.text
	}
	cmd := exec.Command("sh", "-eu", "-c", here(script, r))
	cmd.Dir = t.TempDir()
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errors.String())
	}
	rest := string(out)
	for _, m := range regexp.MustCompile(`(?m)# → (.*)$`).FindAllStringSubmatch(script, -1) {
		_, after, found := strings.Cut(rest, strings.TrimSpace(m[1])+"\n")
		if !found {
			t.Errorf("it did not print %q, or not in its turn:\n%s", m[1], out)
		}
		rest = after
	}
}

// What the README shows of a terminal is what one sees: its commands print its
// lines, in their order. Only times may differ, and … is for lines left out.
func TestReadmeTerminal(t *testing.T) {
	for _, f := range ofLanguage(t, "console") {
		command, shown, _ := strings.Cut(f.text, "\n")
		command = strings.TrimPrefix(command, "$ ")
		if testing.Short() && strings.Contains(command, "--matrix") {
			continue
		}
		var printed string
		if command == "go run ./cmd/authdrill" {
			printed = banner(t)
		} else {
			out, err := exec.Command("sh", "-c", here(command, readyfile.File{})).CombinedOutput()
			if err != nil {
				t.Errorf("README.md:%d: %s: %v\n%s", f.line, command, err, out)
			}
			printed = string(out)
		}
		rest := withoutTimes(printed)
		for line := range strings.Lines(shown) {
			if strings.TrimSpace(line) == "…" {
				continue
			}
			_, after, found := strings.Cut(rest, withoutTimes(line))
			if !found {
				t.Errorf("README.md:%d: %s does not print, or not in its turn:\n%s\nit prints:\n%s", f.line, command, line, printed)
			}
			rest = after
		}
	}
}

// withoutTimes makes texts equal that differ in durations, in ports and in white
// space.
func withoutTimes(s string) string {
	s = regexp.MustCompile(`[0-9][0-9.]* (ms|s)\b`).ReplaceAllString(s, "N $1")
	s = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).ReplaceAllString(s, "127.0.0.1:N")
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(s, " ")
}

// TestReadmeCounts: what the README counts in its text is what there is, without the
// entries that are planned.
func TestReadmeCounts(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, e := range catalog.Embedded().Entries {
		if e.Planned == "" {
			run++
		}
	}
	m := regexp.MustCompile(`catalogue has ([0-9]+) ways`).FindSubmatch(text)
	if m == nil || string(m[1]) != strconv.Itoa(run) {
		t.Errorf("README.md: %q: want %d", m, run)
	}
}

func banner(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	cmd := exec.Command("authdrill", "--port", "0", "--client-port", "0", "--ready-file", file)
	cmd.Dir = t.TempDir()
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var r readyfile.File
	if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
		t.Error("authdrill was not ready in time")
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return out.String()
}

// The scenarios of the README pass, and its settings are read.
func TestReadmeYAML(t *testing.T) {
	for _, f := range ofLanguage(t, "yaml") {
		folder := t.TempDir()
		name, args := "scenario.yaml", []string{"run", "scenario.yaml"}
		switch {
		case strings.HasPrefix(f.text, "# "+setting.FileName):
			name, args = setting.FileName, []string{"exec", "--port", "0", "true"}
		case strings.Contains(f.text, "\nentry: "):
			args = []string{"catalog", "--catalog", name, "--matrix"}
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("authdrill", args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("README.md:%d: %v\n%s", f.line, err, out)
		}
	}
}

// The Go of the README is in this file, so it compiles, and below it runs.
func TestReadmeGo(t *testing.T) {
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ofLanguage(t, "go") {
		if !strings.Contains(string(source), f.text) {
			t.Errorf("README.md:%d: the code is not in cmd/authdrill/readme_test.go", f.line)
		}
	}
}

func TestSessionOutlivesTheAccessToken(t *testing.T) {
	op := mockprovider.Start(t) // closed by t.Cleanup; its journal is printed if the test fails
	op.AutoSignIn("alice")      // no page
	app := yourApp(t, op.Issuer(), op.Client().ID, op.Client().Secret, op.Clock().Now)
	app.signIn()

	op.Clock().Advance(61 * time.Minute) // the access token has expired
	if _, err := op.Fault(fault.Fault{At: "token_endpoint", Error: &fault.OAuthError{Code: "temporarily_unavailable"}}); err != nil {
		t.Fatal(err)
	}
	app.callAPI()

	refreshed := op.Journal().Find(journal.Query{Endpoint: "token_endpoint", Params: map[string]any{"grant_type": "refresh_token"}})
	if len(refreshed) != 2 { // one that failed, one that did not
		t.Errorf("%d refresh requests, want 2:\n%s", len(refreshed), op.Journal().Text())
	}
}

// anApp stands for the reader's own: here it is the bundled client.
type anApp struct {
	t       *testing.T
	rp      *client.Client
	issuer  string
	session *client.Session
}

func yourApp(t *testing.T, issuer, id, secret string, now func() time.Time) *anApp {
	t.Helper()
	rp, err := client.New(client.Config{
		Issuer: issuer, ClientID: id, ClientSecret: secret, RedirectURL: "http://127.0.0.1/callback", Now: now,
		Scopes:     []string{"openid", "offline_access"},
		MaxRetries: 1, Backoff: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &anApp{t: t, rp: rp, issuer: issuer}
}

func (a *anApp) signIn() {
	a.t.Helper()
	asked, err := a.rp.Authorize(a.t.Context(), client.AuthorizeOptions{})
	if err != nil {
		a.t.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(asked.URL)
	if err != nil {
		a.t.Fatal(err)
	}
	_ = resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		a.t.Fatal(err)
	}
	if a.session, err = a.rp.Callback(a.t.Context(), asked, back.Query()); err != nil {
		a.t.Fatal(err)
	}
}

func (a *anApp) callAPI() {
	a.t.Helper()
	resp, err := a.rp.Call(a.t.Context(), a.session, client.CallOptions{URL: a.issuer + "/userinfo", AutoRefresh: true})
	if err != nil {
		a.t.Fatal(err)
	}
	if resp.Status != http.StatusOK {
		a.t.Fatalf("userinfo answers %d", resp.Status)
	}
}
