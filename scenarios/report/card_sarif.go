package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/authdrill/authdrill/scenarios/attack"
)

// writeCardSARIF writes SARIF 2.1.0, as code scanning reads it: a rule for each
// entry that failed, its help the clause and the remedy, and a result for each
// failure. An expected failure is a suppressed result.
func writeCardSARIF(w io.Writer, c *attack.Card, o Options) error {
	rules, results, at := []any{}, []any{}, map[string]int{}
	for _, f := range bySeverity(c.Findings) {
		i, known := at[f.ID]
		if !known {
			i = len(rules)
			at[f.ID] = i
			rules = append(rules, sarifRule(f))
		}
		results = append(results, sarifResult(c, f, i))
	}
	return writeSARIFLog(w, o, rules, results, invocation(c.Calibrated() && !c.Interrupted, c.Started), map[string]any{"verdicts": verdictCounts(c.Findings), "target": c.Target})
}

func sarifRule(f attack.Finding) map[string]any {
	help, marked := sarifText(f.Why), markdown(f.Why)
	if f.Remedy != "" {
		help += "\n\nRemedy: " + sarifText(f.Remedy)
		marked += "\n\n**Remedy:** " + markdown(f.Remedy)
	}
	uri := "https://github.com/authdrill/authdrill"
	for _, c := range f.Spec {
		if u := clauseURL(c); u != "" {
			marked += "\n\n[" + markdown(clauseText(c)) + "](" + u + ")"
			help += "\n" + clauseText(c)
		}
	}
	if len(f.Spec) > 0 && clauseURL(f.Spec[0]) != "" {
		uri = clauseURL(f.Spec[0])
	}
	return map[string]any{
		"id": f.ID, "name": f.ID,
		"shortDescription":     map[string]any{"text": orElse(sarifText(f.Title), f.ID)},
		"fullDescription":      map[string]any{"text": sarifText(sentences("What is done: "+f.Provider, "A correct client: "+f.Client))},
		"help":                 map[string]any{"text": orElse(help, sarifText(f.Client)), "markdown": orElse(marked, markdown(f.Client))},
		"helpUri":              uri,
		"defaultConfiguration": map[string]any{"level": sarifLevel(f.Severity)},
		"properties":           map[string]any{"tags": []string{"security", "oauth", f.Group}, "security-severity": sarifScore(f.Severity), "precision": "high"},
	}
}

func sarifResult(c *attack.Card, f attack.Finding, rule int) map[string]any {
	sum := sha256.Sum256([]byte(f.ID + "\x00" + c.Target))
	out := map[string]any{
		"ruleId": f.ID, "ruleIndex": rule, "level": sarifLevel(f.Severity),
		"message": map[string]any{"text": sarifText(sentences(f.Title, string(f.Verdict)+": "+f.Reason, "Again: "+f.Repeat))},
		"locations": []any{map[string]any{
			"physicalLocation": map[string]any{"artifactLocation": map[string]any{"uri": "authdrill.yaml"}, "region": map[string]any{"startLine": 1}},
			"logicalLocations": []any{map[string]any{"fullyQualifiedName": c.Target, "kind": "resource"}},
		}},
		"partialFingerprints": map[string]any{"entryAndTarget/v1": hex.EncodeToString(sum[:])},
		"properties":          map[string]any{"verdict": string(f.Verdict), "severity": f.Severity},
	}
	if f.Expected {
		out["suppressions"] = []any{map[string]any{"kind": "external", "status": "accepted", "justification": "listed as an expected failure"}}
	}
	return out
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

func sarifLevel(severity string) string {
	switch severity {
	case "critical", "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "note"
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
