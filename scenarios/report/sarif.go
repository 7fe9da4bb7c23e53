package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// writeSARIF writes SARIF 2.1.0: a rule for each scenario, its help the clauses
// that it proves, and a result for each failure at its line. What did not fail
// is a result of another kind (section 3.27.9).
func writeSARIF(w io.Writer, results []*scenarios.Result, o Options) error {
	rules, out := []any{}, []any{}
	for n, r := range results {
		rules = append(rules, scenarioRule(r))
		kind := "pass"
		switch {
		case r.Outcome == scenarios.Skipped && failures(r) == 0:
			kind = "notApplicable"
		case !r.Outcome.Good() && failures(r) == 0:
			out = append(out, scenarioResult(r, n, "fail", r.Place, sentences(orElse(verdict(r), string(r.Outcome)), "Again: "+o.again(r))))
			continue
		case failures(r) > 0:
			for _, s := range failed(r) {
				for _, f := range s.Failures {
					result := scenarioResult(r, n, "fail", place(r, s, f), sentences(sentence(f), title(s), "Again: "+o.again(r)))
					if reason := verdict(r); r.Outcome.Good() {
						result["suppressions"] = []any{map[string]any{"kind": "external", "status": "accepted", "justification": orElse(sarifText(reason), "it is expected to fail")}}
					}
					out = append(out, result)
				}
			}
			continue
		}
		out = append(out, scenarioResult(r, n, kind, r.Place, sentences(orElse(verdict(r), string(r.Outcome)))))
	}
	return writeSARIFLog(w, o, rules, out, invocation(true, o.Started), map[string]any{"summary": summarize(results)})
}

// invocation is how the program was run (SARIF 2.1.0 section 3.20).
func invocation(successful bool, started time.Time) map[string]any {
	out := map[string]any{"executionSuccessful": successful}
	if !started.IsZero() {
		out["startTimeUtc"] = started.UTC().Format("2006-01-02T15:04:05Z")
	}
	return out
}

// writeSARIFLog writes a log of one run.
func writeSARIFLog(w io.Writer, o Options, rules, results []any, invocation, properties map[string]any) error {
	driver := map[string]any{"name": "authdrill", "informationUri": "https://github.com/authdrill/authdrill", "rules": rules}
	if o.Version != "" {
		driver["version"] = o.Version
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool":        map[string]any{"driver": driver},
			"results":     results,
			"columnKind":  "utf16CodeUnits",
			"invocations": []any{invocation},
			"properties":  properties,
		}},
	})
}

func scenarioRule(r *scenarios.Result) map[string]any {
	var clauses []string
	uri := "https://github.com/authdrill/authdrill"
	for n, c := range r.Spec {
		clauses = append(clauses, clauseText(c))
		if u := clauseURL(c); n == 0 && u != "" {
			uri = u
		}
	}
	about := sarifText(orElse(r.Description, r.Name))
	return map[string]any{
		"id": ruleID(r), "name": orElse(text(r.Name), "(no name)"),
		"shortDescription":     map[string]any{"text": orElse(sarifText(r.Name), "(no name)")},
		"fullDescription":      map[string]any{"text": orElse(about, "(no name)")},
		"help":                 map[string]any{"text": orElse(sarifText(strings.Join(clauses, "\n")), "no clause is cited")},
		"helpUri":              uri,
		"defaultConfiguration": map[string]any{"level": "error"},
		"properties":           map[string]any{"tags": append([]string{"oauth"}, r.Tags...)},
	}
}

// ruleID is a name for a scenario that stays when its words are shown otherwise.
func ruleID(r *scenarios.Result) string {
	sum := sha256.Sum256([]byte(r.Place.File + "\x00" + r.Name))
	return "scenario-" + hex.EncodeToString(sum[:6])
}

func scenarioResult(r *scenarios.Result, rule int, kind string, at strict.Place, message string) map[string]any {
	level := "none"
	if kind == "fail" {
		level = "error"
	}
	sum := sha256.Sum256([]byte(r.Place.File + "\x00" + r.Name + "\x00" + message))
	return map[string]any{
		"ruleId": ruleID(r), "ruleIndex": rule, "kind": kind, "level": level,
		"message": map[string]any{"text": sarifText(message)},
		"locations": []any{map[string]any{"physicalLocation": map[string]any{
			"artifactLocation": map[string]any{"uri": orElse(filepath.ToSlash(at.File), "scenarios")},
			"region":           map[string]any{"startLine": max(at.Line, 1), "startColumn": max(at.Column, 1)},
		}}},
		"partialFingerprints": map[string]any{"scenarioAndFailure/v1": hex.EncodeToString(sum[:])},
		"properties":          map[string]any{"outcome": string(r.Outcome), "seed": r.Seed},
	}
}
