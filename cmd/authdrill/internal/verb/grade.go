package verb

import (
	"context"
	"errors"
	"slices"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// grading says which failures of a card decide the exit code.
type grading struct {
	expected, baseline string   // files
	failOn             []string // severities and classes

	before       *attack.Card // the card of baseline
	expectations []grade.Expectation
}

func (g *grading) define(f *setting.Flags) {
	f.Text(&g.expected, "expected-failures", "FILE", "what may fail, a line each: ID or ID[LABEL], then until DATE and # REASON where you like; one that no longer fails is a failure")
	f.Text(&g.baseline, "baseline", "FILE", "an earlier card, of --report json=FILE: say what is new, gone and changed, and fail only for what is new or got worse")
	f.List(&g.failOn, "fail-on", "SEVERITY|CLASS", "fail only for failures at least so severe (critical, high, medium, low), or of a class (security, robustness, ux); may be repeated")
	f.Words["fail-on"] = setting.Fixed(grade.Thresholds()...)
}

// read reads the files, and refuses what is wrong before the attack begins.
func (g *grading) read(ctx context.Context, c *call, from *source) error {
	for _, word := range g.failOn {
		if hint, unknown := grade.UnknownThreshold(word); unknown {
			return failure.Usage(hint, "--fail-on: unknown severity or class %q", word)
		}
	}
	if g.baseline != "" {
		var err error
		if g.before, err = grade.Read(g.baseline); err != nil {
			return failure.Usage("authdrill attack .. --report json=card.json writes one", "--baseline: %s", failure.Reason(err))
		}
	}
	return g.readExpectations(ctx, c, from)
}

// expectedSize is how many bytes are read of a list of expected failures.
const expectedSize = 1 << 20

func (g *grading) readExpectations(ctx context.Context, c *call, from *source) error {
	if g.expected == "" {
		return nil
	}
	entries, err := from.catalogue(ctx, c)
	if err != nil {
		return err
	}
	data, err := confined.ReadFile(g.expected, expectedSize)
	if err != nil {
		return failure.Usage("it has an id of the catalogue, or a variant as ID[LABEL], in each line", "%s", failure.Reason(err))
	}
	g.expectations, err = grade.ReadExpectations(string(data), clock.Running().Now())
	var line *grade.LineError
	if errors.As(err, &line) {
		return failure.Usage("write it like idt-nonce-wrong  until 2027-03-01  # the library is updated in March", "%s:%s", g.expected, line)
	}
	for _, x := range g.expectations {
		if _, err := entries.Lookup(x.Name); err != nil {
			return failure.Usage(from.listing(), "%s:%d: %s", g.expected, x.Line, err)
		}
	}
	return nil
}

// of grades a card.
func (g *grading) of(card *attack.Card) *grade.Grade {
	return grade.Of(card, g.before, g.expectations, g.failOn)
}

// exitCode is the exit code that a card deserves.
func exitCode(ctx context.Context, card *attack.Card, g *grade.Grade) error {
	invalid := slices.ContainsFunc(card.Findings, func(f result.Result) bool { return f.Verdict == result.Invalid })
	exercised := slices.ContainsFunc(card.Findings, func(f result.Result) bool { return f.Verdict != result.NotExercised })
	switch {
	case card.OutOfTime:
		return failure.Silent(failure.ExitEnvironment)
	case card.Interrupted:
		return signals.Interrupted(ctx)
	case !card.Calibrated():
		return failure.Silent(failure.ExitEnvironment)
	case len(g.Counting) > 0 || len(card.Stale) > 0:
		return failure.Silent(failure.ExitFailed)
	case !exercised:
		return failure.Silent(failure.ExitNothing)
	case invalid:
		return failure.Silent(failure.ExitEnvironment)
	}
	return nil
}
