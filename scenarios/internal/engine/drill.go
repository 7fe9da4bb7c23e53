package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Drilled is a subject that entries can be drilled against.
type Drilled interface {
	Subject
	// PlainSignIn signs alice in without a fault, in a browser of its own. It says why
	// that did not work.
	PlainSignIn(ctx context.Context, name string) (why string)
	// Begin is called before the first step, and before the stimulus is armed.
	Begin()
	// Arm arms what an entry changes in addition to the stimulus, such as its TLS, and
	// notes since which exchange the witnesses count.
	Arm()
	// Prepare makes a long-running subject fetch again what it keeps.
	Prepare(ctx context.Context) error
	// Restart starts the subject anew after it has refused to start.
	Restart(ctx context.Context) error
	// Met reports whether the subject met what Arm armed.
	Met() bool
	// Pause lets time pass on the subject's clock.
	Pause(ctx context.Context, d time.Duration) error
	// Reset restores the settings that the providers were made with, and disarms.
	Reset()
	// Seen returns the evidence so far, without what the app has to be asked for.
	Seen() *witness.Evidence
}

// NotReached is why an entry cannot reach a subject, noticed while it is played.
type NotReached string

func (e NotReached) Error() string { return string(e) }

// NotStarted is why a subject does not start.
type NotStarted struct{ error }

// Unwrap returns the error of the start.
func (e NotStarted) Unwrap() error { return e.error }

// DidNotStart makes a NotStarted of an error.
func DidNotStart(err error) error { return NotStarted{err} }

// Drill plays a document against a subject that goes on running afterwards: it arms
// what the document lays over the provider, does the steps, and judges what was seen.
// However the drill ends, the subject is reset. An entry is drilled between two plain
// sign-ins. The first is the control: if it does not work, the result is invalid. The
// second is the recovery, which must work again. The steps of an entry have some time,
// and what is asked afterwards has as much again: a slow answer is not two faults.
func Drill(ctx context.Context, within time.Duration, s *drill.Scenario, subject Drilled, f result.Result) result.Result {
	defer subject.Reset()
	d := &drilling{playing: newPlaying(s, subject, Options{Secrets: &redact.Secrets{}}), subject: subject}
	if s.ID == "" {
		limited, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return d.drillScenario(limited, f)
	}
	return d.drillEntry(ctx, within, f)
}

// drillEntry drills an entry. A step that could not be done makes the result invalid;
// an expectation that does not hold is judged with the outcome, and the steps go on.
func (d *drilling) drillEntry(ctx context.Context, within time.Duration, f result.Result) result.Result {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	s, subject := d.scenario, d.subject
	if hasControl(s) && KeptByApp(s) == "" {
		if why := subject.PlainSignIn(limited, "control"); why != "" {
			return Invalid(f, "a plain sign-in does not work before the stimulus: "+why)
		}
		subject.Reset()
	}
	var unreached NotReached
	var refused NotStarted
	switch err := d.doEntrySteps(limited); {
	case errors.As(err, &unreached):
		return Unexercised(f, unreached.Error())
	case errors.As(err, &refused) && limited.Err() == nil && s.Stimulus != nil && d.wasStruck(subject.Seen()):
		return d.judgeStart(limited, f, refused)
	case err != nil:
		return Invalid(f, err.Error())
	}
	limited, cancel = context.WithTimeout(ctx, within)
	defer cancel()
	return d.judgeEntry(limited, f)
}

// judgeEntry judges what an entry's steps have shown, and whether the app recovers.
func (d *drilling) judgeEntry(ctx context.Context, f result.Result) result.Result {
	s, subject := d.scenario, d.subject
	e, err := subject.Testify(ctx, s)
	if err != nil {
		return Invalid(f, err.Error())
	}
	j := s.Outcome.Judge(e)
	for _, u := range d.unmet {
		j.NoteStep(u.number, u.Path, u.Text())
	}
	f.Messages = d.conversation()
	exercised := d.wasStruck(e) || s.Unmet || requiresRequests(s)
	subject.Reset()
	forgiveThrottle(ctx, s, subject, j)
	if s.Outcome.Recovery.Expected() {
		noteRecovery(ctx, s, subject, j)
	}
	return conclude(f, s, j, exercised)
}

// drillScenario plays a scenario as Play does, once its settings are laid over the
// provider: the first step that fails ends it, and is a failure of the app.
func (d *drilling) drillScenario(ctx context.Context, f result.Result) result.Result {
	if err := d.begin(ctx); err != nil {
		return Invalid(f, err.Error())
	}
	if !d.play(ctx, &f) {
		return Invalid(f, ctx.Err().Error())
	}
	f.Journal = nil // a report card shows the conversation
	switch reason := FirstFailure(&f); f.Outcome {
	case result.Passed:
		f.Verdict = result.Pass
	case result.Unexpected:
		f.Verdict, f.Reason = result.FailRobustness, "it passed, and is expected to fail: "+f.Reason
	case result.Skipped:
		f.Verdict = result.NotExercised
	default:
		f.Verdict, f.Reason, f.Expected = result.FailRobustness, reason, f.Outcome == result.ExpectedToFail
	}
	return f
}

// drilling is a document that is being drilled.
type drilling struct {
	*playing
	subject Drilled
	unmet   []unmetStep
}

// unmetStep is an expectation of a step that does not hold.
type unmetStep struct {
	number int
	result.Failure
}

// Steps returns the steps of an entry. Without steps it is a sign-in, or several where
// its requests are held to a rule.
func Steps(s *drill.Scenario) []*drill.Step {
	switch {
	case len(s.Steps) > 0:
		return s.Steps
	case s.Lint != "":
		return []*drill.Step{{SignIn: &drill.SignIn{Times: 3}}}
	}
	return []*drill.Step{{SignIn: &drill.SignIn{}}}
}

// begin arms what the document lays over the provider, unless a step does, and makes
// the subject fetch it.
func (d *drilling) begin(ctx context.Context) error {
	d.subject.Begin()
	if !armsLater(d.scenario) {
		if err := d.arm(); err != nil {
			return err
		}
	}
	return d.subject.Prepare(ctx)
}

// arm lays over the provider what the document changes of it: an entry its stimulus,
// any other scenario its settings.
func (d *drilling) arm() error {
	d.subject.Arm()
	laid := d.scenario.Stimulus
	if d.scenario.ID == "" {
		laid = &d.scenario.Setup
	}
	if laid == nil {
		return nil
	}
	over, err := strict.Expand(laid, d.lookup)
	if err != nil {
		return err
	}
	return d.provider().Overlay(*over)
}

// doEntrySteps does the steps of an entry. It returns an error where they could not be
// done; what the app does wrong is evidence.
func (d *drilling) doEntrySteps(ctx context.Context) error {
	if err := d.begin(ctx); err != nil {
		return d.atPersona(err)
	}
	for n, step := range Steps(d.scenario) {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.step = n + 1
		if err := d.performStep(ctx, step); err != nil {
			return d.atPersona(fmt.Errorf("step %d: %w", n+1, err))
		}
	}
	return nil
}

// atPersona returns why an entry cannot be played where the provider imitates a persona
// that does not have what the entry changes; another error as it is.
func (d *drilling) atPersona(err error) error {
	member, wrong := strict.MemberOf(err)
	if member == "" || d.provider().Persona().Dialect == nil {
		return err
	}
	for member != "" { // the last one says what is lacking
		member, wrong = strict.MemberOf(wrong)
	}
	return NotReached("it is about what the provider does not have: " + wrong.Error())
}

// performStep does a step. What it expects and does not see counts with the outcome.
func (d *drilling) performStep(ctx context.Context, step *drill.Step) error {
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
	for _, f := range out.Failures {
		d.unmet = append(d.unmet, unmetStep{d.step, f})
	}
	return nil
}

// wasStruck reports whether a fault of the stimulus struck, or the entry has none.
func (d *drilling) wasStruck(e *witness.Evidence) bool {
	if !d.subject.Met() {
		return false
	}
	if d.scenario.Stimulus == nil || len(d.scenario.Stimulus.Faults) == 0 {
		return true
	}
	if slices.ContainsFunc(e.Exchanges, func(x *journal.Entry) bool { return len(x.Faults) > 0 }) {
		return true
	}
	// A request without a time-out is still open: its exchange is not in the journal yet.
	return slices.ContainsFunc(d.provider().Faults(), func(f fault.Status) bool { return f.Struck > 0 })
}

// judgeStart judges a subject that did not start while the stimulus was armed. It must
// start without.
func (d *drilling) judgeStart(ctx context.Context, f result.Result, why error) result.Result {
	f.Messages = d.conversation()
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

// conclude returns the verdict on the witnesses' judgement.
func conclude(f result.Result, s *drill.Scenario, j *witness.Judgement, exercised bool) result.Result {
	f.Witnesses = j.Witnesses()
	f.Causes, f.Verdict = j.Causes(), result.Pass
	var reasons []string
	for i := range f.Causes {
		c := &f.Causes[i]
		c.Severity, c.Exchange = cmp.Or(c.Severity, string(s.Severity)), deciding(f.Messages, c.Seq)
		reasons = append(reasons, c.Saw)
	}
	if len(f.Causes) > 0 {
		f.Verdict, f.Reason = f.Causes[0].Verdict, strings.Join(reasons, "; ")
		f.Severity = worstSeverity(f.Causes)
	}
	switch u := j.Unaffected(); {
	case !exercised:
		return Unexercised(f, "the stimulus never reached the app: it did not ask for what was changed")
	case u != nil && f.Verdict == result.Pass:
		f.Verdict, f.Reason = u.Verdict, u.Why
	case f.Verdict == result.Pass && s.Record:
		f.Verdict, f.Reason = result.Tolerated, j.Choice()
	}
	return f
}

// worstSeverity returns the severity of what was seen.
func worstSeverity(causes []result.Cause) string {
	known := drill.Severity("").Values("")
	return slices.MinFunc(causes, func(a, b result.Cause) int {
		return slices.Index(known, a.Severity) - slices.Index(known, b.Severity)
	}).Severity
}

// armsLater reports whether a step arms the stimulus.
func armsLater(s *drill.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.Stimulus == drill.On })
}

// hasControl reports whether an entry changes something: one that only watches
// requests is its own control.
func hasControl(s *drill.Scenario) bool { return s.Stimulus != nil || s.TLS != "" || armsLater(s) }

// KeptByApp returns what an app fetches once and keeps, and the entry changes:
// "metadata", "keys" or "". After a sign-in the app would not fetch it again, and the
// stimulus would not strike.
func KeptByApp(s *drill.Scenario) string {
	if armsLater(s) {
		return ""
	}
	if s.Stimulus == nil {
		if requiresRequests(s) {
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

// RotatesKeys reports whether the provider changes its keys in an entry.
func RotatesKeys(s *drill.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step *drill.Step) bool { return step.RotateKeys != nil })
}

// requiresRequests reports whether an entry judges whether the app makes a request.
func requiresRequests(s *drill.Scenario) bool {
	r := s.Outcome.Provider.Requests
	return r.JWKS != nil || r.Discovery != nil
}
