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
// suppressed. A scenario that did not fail is a result of another kind (section
// 3.27.9).
func writeSARIF(w io.Writer, d *document) error {
	l := &sarifLog{d: d, rules: []any{}, results: []any{}, at: map[string]int{}}
	results := d.failing
	if d.listed {
		results = d.results
	}
	for _, r := range results {
		l.result(r)
	}
	return l.write(w)
}

type sarifLog struct {
	d              *document
	rules, results []any
	at             map[string]int // where each rule is
}

func (l *sarifLog) result(r *result) {
	rule, known := l.at[r.id]
	if !known {
		rule = len(l.rules)
		l.at[r.id] = rule
		l.rules = append(l.rules, sarifRule(r))
	}
	for _, c := range r.complaints {
		said := sentences(c.sentence(), c.about, "Again: "+r.again)
		if r.entry {
			said = sentences(c.about, c.kind+": "+c.sentence(), "Again: "+r.again)
		}
		out := l.finding(r, rule, "fail", c.at, said)
		if r.standing == expected {
			out["suppressions"] = []any{map[string]any{"kind": "external", "status": "accepted", "justification": justification(r)}}
		}
		l.results = append(l.results, out)
	}
	if len(r.complaints) > 0 {
		return
	}
	kind, said := "pass", []string{orElse(r.why, r.verdict)}
	switch {
	case r.failed():
		kind, said = "fail", append(said, "Again: "+r.again)
	case r.standing == skipped:
		kind = "notApplicable"
	}
	l.results = append(l.results, l.finding(r, rule, kind, r.place, sentences(said...)))
}

func justification(r *result) string {
	if r.entry {
		return "listed as an expected failure"
	}
	return orElse(sarifText(r.why), "it is expected to fail")
}

// finding is a result of a log: of a scenario at its line, of an entry at the app.
func (l *sarifLog) finding(r *result, rule int, kind string, at strict.Place, said string) map[string]any {
	level := r.level
	if kind != "fail" {
		level = "none"
	}
	out := map[string]any{"ruleId": r.id, "ruleIndex": rule, "level": level, "message": map[string]any{"text": sarifText(said)}}
	if r.entry {
		out["locations"] = []any{map[string]any{
			"physicalLocation": map[string]any{"artifactLocation": map[string]any{"uri": "authdrill.yaml"}, "region": map[string]any{"startLine": 1}},
			"logicalLocations": []any{map[string]any{"fullyQualifiedName": l.d.target, "kind": "resource"}},
		}}
		out["partialFingerprints"] = map[string]any{"entryAndTarget/v1": fingerprint(r.id, l.d.target)}
		out["properties"] = map[string]any{"verdict": r.verdict, "severity": r.severity}
		return out
	}
	out["kind"] = kind
	out["locations"] = []any{map[string]any{"physicalLocation": map[string]any{
		"artifactLocation": map[string]any{"uri": orElse(filepath.ToSlash(at.File), "scenarios")},
		"region":           map[string]any{"startLine": max(at.Line, 1), "startColumn": max(at.Column, 1)},
	}}}
	out["partialFingerprints"] = map[string]any{"scenarioAndFailure/v1": fingerprint(r.place.File, r.name, said)}
	out["properties"] = map[string]any{"outcome": r.verdict, "seed": r.seed}
	return out
}

// fingerprint is by what code scanning knows a result of an earlier log again.
func fingerprint(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:])
}

func sarifRule(r *result) map[string]any {
	out := map[string]any{
		"id": r.id, "name": orElse(text(r.name), "(no name)"),
		"shortDescription":     map[string]any{"text": orElse(sarifText(r.title), orElse(text(r.name), "(no name)"))},
		"fullDescription":      map[string]any{"text": orElse(sarifText(orElse(r.description, r.title)), "(no name)")},
		"help":                 sarifHelp(r),
		"helpUri":              home,
		"defaultConfiguration": map[string]any{"level": r.level},
	}
	if len(r.clauses) > 0 {
		out["helpUri"] = orElse(clauseURL(r.clauses[0]), home)
	}
	if r.entry {
		out["properties"] = map[string]any{"tags": append([]string{"security", "oauth"}, r.tags...), "security-severity": sarifScore(r.severity), "precision": "high"}
	} else {
		out["properties"] = map[string]any{"tags": append([]string{"oauth"}, r.tags...)}
	}
	return out
}

// sarifHelp is why a rule matters, what helps, and the clauses: as a text, and of
// an entry in Markdown as well.
func sarifHelp(r *result) map[string]any {
	if !r.entry {
		var cited []string
		for _, c := range r.clauses {
			cited = append(cited, clauseText(c))
		}
		return map[string]any{"text": orElse(sarifText(strings.Join(cited, "\n")), "no clause is cited")}
	}
	plain, marked := sarifText(r.advice.Why), markdown(r.advice.Why)
	if r.advice.Remedy != "" {
		plain += "\n\nRemedy: " + sarifText(r.advice.Remedy)
		marked += "\n\n**Remedy:** " + markdown(r.advice.Remedy)
	}
	for _, c := range r.clauses {
		if u := clauseURL(c); u != "" {
			marked += "\n\n[" + markdown(clauseText(c)) + "](" + u + ")"
			plain += "\n" + clauseText(c)
		}
	}
	return map[string]any{"text": orElse(plain, sarifText(r.advice.Right)), "markdown": orElse(marked, markdown(r.advice.Right))}
}

// write writes a log of one run.
func (l *sarifLog) write(w io.Writer) error {
	driver := map[string]any{"name": "authdrill", "informationUri": home, "rules": l.rules}
	if l.d.version != "" {
		driver["version"] = l.d.version
	}
	invocation := map[string]any{"executionSuccessful": l.d.judged && l.d.cutShort == ""} // section 3.20
	if !l.d.started.IsZero() {
		invocation["startTimeUtc"] = l.d.started.UTC().Format("2006-01-02T15:04:05Z")
	}
	properties := map[string]any{}
	if l.d.card != nil {
		properties["verdicts"], properties["target"] = verdictCounts(l.d.card.Findings), l.d.target
	} else {
		properties["summary"] = summarize(l.d.run)
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
