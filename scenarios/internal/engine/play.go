package engine

import (
	"context"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Play plays a scenario once against a subject, and fills in what became of it. It
// reports false where ctx ended before the steps did: what failed may have failed
// for that.
func Play(ctx context.Context, s *drill.Scenario, subject Subject, o Options, r *result.Result) bool {
	p := newPlaying(s, subject, o)
	r.Issuer = p.provider().Issuer()
	from := p.provider().Clock().Now()
	p.play(ctx, r)
	r.Elapsed = p.provider().Clock().Now().Sub(from)
	r.Messages = result.Conversation(p.provider().Journal().Entries(), subject.Arrows())
	p.gather()
	for _, step := range r.Steps {
		p.learnFailures(step.Failures)
	}
	for _, e := range p.provider().Journal().Entries() {
		o.Secrets.LearnAnswer(e.Response)
		if !o.ShowSecrets {
			e = e.Redacted()
		}
		r.Journal = append(r.Journal, e)
	}
	if !p.late && ctx.Err() != nil {
		return false
	}
	r.Outcome, r.Reason = outcome(s, r, p.late)
	return true
}

// outcome is how a scenario ended, and why.
func outcome(s *drill.Scenario, r *result.Result, late bool) (result.Outcome, string) {
	switch failed := r.Failed(); {
	case late:
		return result.Failed, ""
	case !failed && !r.Ran():
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
