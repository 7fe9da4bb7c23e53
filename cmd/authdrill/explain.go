package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/report"
)

// explainVerb prints one entry of the catalogue, so that a developer can act on
// it.
func explainVerb() verb {
	return verb{
		name: "explain", args: "ID", group: "scenarios",
		summary: "explain an entry of the failure catalogue",
		run: func(_ context.Context, c *call) error {
			if len(c.args) != 1 {
				return usage("authdrill catalog lists the ids", "explain takes one id, and was given %d", len(c.args))
			}
			e, err := catalog.Lookup(c.args[0])
			if err != nil {
				return usage("authdrill catalog lists the ids", "%s", err)
			}
			c.explain(e)
			return nil
		},
	}
}

func (v *voice) explain(e *catalog.Entry) {
	line := func(name, text string) {
		if text != "" {
			v.print("  %-16s%s", name, wrap(text, 18))
		}
	}
	v.print("%s  %s", v.bold(e.ID), e.Title)
	line("severity", string(e.Severity))
	line("group", e.Group)
	line("what happens", e.Provider)
	line("what is right", e.Client)
	line("why it matters", e.Why)
	line("what to change", e.Remedy)
	for _, c := range e.Spec {
		line("clause", c.String()+"  "+c.URL())
	}
	line("seen in", strings.Join(e.Sources, "; "))
	if !e.Runnable() {
		line("planned", "it cannot run yet, for want of "+e.Planned)
		return
	}
	line("needs", strings.Join(e.Needs, ", "))
	if e.Stimulus != nil {
		if text, err := json.Marshal(e.Stimulus); err == nil {
			line("stimulus", string(text))
		}
		line("as an issuer", "authdrill serve, and http://127.0.0.1:9400/x/"+e.ID+" in the client's issuer setting")
	}
	line("judged by", report.Expectation(e))
	line("known bad", strings.Join(e.ProvenBy, " and "))
	line("your app", "authdrill attack LOGIN-URL --whoami URL --only "+e.ID+" --report html=card.html draws the sequence diagram of the run")
	line("our client", "authdrill catalog --play --only "+e.ID)
}
