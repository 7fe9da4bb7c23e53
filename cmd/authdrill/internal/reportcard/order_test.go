package reportcard

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/result"
)

// shuffledApps are attacked once more, in another order: an entry leaves nothing behind
// that another one meets.
func shuffledApps() []string { return []string{"go-oidc", "python-authlib", "node-passport"} }

// shuffledEntries are the entries in a random order, without those that only wait for a
// slow provider: an app without time-outs would take minutes once more.
func shuffledEntries() []*catalog.Entry {
	entries := slices.DeleteFunc(slices.Clone(catalog.Embedded().Entries), func(e *catalog.Entry) bool {
		return slices.ContainsFunc(e.Variants, isSlow)
	})
	rand.New(rand.NewPCG(16, 7)).Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries
}

// varying are the parts of a reason that are other ones in each run: times, addresses
// with ports, and the issuer of an instance.
var varying = regexp.MustCompile(`https?://[^\s"]+|127\.0\.0\.1:\d+(/t/w\d+)?|\d+(\.\d+)?(ms|µs|s|m)\b`)

// compareCards compares the verdicts and reasons of a run with those of an earlier one.
// Where chance decides a race, it may decide another way.
func compareCards(t *testing.T, first, second *attack.Card) {
	t.Helper()
	was := map[string]result.Result{}
	for _, f := range first.Findings {
		was[f.ID] = f
	}
	if len(second.Findings) < 300 {
		t.Errorf("%d entries were played in another order", len(second.Findings))
	}
	for _, f := range second.Findings {
		before := was[f.ID]
		if slices.Contains(racing(), f.ID) || f.RacesLost+before.RacesLost > 0 {
			continue
		}
		if f.Verdict != before.Verdict || !endsApp(f) && varying.ReplaceAllString(f.Reason, "#") != varying.ReplaceAllString(before.Reason, "#") {
			t.Errorf("%s in another order: %s: %s\nand was %s: %s", f.ID, f.Verdict, f.Reason, before.Verdict, before.Reason)
		}
	}
}

// endsApp reports whether an entry ended the app: how its connections end then is left to
// chance.
func endsApp(f result.Result) bool {
	return slices.ContainsFunc(f.Causes, func(c result.Cause) bool { return c.Rule == "app_ended" }) || strings.Contains(f.Reason, "; the app ended: ")
}
