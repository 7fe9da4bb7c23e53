package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// jsonVersion is raised when a member is renamed, removed or means something
// else. New members do not raise it.
const jsonVersion = 1

// run is the head of a document: what is known of the run as a whole.
type run struct {
	Version  int           `json:"version"`
	Type     string        `json:"type"`
	Program  string        `json:"authdrill,omitempty"`
	Started  *time.Time    `json:"started,omitempty"`
	Duration time.Duration `json:"duration_ns"`
	Summary  summary       `json:"summary"`
}

func (d *document) head() run {
	head := run{Version: jsonVersion, Type: "run", Program: d.Version, Duration: d.Took, Summary: summarize(d.Run)}
	if !d.Started.IsZero() {
		started := d.Started.UTC()
		head.Started = &started
	}
	return head
}

// writeJSON writes the results of a run, or the card, as they are, with the
// version of their form. Lists are lists where they are empty, too.
func writeJSON(w io.Writer, d *document) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if d.Card == nil {
		return e.Encode(struct {
			run
			Results []*result.Result `json:"results"`
		}{d.head(), append([]*result.Result{}, d.Run...)})
	}
	card := *d.Card
	card.Calibration = append([]attack.Calibration{}, card.Calibration...)
	card.Learned = append([]attack.Trait{}, card.Learned...)
	card.Findings = append([]result.Result{}, card.Findings...)
	return e.Encode(struct {
		Schema  string         `json:"schema"`
		Version string         `json:"authdrill,omitempty"`
		Verdict map[string]int `json:"verdicts"`
		Causes  []causeJSON    `json:"causes"`
		*grade.Grade
		*attack.Card
	}{grade.Schema, d.Version, verdictCounts(card.Findings), causesJSON(d.Causes), d.Grade, &card})
}

// causeJSON is a cause, with the names of what findings have too.
type causeJSON struct {
	Verdict  string   `json:"verdict"`
	Severity string   `json:"severity,omitempty"`
	Family   string   `json:"family,omitempty"`
	Rule     string   `json:"rule,omitempty"`
	Witness  string   `json:"witness,omitempty"`
	Saw      string   `json:"saw"`
	Happened string   `json:"happened"`
	Why      string   `json:"why,omitempty"`
	Remedy   string   `json:"remedy,omitempty"`
	Spec     []string `json:"spec,omitempty"`
	Curl     string   `json:"curl,omitempty"`
	Repeat   string   `json:"repeat,omitempty"`
	Entries  []string `json:"entries"`
}

func causesJSON(causes []*cause) []causeJSON {
	out := []causeJSON{}
	for _, c := range causes {
		out = append(out, causeJSON{c.Verdict, c.Severity, c.Family, c.Rule, c.Witness, c.Saw, c.Happened(), c.Why, c.Remedy, c.Clauses, c.Request, c.Again, c.Names})
	}
	return out
}

// writeNDJSON writes a line of type result for each scenario, as one that reads
// along wants it, and at the end one of type run.
func writeNDJSON(w io.Writer, d *document) error {
	e := json.NewEncoder(w)
	for _, r := range d.Run {
		err := e.Encode(struct {
			Version int    `json:"version"`
			Type    string `json:"type"`
			*result.Result
		}{jsonVersion, "result", r})
		if err != nil {
			return err
		}
	}
	return e.Encode(d.head())
}
