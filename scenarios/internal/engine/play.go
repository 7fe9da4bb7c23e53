package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Play plays a scenario once against a subject, and fills in what became of it. It
// reports false where ctx ended before the steps did: what failed may have failed
// for that.
func Play(ctx context.Context, s *drill.Scenario, subject Subject, o Options, r *result.Result) bool {
	return newPlaying(s, subject, o).play(ctx, r)
}

// play does the steps, judges the outcome, and fills in what became of the scenario.
func (p *playing) play(ctx context.Context, r *result.Result) bool {
	r.Issuer = p.provider().Issuer()
	from := p.provider().Clock().Now()
	p.doSteps(ctx, r)
	if !hasFailed(r) && !p.scenario.Outcome.IsZero() && ctx.Err() == nil {
		r.Steps = append(r.Steps, p.judgeOutcome(ctx))
	}
	r.Elapsed = p.provider().Clock().Now().Sub(from)
	r.Messages = p.conversation()
	p.learnSecrets()
	for _, step := range r.Steps {
		p.learnFailures(step.Failures)
	}
	for _, e := range p.provider().Journal().Entries() {
		p.options.Secrets.LearnIssued(credential.InAnswer(e.Response)...)
		if !p.options.ShowSecrets {
			e = e.Redacted()
		}
		r.Journal = append(r.Journal, e)
	}
	if !p.outOfTime && ctx.Err() != nil {
		return false
	}
	r.Outcome, r.Reason = outcomeOf(p.scenario, r, p.outOfTime)
	return true
}

// judgeOutcome judges the outcome of the scenario, as a step after the last.
func (p *playing) judgeOutcome(ctx context.Context) result.Step {
	out := result.Step{Number: len(p.scenario.Steps) + 1, Verb: "outcome", Ran: true}
	out.Place, _ = placeOf(p.scenario, "outcome")
	e, err := p.subject.Testify(ctx, p.scenario)
	if err != nil {
		out.Failures = []result.Failure{{Place: out.Place, Message: err.Error()}}
		return out
	}
	out.Failures = FailuresOf(p.scenario, p.scenario.Outcome.Judge(e).Causes())
	return out
}

// FailuresOf returns causes as failures of a document, each at the expectation that is
// not met, or where the document begins.
func FailuresOf(s *drill.Scenario, causes []result.Cause) []result.Failure {
	var out []result.Failure
	for _, c := range causes {
		at := c.Rule
		if !strings.HasPrefix(at, "steps.") {
			at = "outcome." + at
		}
		f := result.Failure{Path: c.Rule, Message: c.Saw}
		f.Place, f.Source = placeOf(s, at)
		out = append(out, f)
	}
	return out
}

// placeOf returns the place of a value of a document and its line, or of what is
// nearest to it; zero for a document that was built in Go.
func placeOf(s *drill.Scenario, path string) (strict.Place, string) {
	if s.Node == nil {
		return strict.Place{}, ""
	}
	n := s.Node.Find(path)
	return n.Place(), n.Source()
}

// outcomeOf returns how a scenario ended, and why.
func outcomeOf(s *drill.Scenario, r *result.Result, late bool) (result.Outcome, string) {
	switch failed := hasFailed(r); {
	case late:
		return result.Failed, ""
	case !failed && !slices.ContainsFunc(r.Steps, func(s result.Step) bool { return s.Ran }):
		return result.Skipped, "no step ran: none of the conditions after if holds"
	case failed && s.ExpectFailure != "":
		return result.ExpectedToFail, s.ExpectFailure
	case failed:
		return result.Failed, ""
	case s.ExpectFailure != "":
		return result.Unexpected, s.ExpectFailure
	}
	return result.Passed, ""
}
