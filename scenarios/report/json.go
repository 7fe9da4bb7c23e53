package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/authdrill/authdrill/scenarios"
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

func (o Options) run(kind string, results []*scenarios.Result) run {
	head := run{Version: jsonVersion, Type: kind, Program: o.Version, Duration: o.duration(results), Summary: summarize(results)}
	if !o.Started.IsZero() {
		started := o.Started.UTC()
		head.Started = &started
	}
	return head
}

func writeJSON(w io.Writer, results []*scenarios.Result, o Options) error {
	if results == nil {
		results = []*scenarios.Result{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		run
		Results []*scenarios.Result `json:"results"`
	}{o.run("run", results), results})
}

// writeNDJSON writes a line of type result for each scenario, as one that reads
// along wants it, and at the end one of type run.
func writeNDJSON(w io.Writer, results []*scenarios.Result, o Options) error {
	e := json.NewEncoder(w)
	for _, r := range results {
		err := e.Encode(struct {
			Version int    `json:"version"`
			Type    string `json:"type"`
			*scenarios.Result
		}{jsonVersion, "result", r})
		if err != nil {
			return err
		}
	}
	return e.Encode(o.run("run", results))
}
