package engine

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Options say how a document is played.
type Options struct {
	ShowSecrets bool            // keep tokens and secrets whole in the results
	Secrets     *redact.Secrets // learns what must not be shown
}

// playing is a document that is being played against a subject, with what was observed
// so far.
type playing struct {
	scenario *drill.Scenario
	subject  Subject
	options  Options

	captures  map[string]any
	steps     map[string]*Observation // by id
	seen      *Observation            // the latest of everything
	step      int
	failure   error // of the step that was done last: the refusal of the client, or why it could not be done
	outOfTime bool  // a step was not done within the time of the run
}

func newPlaying(s *drill.Scenario, subject Subject, o Options) *playing {
	return &playing{
		scenario: s, subject: subject, options: o,
		captures: map[string]any{}, steps: map[string]*Observation{}, seen: &Observation{},
	}
}

// OutOfTime is the cause of a context whose time is bounded.
type OutOfTime struct{ Within time.Duration }

func (o OutOfTime) Error() string {
	return "out of time: the run was not done within " + o.Within.String() + "; --within gives it longer"
}

func (p *playing) provider() *mockprovider.Provider { return p.subject.Provider(false) }

// doSteps does the steps, until one fails.
func (p *playing) doSteps(ctx context.Context, r *result.Result) {
	recorded := p.provider().Journal()
	failed := false
	for i, step := range p.scenario.Steps {
		p.step = i + 1
		out := result.Step{Number: i + 1, Name: step.Name, Verb: step.Verb(), Place: step.Place}
		if failed || ctx.Err() != nil {
			p.reportExpired(ctx, step, &out, !failed)
			failed = true
			r.Steps = append(r.Steps, out)
			continue
		}
		before := recorded.Last()
		p.learnSecrets()
		p.perform(ctx, step, &out)
		p.reportExpired(ctx, step, &out, len(out.Failures) > 0)
		for n := before + 1; n <= recorded.Last(); n++ {
			out.Journal = append(out.Journal, n)
		}
		failed = len(out.Failures) > 0
		r.Steps = append(r.Steps, out)
	}
}

// reportExpired replaces the failure of a step that the time of the run was too short
// for by that reason.
func (p *playing) reportExpired(ctx context.Context, step *drill.Step, out *result.Step, undone bool) {
	var over OutOfTime
	if undone && errors.As(context.Cause(ctx), &over) {
		out.Failures, p.outOfTime = []result.Failure{stepFailure(step, over.Error())}, true
	}
}

// perform fills in a step, does it, and judges what was observed; with eventually,
// until it holds.
func (p *playing) perform(ctx context.Context, template *drill.Step, out *result.Step) {
	// What is expected may speak of what the step itself shows: it is filled in
	// after the deed.
	deed := *template
	deed.Expect = nil
	step, err := strict.Expand(&deed, p.lookup)
	if err != nil {
		out.Failures, p.failure = append(out.Failures, stepFailure(template, err.Error())), err
		return
	}
	out.Summary = summarize(step)
	if !p.options.ShowSecrets {
		out.Summary = redactSummary(out.Summary)
	}
	if !step.If.Holds() {
		return
	}
	out.Ran = true
	tries := 1
	if step.Eventually != nil {
		if step.Eventually.Every == 0 {
			step.Eventually.Every = step.Eventually.Within / 10
		}
		tries = int(step.Eventually.Within/max(step.Eventually.Every, 1)) + 1
	}
	for try := range tries {
		if try > 0 {
			if err := p.provider().Clock().Sleep(ctx, step.Eventually.Every.D()); err != nil {
				return
			}
		}
		var o *Observation
		o, out.Failures = p.doOnce(ctx, step, template.Expect)
		if len(out.Failures) == 0 {
			p.capture(step, o, out)
			return
		}
	}
}

// doOnce does a step once.
func (p *playing) doOnce(ctx context.Context, step *drill.Step, expected *drill.Expect) (*Observation, []result.Failure) {
	start := p.provider().Clock().Now()
	o := &Observation{Step: p.step, Expects: expected}
	err := p.doVerb(ctx, step, o)
	p.failure = err
	o.duration = p.provider().Clock().Now().Sub(start)
	o.noteResult(err)
	p.seen.merge(o)
	if v := step.Verify; v != nil {
		return o, p.verify(v)
	}
	expect, unknown := strict.Expand(expected, p.lookup)
	if unknown != nil {
		return o, []result.Failure{stepFailure(step, unknown.Error())}
	}
	return o, p.judge(step, expect, o, err)
}

// doVerb does what a step says: the provider's verbs here, all others in the subject.
func (p *playing) doVerb(ctx context.Context, step *drill.Step, o *Observation) error {
	o.Accepts = p.provider().Accepts
	if done, err := p.doAtProvider(step); done || step.Verify != nil {
		return err
	}
	return p.subject.Do(ctx, step, o)
}

// capture keeps the observation of a step under its id, and its captures.
func (p *playing) capture(step *drill.Step, o *Observation, out *result.Step) {
	if step.ID != "" {
		p.steps[step.ID] = o
	}
	for name, path := range step.Capture {
		value, ok := o.findPath(path)
		if !ok {
			value, ok = p.seen.findPath(path)
		}
		if !ok {
			f := stepFailure(step, fmt.Sprintf("no %s to capture as %s", path, name))
			if n := step.Node.Find("capture." + name); n != nil {
				f.Place, f.Source = n.Place(), n.Source()
			}
			out.Failures = append(out.Failures, f)
			continue
		}
		p.captures[name] = value
	}
}

// lookup returns the present value of a variable.
func (p *playing) lookup(name string) (any, error) {
	if v, ok := p.captures[name]; ok {
		return v, nil
	}
	switch name {
	case "issuer":
		return p.provider().Issuer(), nil
	case "client_id":
		return p.provider().Client().ID, nil
	case "client_secret":
		return p.provider().Client().Secret, nil
	case "entry":
		return p.scenario.Key, nil
	case "minted.access_token":
		return p.mintForeignToken()
	}
	if v, ok := p.subject.Value(name); ok {
		return v, nil
	}
	if rest, ok := strings.CutPrefix(name, "steps."); ok {
		id, path, _ := strings.Cut(rest, ".")
		if o := p.steps[id]; o != nil {
			if v, ok := o.findPath(path); ok {
				return v, nil
			}
		}
		return nil, fmt.Errorf("${%s}: the step %s has shown no %s", name, id, path)
	}
	if v, ok := p.seen.findPath(name); ok {
		return v, nil
	}
	return nil, fmt.Errorf("${%s}: no step has shown it yet", name)
}

// mintForeignToken returns an access token of alice that was issued to another client.
func (p *playing) mintForeignToken() (string, error) {
	if err := p.provider().SetClient(store.Client{ID: "another-client"}); err != nil {
		return "", err
	}
	tokens, err := p.provider().Mint(mockprovider.MintRequest{User: "alice", ClientID: "another-client"})
	if err != nil {
		return "", err
	}
	return tokens.AccessToken, nil
}

// stepFailure returns the failure of a whole step.
func stepFailure(step *drill.Step, message string) result.Failure {
	f := result.Failure{Place: step.Place, Message: message}
	if step.Node != nil {
		f.Source = step.Node.Source()
	}
	return f
}

// summarize returns a step in one line, with its variables filled in.
func summarize(step *drill.Step) string {
	if step.Node == nil {
		return step.Verb()
	}
	n := step.Node.Get(step.Verb())
	if n == nil || n.Text != "" {
		return strings.TrimSpace(step.Verb() + " " + textOf(n))
	}
	text := match.Text(verbValue(step))
	if len(text) > 120 {
		return step.Verb()
	}
	return step.Verb() + " " + text
}

func textOf(n *strict.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

// verbValue returns the value of a step's verb.
func verbValue(step *drill.Step) any {
	v := reflect.ValueOf(step).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == step.Verb() {
			return v.Field(i).Interface()
		}
	}
	return nil
}
