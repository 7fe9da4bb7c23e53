package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Drilled is a subject that an entry can be drilled against: it signs in plainly,
// and tells what was seen of it.
type Drilled interface {
	Subject
	// PlainSignIn signs alice in with nothing wrong, in a browser of its own, and says
	// why that did not work.
	PlainSignIn(ctx context.Context, name string) (why string)
	// Begin is called before the first step, and before the stimulus is armed.
	Begin()
	// Arm makes strike what is wrong in addition to the stimulus, and notes from when
	// on the witnesses count.
	Arm()
	// Prepare lets a subject that has run for long meet what it would keep.
	Prepare(ctx context.Context) error
	// Restart starts the subject anew after it has refused to start.
	Restart(ctx context.Context) error
	// Met reports whether the subject met what Arm made strike.
	Met() bool
	// Reset brings the providers back to how they were made, and disarms.
	Reset()
	// Seen is the evidence by now, without what the app has to be asked for.
	Seen() *witness.Evidence
}

// NotReached is why an entry cannot strike a subject, seen on the way.
type NotReached string

func (e NotReached) Error() string { return string(e) }

// NotStarted is why a subject does not start.
type NotStarted struct{ error }

// Unwrap returns what the start said.
func (e NotStarted) Unwrap() error { return e.error }

// DidNotStart makes a NotStarted of an error.
func DidNotStart(err error) error { return NotStarted{err} }

// Drill plays an entry between two plain sign-ins: the control, that must work or
// nothing can be said, and the recovery, that must work again. A scenario that is
// not an entry is played once. However it ends, nothing stays armed.
func Drill(ctx context.Context, s *drill.Scenario, subject Drilled, f result.Result) result.Result {
	defer subject.Reset()
	if s.ID == "" {
		return playOnce(ctx, s, subject, f)
	}
	if strikes(s) && Kept(s) == "" {
		if why := subject.PlainSignIn(ctx, "control"); why != "" {
			return f.Invalid("a plain sign-in does not work before the stimulus: " + why)
		}
		subject.Reset()
	}
	d := &drilling{playing: newPlaying(s, subject, Options{}), subject: subject}
	var unreached NotReached
	var refused NotStarted
	switch err := d.play(ctx); {
	case errors.As(err, &unreached):
		return f.Unexercised(unreached.Error())
	case errors.As(err, &refused) && ctx.Err() == nil && s.Stimulus != nil && d.struck(subject.Seen()):
		return d.judgeStart(ctx, f, refused)
	case err != nil:
		return f.Invalid(err.Error())
	}
	e, err := subject.Testify(ctx, s)
	if err != nil {
		return f.Invalid(err.Error())
	}
	j := s.Outcome.Judge(e)
	f.Messages = d.messages()
	exercised := d.struck(e) || s.Unmet || asks(s)
	subject.Reset()
	if s.Outcome.Recovery.Expected() {
		j.NoteRecovery(subject.PlainSignIn(ctx, "recovery"))
	}
	return conclude(f, s, j, exercised)
}

// playOnce plays a scenario at the provider of an app: what it says of the provider
// is laid over it, and each step that fails is a failure of the app.
func playOnce(ctx context.Context, s *drill.Scenario, subject Drilled, f result.Result) result.Result {
	subject.Begin()
	subject.Arm()
	over, err := strict.Expand(s.Setup, newPlaying(s, subject, Options{}).lookup)
	if err == nil {
		err = subject.Provider(false).Overlay(over)
	}
	if err == nil {
		err = subject.Prepare(ctx)
	}
	if err != nil {
		return f.Invalid(err.Error())
	}
	if !Play(ctx, s, subject, Options{Secrets: &redact.Secrets{}}, &f) {
		return f.Invalid(ctx.Err().Error())
	}
	f.Journal = nil // a report card shows the conversation
	switch reason := f.FirstFailure(); f.Outcome {
	case result.Passed, result.Unexpected:
		f.Verdict = result.Pass
	case result.Skipped:
		f.Verdict = result.NotExercised
	default:
		f.Verdict, f.Reason, f.Expected = result.FailRobustness, reason, f.Outcome == result.ExpectedToFail
	}
	return f
}

// drilling is an entry that is being played.
type drilling struct {
	*playing
	subject Drilled
}

// Steps are what is played of an entry: a sign-in where it says nothing, and several
// where its requests are held to a rule.
func Steps(s *drill.Scenario) []*drill.Step {
	switch {
	case len(s.Steps) > 0:
		return s.Steps
	case s.Lint != "":
		return []*drill.Step{{SignIn: &drill.SignIn{Times: 3}}}
	}
	return []*drill.Step{{SignIn: &drill.SignIn{}}}
}

// play does the steps. The error is of the method, not of the app: what the app
// does wrong is kept for the judgement.
func (d *drilling) play(ctx context.Context) error {
	d.subject.Begin()
	if !armsLater(d.scenario) {
		if err := d.arm(); err != nil {
			return err
		}
	}
	if err := d.subject.Prepare(ctx); err != nil {
		return err
	}
	for n, step := range Steps(d.scenario) {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.step = n + 1
		if err := d.one(ctx, step); err != nil {
			return fmt.Errorf("step %d: %w", n+1, err)
		}
	}
	return nil
}

// one does a step. What it expects is a part of the method: an entry is judged by
// its outcome.
func (d *drilling) one(ctx context.Context, step *drill.Step) error {
	switch step.Stimulus {
	case drill.On:
		return d.arm()
	case drill.Off:
		d.provider().ClearFaults()
		return nil
	}
	out := result.Step{Number: d.step}
	d.perform(ctx, step, &out)
	if d.failure != nil {
		return d.failure
	}
	if len(out.Failures) > 0 {
		return errors.New(out.Failures[0].Text())
	}
	return nil
}

// arm lets the stimulus strike from now on.
func (d *drilling) arm() error {
	d.subject.Arm()
	if d.scenario.Stimulus == nil {
		return nil
	}
	stimulus, err := strict.Expand(d.scenario.Stimulus, d.lookup)
	if err != nil {
		return err
	}
	return d.provider().Overlay(*stimulus)
}

// struck reports whether a fault of the stimulus was met, or the entry has none.
func (d *drilling) struck(e *witness.Evidence) bool {
	if !d.subject.Met() {
		return false
	}
	if d.scenario.Stimulus == nil || len(d.scenario.Stimulus.Faults) == 0 {
		return true
	}
	if slices.ContainsFunc(e.Exchanges, func(x *journal.Entry) bool { return len(x.Faults) > 0 }) {
		return true
	}
	// An app without a time-out still waits: its exchange is not in the journal yet.
	return slices.ContainsFunc(d.provider().Faults(), func(f fault.Status) bool { return f.Struck > 0 })
}

// judgeStart judges a subject that did not start while the stimulus was armed. In
// any case it has to start without it.
func (d *drilling) judgeStart(ctx context.Context, f result.Result, why error) result.Result {
	f.Messages = d.messages()
	j := d.scenario.Outcome.JudgeStart(d.subject.Seen(), why)
	d.subject.Reset()
	unsigned := ""
	err := d.subject.Restart(ctx)
	if err == nil {
		unsigned = d.subject.PlainSignIn(ctx, "recovery")
	}
	j.NoteStart(err, unsigned)
	if f = conclude(f, d.scenario, j, true); f.Verdict == result.Pass {
		f.Reason = "it refuses to start with such a provider, which is right"
	}
	return f
}

// messages is the conversation of the drill.
func (d *drilling) messages() []result.Message {
	return conversation(d.provider().Journal().Entries(), d.subject.Arrows())
}

// conclude is the verdict on what the witnesses said.
func conclude(f result.Result, s *drill.Scenario, j *witness.Judgement, exercised bool) result.Result {
	f.Witnesses = j.Witnesses()
	f.Causes, f.Verdict = j.Causes(), result.Pass
	var reasons []string
	for _, c := range f.Causes {
		reasons = append(reasons, c.Saw)
	}
	if len(f.Causes) > 0 {
		f.Verdict, f.Reason = f.Causes[0].Verdict, strings.Join(reasons, "; ")
	}
	switch {
	case !exercised:
		return f.Unexercised("the stimulus never reached the app: it did not ask for what was changed")
	case f.Verdict == result.Pass && s.Record:
		f.Verdict, f.Reason = result.Tolerated, j.Choice()
	}
	return f
}

// armsLater reports whether a step arms the stimulus.
func armsLater(s *drill.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.Stimulus == drill.On })
}

// strikes reports whether an entry has a moment before it strikes: what is only
// watched is its own control.
func strikes(s *drill.Scenario) bool { return s.Stimulus != nil || s.TLS != "" || armsLater(s) }

// Kept is what an entry is about that an app fetches once and keeps: metadata,
// keys, or nothing. A sign-in before would let its stimulus strike nothing.
func Kept(s *drill.Scenario) string {
	if armsLater(s) {
		return ""
	}
	if s.Stimulus == nil {
		if asks(s) {
			return "metadata"
		}
		return ""
	}
	if len(s.Stimulus.Provider.Metadata) > 0 {
		return "metadata"
	}
	for _, f := range s.Stimulus.Faults {
		switch {
		case f.At == protocol.Discovery, f.On == protocol.Metadata:
			return "metadata"
		case f.At == protocol.JWKSURI, f.On == protocol.KeySet, f.Tamper != nil && f.Tamper.SigningKey != "":
			return "keys"
		}
	}
	return ""
}

// Rotates reports whether the provider changes its keys in an entry.
func Rotates(s *drill.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.RotateKeys != nil })
}

// asks reports whether an entry wants the app to ask for something: that it did
// not is then what is judged.
func asks(s *drill.Scenario) bool {
	r := s.Outcome.Provider.Requests
	return r.JWKS != nil || r.Discovery != nil
}
