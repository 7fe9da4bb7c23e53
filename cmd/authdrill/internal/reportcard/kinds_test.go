package reportcard

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// TestAttackOnKindsOfApps attacks the apps of testdata/clients/go-kinds: each as it
// should be, whose report card was reviewed by hand, and with its planted bugs, which
// are found, all of them and nothing else.
func TestAttackOnKindsOfApps(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds for each app")
	}
	t.Parallel()
	commandtest.Installed(t, "go-kinds")
	folder := filepath.Join(commandtest.ClientsFolder, "go-kinds")
	settings, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(settings) == 0 {
		t.Fatal(settings, err)
	}
	slices.SortStableFunc(settings, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	turns := make(chan struct{}, 4)
	bugs := 0
	for _, file := range settings {
		kind := kindOf(file)
		planted := plantedIn(t, filepath.Join(folder, kind+".go"))
		bugs += len(planted.bugs)
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			buggy := make(chan attacked, 1)
			go func() { buggy <- attackKind(t.Context(), turns, file, "BUGS="+strings.Join(planted.bugs, ",")) }()
			correct, with := judged(t, attackKind(t.Context(), turns, file)), judged(t, <-buggy)
			if t.Failed() {
				return
			}
			hold(t, filepath.Join(folder, kind+".txt"), cardLines(correct))
			want := slices.Compact(slices.Sorted(slices.Values(append(failures(correct), planted.entries...))))
			if got := failures(with); !slices.Equal(got, want) {
				t.Errorf("with the bugs %v:", planted.bugs)
				explainDifference(t, with, want)
			}
		})
	}
	if bugs < 40 {
		t.Errorf("%d bugs are planted, want at least 40", bugs)
	}
}

// rank puts the app first that is given a minute for its keys.
func rank(file string) string {
	if kindOf(file) == throttled {
		return ""
	}
	return file
}

// throttled is the app that asks for keys once a minute.
const throttled = "throttle"

func kindOf(file string) string { return strings.TrimSuffix(filepath.Base(file), ".yaml") }

// inBrowser are the kinds whose sign-in is a script, and what they are attacked with.
var inBrowser = map[string][]string{
	"popup": {"happy-code", "code-in-history", "postmessage-wildcard", "tokens-in-web-storage"},
	"spa":   {"happy-code", "err-description-xss", "state-wrong", "idt-nonce-wrong", "postmessage-wildcard"},
}

// entriesFor are those that a kind is attacked with. Entries that make an app wait for an
// answer, or for a token to expire, say nothing about its kind.
func entriesFor(kind string) (out []*catalog.Entry) {
	for _, e := range catalog.Embedded().Entries {
		switch ids := inBrowser[kind]; {
		case ids != nil && !slices.Contains(ids, e.ID):
		case kind == throttled && rotates(e.Scenario) && e.ID != "rotate-between-logins": // its minute is waited for once
		case e.Group != "persona" && !slices.ContainsFunc(e.Variants, waits):
			out = append(out, e)
		}
	}
	return out
}

func attackKind(ctx context.Context, turns chan struct{}, file string, env ...string) attacked {
	kind := kindOf(file)
	turns <- struct{}{}
	defer func() { <-turns }()
	s, app, err := setting.ReadApp(file, setting.NewFlags())
	if err != nil {
		return attacked{err: err}
	}
	o := attack.Options{App: app, Setup: s, Folder: filepath.Dir(file), Env: append(os.Environ(), env...), Parallel: 2, Entries: entriesFor(kind)}
	if inBrowser[kind] != nil {
		o.Chromium, o.Parallel = true, 1 // each instance signs in once more, and Chromium takes its time
	}
	card, err := attack.Run(ctx, o)
	return attacked{card: card, err: err}
}

// judged returns the card of an attack, of a kind that was played from beginning to end.
func judged(t *testing.T, a attacked) *attack.Card {
	t.Helper()
	switch {
	case errors.Is(a.err, attack.ErrBrowser) && errors.Is(a.err, exec.ErrNotFound):
		commandtest.Missing(t, a.err.Error())
	case a.err != nil:
		t.Fatal(a.err)
	case !a.card.Calibrated():
		t.Fatalf("the calibration failed: %+v", a.card.Calibration)
	}
	for _, f := range a.card.Findings {
		if f.Verdict == result.Invalid {
			t.Errorf("%s: %s", f.ID, f.Reason)
		}
	}
	t.Logf("%d findings in %s", len(a.card.Findings), a.card.Duration)
	return a.card
}

func rotates(e *drill.Scenario) bool {
	return slices.ContainsFunc(e.Steps, func(s *drill.Step) bool { return s.RotateKeys != nil })
}

// waits reports whether an entry makes an app wait.
func waits(e *drill.Scenario) bool {
	return isSlow(e) || slices.ContainsFunc(e.Steps, func(s *drill.Step) bool { return s.Expire != "" })
}

// isSlow reports whether the provider takes its time in an entry.
func isSlow(e *drill.Scenario) bool {
	if slices.ContainsFunc(e.Steps, func(s *drill.Step) bool { return s.Crowd != nil }) {
		return true
	}
	return e.Stimulus != nil && slices.ContainsFunc(e.Stimulus.Faults, func(f fault.Fault) bool {
		return f.Delay != nil || slices.Contains([]string{"hang", "slow", "blackhole"}, f.Connection)
	})
}

// plantedBugs are the bugs of an app, and the entries that find them.
type plantedBugs struct{ bugs, entries []string }

var (
	bugName     = regexp.MustCompile(`\.bug\("([a-z0-9-]+)"\)`)
	plantedMark = regexp.MustCompile(`// planted: (\S+)`)
)

// plantedIn reads from the source of a kind which bugs it can have.
func plantedIn(t *testing.T, file string) (p plantedBugs) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range bugName.FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(p.bugs, m[1]) {
			p.bugs = append(p.bugs, m[1])
		}
	}
	for _, m := range plantedMark.FindAllStringSubmatch(string(text), -1) {
		p.entries = append(p.entries, m[1])
	}
	return p
}

// explainDifference says which failures of a card are wrong, and which are missing.
func explainDifference(t *testing.T, card *attack.Card, want []string) {
	t.Helper()
	for _, f := range card.Findings {
		switch planted := slices.Contains(want, f.ID); {
		case f.Verdict.Failed() && !planted:
			t.Errorf("false: %s %s: %s", f.Verdict, f.ID, f.Reason)
		case !f.Verdict.Failed() && planted:
			t.Errorf("not found: %s %s: %s", f.Verdict, f.ID, cmp.Or(f.Reason, "no reason"))
		}
	}
}
