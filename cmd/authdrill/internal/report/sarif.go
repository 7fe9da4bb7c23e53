package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// home is where a rule without a clause of its own leads.
const home = "https://github.com/authdrill/authdrill"

// writeSARIF writes SARIF 2.1.0, as code scanning reads it. A rule is a scenario,
// its help the clauses that it proves, or an entry that failed, its help the
// clauses and the remedy. A result is a failure; one that was expected is
// suppressed. Of an app, failures with one cause are one result, whose rule is that of
// its kind. A scenario that did not fail is a result of another kind (section
// 3.27.9).
func writeSARIF(w io.Writer, d *document) error {
	l := &sarifLog{d: d, rules: []any{}, results: []any{}, at: map[string]int{}}
	results := d.Failing
	if d.Listed {
		results = d.Results
	}
	for _, c := range d.Causes {
		l.cause(c)
	}
	for _, r := range results {
		if len(r.Causes) > 0 {
			l.excused(r) // its causes are the results of the others
			continue
		}
		failures := selected(r.Variants, func(v *row) bool { return v.Standing == failed || v.Standing == expected })
		if len(failures) == 0 {
			failures = []*row{r}
		}
		for _, one := range failures {
			l.result(one)
		}
	}
	return l.write(w)
}

// excused adds the variants of an entry that failed as expected, while others failed.
func (l *sarifLog) excused(r *row) {
	for _, v := range r.Variants {
		if v.Standing == expected {
			l.result(v)
		}
	}
}

// cause adds a cause: its rule is that of all causes that are fixed in the same way.
func (l *sarifLog) cause(c *cause) {
	id := "cause/" + c.Family
	rule, known := l.at[id]
	if !known {
		rule = len(l.rules)
		l.at[id] = rule
		l.rules = append(l.rules, causeRule(id, c))
	}
	said := sentences(c.Happened(), "Shown by: "+strings.Join(c.Names, ", "), "Again: "+c.Again)
	out := map[string]any{
		"ruleId": id, "ruleIndex": rule, "level": c.Level, "message": map[string]any{"text": sarifText(said)}, "locations": l.atApp(),
		"partialFingerprints": map[string]any{"causeAndTarget/v1": fingerprint(c.key, l.d.Target)},
		"properties":          map[string]any{"verdict": c.Verdict, "severity": c.Severity, "entries": c.Names, "curl": c.Request},
	}
	if l.d.Grade != nil && l.d.Grade.Changes != nil {
		out["baselineState"] = l.d.baselineState(c)
	}
	l.results = append(l.results, out)
}

// baselineState is how a cause compares with an earlier card (section 3.27.24).
func (d *document) baselineState(c *cause) string {
	changed := map[string]bool{}
	for _, x := range d.Grade.Changes.New {
		changed[x.Name] = true
	}
	n := 0
	for _, name := range c.Names {
		if changed[name] {
			n++
		}
	}
	switch n {
	case 0:
		return "unchanged"
	case len(c.Names):
		return "new"
	}
	return "updated"
}

// causeRule is the rule of a family of causes, explained by its worst.
func causeRule(id string, c *cause) map[string]any {
	r := &row{Entry: true, ID: id, Title: c.Saw, Description: c.Happened(), Level: c.Level, Severity: c.Severity, Clauses: c.Clauses, Tags: []string{c.Family}}
	r.Advice = advice{Right: "no failure of this kind", Why: c.Why, Remedy: c.Remedy}
	return sarifRule(r)
}

// atApp is where the results of a card are: the app has no file that we know.
func (l *sarifLog) atApp() []any {
	return []any{map[string]any{
		"physicalLocation": map[string]any{"artifactLocation": map[string]any{"uri": "authdrill.yaml"}, "region": map[string]any{"startLine": 1}},
		"logicalLocations": []any{map[string]any{"fullyQualifiedName": l.d.Target, "kind": "resource"}},
	}}
}

type sarifLog struct {
	d              *document
	rules, results []any
	at             map[string]int // where each rule is
}

func (l *sarifLog) result(r *row) {
	rule, known := l.at[r.ID]
	if !known {
		rule = len(l.rules)
		l.at[r.ID] = rule
		l.rules = append(l.rules, sarifRule(r))
	}
	for _, c := range r.Complaints {
		said := sentences(c.sentence(), c.About, "Again: "+r.Again)
		if r.Entry {
			if r.Name != r.ID {
				c.About += ", " + r.Name
			}
			said = sentences(c.About, c.Kind+": "+c.sentence(), "Again: "+r.Again)
		}
		out := l.finding(r, rule, "fail", c.At, said)
		if r.Standing == expected {
			out["suppressions"] = []any{map[string]any{"kind": "external", "status": "accepted", "justification": justification(r)}}
		}
		l.results = append(l.results, out)
	}
	if len(r.Complaints) > 0 {
		return
	}
	kind, said := "pass", []string{orElse(r.Why, r.Verdict)}
	switch {
	case r.failed():
		kind, said = "fail", append(said, "Again: "+r.Again)
	case r.Standing == skipped:
		kind = "notApplicable"
	}
	l.results = append(l.results, l.finding(r, rule, kind, r.Place, sentences(said...)))
}

func justification(r *row) string {
	if r.Entry {
		return "listed as an expected failure"
	}
	return orElse(sarifText(r.Why), "it is expected to fail")
}

// finding is a result of a log: of a scenario at its line, of an entry at the app.
func (l *sarifLog) finding(r *row, rule int, kind string, at strict.Place, said string) map[string]any {
	level := r.Level
	if kind != "fail" {
		level = "none"
	}
	out := map[string]any{"ruleId": r.ID, "ruleIndex": rule, "level": level, "message": map[string]any{"text": sarifText(said)}}
	if r.Entry {
		out["locations"] = l.atApp()
		out["partialFingerprints"] = map[string]any{"entryAndTarget/v1": fingerprint(r.Name, l.d.Target)}
		out["properties"] = map[string]any{"verdict": r.Verdict, "severity": r.Severity}
		return out
	}
	out["kind"] = kind
	out["locations"] = []any{map[string]any{"physicalLocation": map[string]any{
		"artifactLocation": map[string]any{"uri": orElse(filepath.ToSlash(at.File), "scenarios")},
		"region":           map[string]any{"startLine": max(at.Line, 1), "startColumn": max(at.Column, 1)},
	}}}
	out["partialFingerprints"] = map[string]any{"scenarioAndFailure/v1": fingerprint(r.Place.File, r.Name, said)}
	out["properties"] = map[string]any{"outcome": r.Verdict, "seed": r.Seed}
	return out
}

// fingerprint is by what code scanning knows a result of an earlier log again.
func fingerprint(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:])
}

func sarifRule(r *row) map[string]any {
	out := map[string]any{
		"id": r.ID, "name": orElse(text(ruleName(r)), "(no name)"),
		"shortDescription":     map[string]any{"text": orElse(sarifText(r.Title), orElse(text(ruleName(r)), "(no name)"))},
		"fullDescription":      map[string]any{"text": orElse(sarifText(orElse(r.Description, r.Title)), "(no name)")},
		"help":                 sarifHelp(r),
		"helpUri":              home,
		"defaultConfiguration": map[string]any{"level": r.Level},
	}
	if len(r.Clauses) > 0 {
		out["helpUri"] = orElse(clauseURL(r.Clauses[0]), home)
	}
	if r.Entry {
		out["properties"] = map[string]any{"tags": append([]string{"security", "oauth"}, r.Tags...), "security-severity": sarifScore(r.Severity), "precision": "high"}
	} else {
		out["properties"] = map[string]any{"tags": append([]string{"oauth"}, r.Tags...)}
	}
	return out
}

// ruleName is the name of a scenario, or the id of an entry, whatever its variant.
func ruleName(r *row) string {
	if r.Entry {
		return r.ID
	}
	return r.Name
}

// sarifHelp is why a rule matters, what helps, and the clauses: as a text, and of
// an entry in Markdown as well.
func sarifHelp(r *row) map[string]any {
	if !r.Entry {
		var cited []string
		for _, c := range r.Clauses {
			cited = append(cited, clauseText(c))
		}
		return map[string]any{"text": orElse(sarifText(strings.Join(cited, "\n")), "no clause is cited")}
	}
	plain, marked := sarifText(r.Advice.Why), markdown(r.Advice.Why)
	if r.Advice.Remedy != "" {
		plain += "\n\nRemedy: " + sarifText(r.Advice.Remedy)
		marked += "\n\n**Remedy:** " + markdown(r.Advice.Remedy)
	}
	for _, c := range r.Clauses {
		if u := clauseURL(c); u != "" {
			marked += "\n\n[" + markdown(clauseText(c)) + "](" + u + ")"
			plain += "\n" + clauseText(c)
		}
	}
	return map[string]any{"text": orElse(plain, sarifText(r.Advice.Right)), "markdown": orElse(marked, markdown(r.Advice.Right))}
}

// write writes a log of one run.
func (l *sarifLog) write(w io.Writer) error {
	driver := map[string]any{"name": "authdrill", "informationUri": home, "rules": l.rules}
	if l.d.Version != "" {
		driver["version"] = l.d.Version
	}
	invocation := map[string]any{"executionSuccessful": l.d.Judged && l.d.CutShort == ""} // section 3.20
	if !l.d.Started.IsZero() {
		invocation["startTimeUtc"] = l.d.Started.UTC().Format("2006-01-02T15:04:05Z")
	}
	properties := map[string]any{}
	if l.d.Card != nil {
		properties["verdicts"], properties["target"] = verdictCounts(l.d.Card.Findings), l.d.Target
	} else {
		properties["summary"] = summarize(l.d.Run)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool":        map[string]any{"driver": driver},
			"results":     l.results,
			"columnKind":  "utf16CodeUnits",
			"invocations": []any{invocation},
			"properties":  properties,
		}},
	})
}

// sarifText is a plain text message. In one, [text](target) is a link (SARIF
// 2.1.0 section 3.11.6), and a stranger's text must be none.
func sarifText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text(s))
}

// sentences are texts, each ended by a full stop.
func sentences(all ...string) string {
	for i, s := range all {
		all[i] = strings.TrimRight(s, ".: ") + "."
	}
	return strings.Join(all, " ")
}

// sarifScore is the number that code scanning sorts by.
func sarifScore(severity string) string {
	switch severity {
	case "critical":
		return "9.5"
	case "high":
		return "8.0"
	case "medium":
		return "5.0"
	}
	return "2.0"
}
