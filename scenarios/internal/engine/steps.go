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

// Options are how a document is played.
type Options struct {
	ShowSecrets bool            // keep tokens and secrets whole in the results
	Secrets     *redact.Secrets // learns what must not be shown
}

// playing is a document that is being played against a subject, and what has been
// seen so far.
type playing struct {
	scenario *drill.Scenario
	subject  Subject
	options  Options

	captures map[string]any
	steps    map[string]*Observation // by id
	seen     *Observation            // the latest of everything
	step     int
	failure  error // of the step that was done last: the refusal of the client, or why it could not be done
	late     bool  // a step was not done within the time of the run
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

// play runs the steps, up to the first that fails.
func (p *playing) play(ctx context.Context, r *result.Result) {
	recorded := p.provider().Journal()
	failed := false
	for i, step := range p.scenario.Steps {
		p.step = i + 1
		out := result.Step{Number: i + 1, Name: step.Name, Verb: step.Verb(), Place: step.Place}
		if failed || ctx.Err() != nil {
			p.expire(ctx, step, &out, !failed)
			failed = true
			r.Steps = append(r.Steps, out)
			continue
		}
		before := recorded.Last()
		p.gather()
		p.perform(ctx, step, &out)
		p.expire(ctx, step, &out, len(out.Failures) > 0)
		for n := before + 1; n <= recorded.Last(); n++ {
			out.Journal = append(out.Journal, n)
		}
		failed = len(out.Failures) > 0
		r.Steps = append(r.Steps, out)
	}
}

// expire gives a step that the time of the run was too short for that reason, in
// place of what it says for want of an answer.
func (p *playing) expire(ctx context.Context, step *drill.Step, out *result.Step, undone bool) {
	var over OutOfTime
	if undone && errors.As(context.Cause(ctx), &over) {
		out.Failures, p.late = []result.Failure{failing(step, over.Error())}, true
	}
}

// perform runs one step: fills in what is known by now, does it, and judges
// what was seen, again and again if it may.
func (p *playing) perform(ctx context.Context, template *drill.Step, out *result.Step) {
	// What is expected may speak of what the step itself shows: it is filled in
	// after the deed.
	deed := *template
	deed.Expect = nil
	step, err := strict.Expand(&deed, p.lookup)
	if err != nil {
		out.Failures = append(out.Failures, failing(template, err.Error()))
		return
	}
	out.Summary = summary(step)
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
		o, out.Failures = p.do(ctx, step, template.Expect)
		if len(out.Failures) == 0 {
			p.keep(step, o, out)
			return
		}
	}
}

// do does a step once.
func (p *playing) do(ctx context.Context, step *drill.Step, expected *drill.Expect) (*Observation, []result.Failure) {
	start := p.provider().Clock().Now()
	o := &Observation{Step: p.step, Expects: expected}
	err := p.act(ctx, step, o)
	p.failure = err
	o.duration = p.provider().Clock().Now().Sub(start)
	o.settle(err)
	p.seen.learn(o)
	if v := step.Verify; v != nil {
		return o, p.verify(v)
	}
	expect, unknown := strict.Expand(expected, p.lookup)
	if unknown != nil {
		return o, []result.Failure{failing(step, unknown.Error())}
	}
	return o, p.judge(step, expect, o, err)
}

// act does what a step says: what a provider does here, and everything else is up
// to the subject.
func (p *playing) act(ctx context.Context, step *drill.Step, o *Observation) error {
	o.Accepts = p.provider().Accepts
	if done, err := p.provide(step); done || step.Verify != nil {
		return err
	}
	return p.subject.Do(ctx, step, o)
}

// keep stores what a step wants to be remembered by.
func (p *playing) keep(step *drill.Step, o *Observation, out *result.Step) {
	if step.ID != "" {
		p.steps[step.ID] = o
	}
	for name, path := range step.Capture {
		value, ok := o.at(path)
		if !ok {
			value, ok = p.seen.at(path)
		}
		if !ok {
			f := failing(step, fmt.Sprintf("no %s to capture as %s", path, name))
			if n := step.Node.Find("capture." + name); n != nil {
				f.Place, f.Source = n.Place(), n.Source()
			}
			out.Failures = append(out.Failures, f)
			continue
		}
		p.captures[name] = value
	}
}

// lookup returns the value that ${name} has by now.
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
		return p.minted()
	}
	if v, ok := p.subject.Value(name); ok {
		return v, nil
	}
	if rest, ok := strings.CutPrefix(name, "steps."); ok {
		id, path, _ := strings.Cut(rest, ".")
		if o := p.steps[id]; o != nil {
			if v, ok := o.at(path); ok {
				return v, nil
			}
		}
		return nil, fmt.Errorf("${%s}: the step %s has shown no %s", name, id, path)
	}
	if v, ok := p.seen.at(name); ok {
		return v, nil
	}
	return nil, fmt.Errorf("${%s}: no step has shown it yet", name)
}

// minted is an access token of alice that was issued to another client.
func (p *playing) minted() (string, error) {
	if err := p.provider().SetClient(store.Client{ID: "another-client"}); err != nil {
		return "", err
	}
	tokens, err := p.provider().Mint(mockprovider.MintRequest{User: "alice", ClientID: "another-client"})
	if err != nil {
		return "", err
	}
	return tokens.AccessToken, nil
}

// failing is the failure of a whole step.
func failing(step *drill.Step, message string) result.Failure {
	f := result.Failure{Place: step.Place, Message: message}
	if step.Node != nil {
		f.Source = step.Node.Source()
	}
	return f
}

// summary is a step in one line, as it is run.
func summary(step *drill.Step) string {
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

// verbValue is what a step's verb was given.
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
