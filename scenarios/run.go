package scenarios

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Options are how scenarios are run. The zero Options run them as the command
// does.
type Options struct {
	Seed        uint64               // what is random follows from it; 0 is a seed like any other
	Parallel    int                  // scenarios at a time; default one for each processor
	Shuffle     *uint64              // run in an order drawn from this seed; results stay in file order
	Repeat      int                  // run each so often; default once
	Within      time.Duration        // bound of the run, in real time; default none
	FailFast    bool                 // start no further scenario after the first that is not good
	ShowSecrets bool                 // keep tokens and secrets whole in the results
	OnResult    func(*result.Result) // told of each result, in file order, as soon as it is final
	Mutants     []string             // bugs of every bundled client, by name: a run that proves scenarios

	// Entry plays an entry of a failure catalogue, with those bugs of the client, as
	// Play of attack.Bench does. Without it an entry cannot be run.
	Entry func(ctx context.Context, s *drill.Scenario, bugs ...string) result.Result
}

// Summary counts outcomes.
type Summary struct {
	Total, Passed, Failed, Skipped, ExpectedFailures, UnexpectedPasses, Broken int
}

// Summarize counts the outcomes of a run.
func Summarize(results []*result.Result) Summary {
	s := Summary{Total: len(results)}
	for _, r := range results {
		switch r.Outcome {
		case result.Passed:
			s.Passed++
		case result.Skipped:
			s.Skipped++
		case result.ExpectedToFail:
			s.ExpectedFailures++
		case result.Failed:
			s.Failed++
		case result.Unexpected:
			s.UnexpectedPasses++
		case result.Broken:
			s.Broken++
		}
	}
	return s
}

// baseURL is where the issuers of a run seem to be: no port is opened, and a
// fixed address keeps every token and journal of a seed the same.
const baseURL = "http://127.0.0.1:9400"

// Run runs scenarios, each with an issuer of its own, in parallel. The results
// are in the order of the scenarios; one that was not started or not finished,
// because ctx ended or FailFast held it back, has none. One that was running
// when the time of Within was over has failed.
func Run(ctx context.Context, all []*drill.Scenario, o Options) []*result.Result {
	if o.Parallel <= 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: baseURL, Seed: &o.Seed})
	if err != nil {
		return nil // cannot be: the options are ours
	}
	defer host.Close()
	if o.Within > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Within, engine.OutOfTime{Within: o.Within})
		defer cancel()
	}
	r := &runner{Options: o, host: host, names: map[string]int{}}
	for range max(o.Repeat, 1) {
		for _, s := range all {
			r.jobs = append(r.jobs, &job{scenario: s, issuer: r.issuerName(s.Name)})
		}
	}
	return r.run(ctx)
}

// runner is one run.
type runner struct {
	Options
	host  *mockprovider.Host
	names map[string]int
	jobs  []*job

	mu     sync.Mutex
	told   int
	failed bool
}

type job struct {
	scenario *drill.Scenario
	issuer   string
	result   *result.Result
	done     bool
}

// issuerName makes a name for the path of an issuer, the same in every run.
func (r *runner) issuerName(scenario string) string {
	const longest = 100 // it is part of URLs
	slug := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(scenario), "-"), "-")
	slug = strings.TrimRight(slug[:min(len(slug), longest)], "-")
	if slug == "" {
		slug = "scenario"
	}
	r.names[slug]++
	if n := r.names[slug]; n > 1 {
		slug = fmt.Sprintf("%s.%d", slug, n)
	}
	return slug
}

func (r *runner) run(ctx context.Context) []*result.Result {
	order := make([]int, len(r.jobs))
	for i := range order {
		order[i] = i
	}
	if r.Shuffle != nil {
		rand.New(rand.NewPCG(*r.Shuffle, 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	queue := make(chan *job)
	var workers sync.WaitGroup
	for range min(r.Parallel, len(order)) {
		workers.Go(func() {
			for j := range queue {
				r.finish(j, r.one(ctx, j))
			}
		})
	}
	for _, i := range order {
		if ctx.Err() != nil || r.stop() {
			break
		}
		queue <- r.jobs[i]
	}
	close(queue)
	workers.Wait()
	var out []*result.Result
	for _, j := range r.jobs {
		if j.result != nil {
			out = append(out, j.result)
		}
	}
	return out
}

func (r *runner) stop() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.FailFast && r.failed
}

// finish notes a result, which is nil for a scenario that was interrupted, and
// tells of all that are final up to here, in order.
func (r *runner) finish(j *job, became *result.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.result, j.done = became, true
	r.failed = r.failed || became != nil && !became.Outcome.Good()
	for ; r.OnResult != nil && r.told < len(r.jobs) && r.jobs[r.told].done; r.told++ {
		if known := r.jobs[r.told].result; known != nil {
			r.OnResult(known)
		}
	}
}

// one runs one scenario. Its secrets are taken out of the result here, of all of
// it at once: no writer has to know that there are any.
func (r *runner) one(ctx context.Context, j *job) *result.Result {
	if ctx.Err() != nil {
		return nil // it was handed over in the same moment
	}
	became, known := r.play(ctx, j)
	if became == nil || r.ShowSecrets {
		return became
	}
	return redact.Value(known, became)
}

// play runs one scenario, and says which secrets are known in the end.
func (r *runner) play(ctx context.Context, j *job) (*result.Result, *redact.Secrets) {
	s := j.scenario
	out := &result.Result{Name: s.Name, Description: s.Description, Place: s.Place, Tags: s.Tags, Seed: r.Seed}
	for _, c := range s.Spec {
		out.Spec = append(out.Spec, c.String())
	}
	if s.Skip != "" {
		out.Outcome, out.Reason = result.Skipped, s.Skip
		return out, s.Secrets
	}
	if s.ID != "" {
		return r.entry(ctx, s, out), s.Secrets
	}
	subject, err := r.subject(j)
	if err != nil {
		out.Outcome, out.Reason = result.Broken, err.Error()
		return out, s.Secrets
	}
	defer subject.Close()
	known := &redact.Secrets{}
	known.Add(s.Secrets)
	stopwatch := clock.Running()
	start := stopwatch.Now()
	over := engine.Play(ctx, s, subject, engine.Options{ShowSecrets: r.ShowSecrets, Secrets: known}, out)
	out.Duration = stopwatch.Now().Sub(start)
	if !over {
		return nil, nil
	}
	return out, known
}

// entry plays an entry, and makes a scenario's result of its verdict; nil where ctx
// ended before.
func (r *runner) entry(ctx context.Context, s *drill.Scenario, out *result.Result) *result.Result {
	if r.Entry == nil {
		out.Outcome, out.Reason = result.Broken, "it is an entry of a failure catalogue: authdrill run plays it"
		return out
	}
	f := r.Entry(ctx, s, r.Mutants...)
	if ctx.Err() != nil {
		return nil
	}
	f.Name, f.Title, f.Description, f.Place, f.Tags, f.Spec, f.Seed = s.Name, "", s.ClientDoes, out.Place, out.Tags, out.Spec, out.Seed
	if s.Variant != "" {
		f.Name += " [" + s.Variant + "]"
	}
	switch f.Verdict {
	case result.Pass, result.Tolerated:
		f.Outcome = result.Passed
	case result.NotExercised:
		f.Outcome = result.Skipped
	case result.Invalid:
		f.Outcome = result.Broken
	default:
		f.Outcome = result.Failed
	}
	f.Steps = []result.Step{entryStep(s, &f)}
	return &f
}

// entryStep is the one step that an entry is in a run, with what it failed for.
func entryStep(s *drill.Scenario, f *result.Result) result.Step {
	out := result.Step{Number: 1, Verb: "entry", Name: s.FullID(), Place: s.Place, Ran: f.Outcome != result.Skipped, Failures: engine.FailuresOf(s, f.Causes)}
	if f.Outcome == result.Failed && len(f.Causes) == 0 {
		out.Failures = []result.Failure{{Place: s.Place, Message: f.Reason}}
	}
	return out
}

// subject is what a scenario is played against. The error is why it cannot be
// played.
func (r *runner) subject(j *job) (*bundled.Subject, error) {
	s := j.scenario
	switch {
	case s.App != nil:
		return nil, errors.New("it is about an app of your own: authdrill attack --scenario " + s.File + " plays its entries of the catalogue")
	case s.Node == nil: // one of a file was read strictly
		if err := strict.CheckValue("", s); err != nil {
			return nil, err
		}
	}
	return bundled.New(s, bundled.Options{Host: r.host, Issuer: j.issuer, Seed: r.Seed, Bugs: r.Mutants, Stimulus: catalog.Stimulus})
}
