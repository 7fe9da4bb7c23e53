package reportcard

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
)

var updateCards = flag.Bool("update-cards", false, "write the report cards of testdata/clients")

// TestAttackOnRealApps attacks each app of testdata/clients and holds its report
// card against the one that was reviewed by hand: see REVIEW.md there. The apps
// wait, most of the time: so four are attacked at once, the slowest first.
func TestAttackOnRealApps(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes from half a minute to some minutes for each app")
	}
	t.Parallel()
	apps := []string{"java-spring", "node-openid-client", "node-passport", "python-authlib", "go-tenbugs", "python-requests-oauthlib", "go-oidc"}
	turns := make(chan struct{}, 4)
	cards := map[string]<-chan attacked{}
	for _, app := range apps {
		if commandtest.Lacking(filepath.Join(commandtest.ClientsFolder, app)) == "" {
			cards[app] = attackInTurn(t.Context(), turns, filepath.Join(commandtest.ClientsFolder, app))
		}
	}
	for _, app := range apps {
		t.Run(app, func(t *testing.T) {
			folder := filepath.Join(commandtest.ClientsFolder, app)
			commandtest.Installed(t, app)
			a := <-cards[app]
			if a.err != nil {
				t.Fatal(a.err)
			}
			complete(t, a.card)
			hold(t, filepath.Join(folder, "card.txt"), cardLines(a.card))
			if slices.Contains(shuffledApps(), app) {
				compareCards(t, a.card, a.shuffled)
			}
			switch app {
			case "go-oidc":
				if failed := failures(a.card); len(failed) > 0 {
					t.Errorf("the correct app fails %v", failed)
				}
			case "go-tenbugs":
				if got, want := failures(a.card), planted(t, folder); !slices.Equal(got, want) {
					t.Errorf("the ten bugs: found %v, planted %v", got, want)
				}
			}
		})
	}
}

// TestEveryFailIsReviewed: no app fails an entry of which REVIEW.md does not say
// why, under the app's own heading. Of the planted bugs the sources say it.
func TestEveryFailIsReviewed(t *testing.T) {
	review, err := os.ReadFile(filepath.Join(commandtest.ClientsFolder, "REVIEW.md"))
	if err != nil {
		t.Fatal(err)
	}
	reviewed := map[string]bool{}
	app := ""
	for line := range strings.Lines(string(review)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			app, _, _ = strings.Cut(strings.TrimSpace(heading), " ")
		}
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.TrimSpace(cells[3]) != "" {
			for id := range strings.SplitSeq(cells[1], ",") {
				reviewed[app+" "+strings.TrimSpace(id)] = true
			}
		}
	}
	cards, err := filepath.Glob(filepath.Join(commandtest.ClientsFolder, "*", "card.txt"))
	if err != nil || len(cards) == 0 {
		t.Fatal(cards, err)
	}
	for _, more := range []string{"go-kinds/*.txt", "products/*/card.txt"} {
		names, err := filepath.Glob(filepath.Join(commandtest.ClientsFolder, filepath.FromSlash(more)))
		if err != nil {
			t.Fatal(err)
		}
		cards = append(cards, names...)
	}
	for _, name := range cards {
		card, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		app := filepath.Base(filepath.Dir(name))
		for line := range strings.Lines(string(card)) {
			if fields := strings.Fields(line); app != "go-tenbugs" && strings.HasPrefix(line, "FAIL") && !reviewed[app+" "+fields[1]] {
				t.Errorf("REVIEW.md does not say why %s fails %s", app, fields[1])
			}
		}
	}
}

// attacked is the outcome of an attack.
type attacked struct {
	card     *attack.Card
	shuffled *attack.Card // of another run, in another order; nil where there was none
	err      error
}

// attackInTurn attacks an app when it is its turn.
func attackInTurn(ctx context.Context, turns chan struct{}, folder string) <-chan attacked {
	out := make(chan attacked, 1)
	go func() {
		turns <- struct{}{}
		defer func() { <-turns }()
		var a attacked
		if a.card, a.err = attackApp(ctx, folder, nil); a.err == nil && slices.Contains(shuffledApps(), filepath.Base(folder)) {
			a.shuffled, a.err = attackApp(ctx, folder, shuffledEntries())
		}
		out <- a
	}()
	return out
}

// attackApp attacks an app with entries, nil for all.
func attackApp(ctx context.Context, folder string, entries []*catalog.Entry) (*attack.Card, error) {
	s, app, err := setting.ReadApp(filepath.Join(folder, setting.FileName), setting.NewFlags())
	if err != nil {
		return nil, err
	}
	parallel := 2
	switch language, _, _ := strings.Cut(filepath.Base(folder), "-"); language {
	case "java":
		parallel = 4 // it has no time-outs, so half of them wait, and the others start anew
	case "go":
		parallel = 0 // it starts quickly, so others play while some wait
	}
	return attack.Run(ctx, attack.Options{App: app, Setup: s, Folder: folder, Env: os.Environ(), Parallel: parallel, Personas: true, Entries: entries})
}

// complete fails unless the calibration succeeded, and enough was exercised.
func complete(t *testing.T, card *attack.Card) {
	t.Helper()
	if !card.Calibrated() {
		t.Fatalf("the calibration failed: %+v", card.Calibration)
	}
	exercised := 0
	for _, f := range card.Findings {
		if f.Verdict != result.NotExercised {
			exercised++
		}
		if f.Verdict == result.Invalid {
			t.Errorf("%s: %s", f.ID, f.Reason)
		}
	}
	if exercised < 150 {
		t.Errorf("%d entries were exercised, want at least 150", exercised)
	}
	t.Logf("%d exercised in %s", exercised, card.Duration)
}

// racing are the entries where chance decides which comes first: of two requests
// at once, where an app does not take care; of a server's 431 and the end of its
// connection, where a request is longer than it reads (RFC 6585 section 5).
func racing() []string {
	return []string{"late-double-callback", "rt-race-parallel-10", "err-description-huge"}
}

// cardLines are the verdicts of a card, a line each.
func cardLines(card *attack.Card) string {
	var out strings.Builder
	for _, f := range card.Findings {
		if f.Verdict == result.NotExercised || slices.Contains(racing(), f.ID) {
			continue
		}
		fmt.Fprintf(&out, "%-17s %s\n", f.Verdict, f.ID)
	}
	return out.String()
}

func failures(card *attack.Card) []string {
	var out []string
	for _, f := range card.Findings {
		if f.Verdict.Failed() {
			out = append(out, f.ID)
		}
	}
	slices.Sort(out)
	return out
}

// planted are the ids that the sources of an app say it must fail.
func planted(t *testing.T, folder string) []string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`// planted: (\S+)`).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

// hold compares with a golden file, or writes it with -update-cards.
func hold(t *testing.T, name, got string) {
	t.Helper()
	if *updateCards {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("no longer: %s", line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("new:       %s", line)
		}
	}
}
