package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// Options are how scenarios are run. The zero Options run them as the command
// does.
type Options struct {
	Seed        uint64        // what is random follows from it; 0 is a seed like any other
	Parallel    int           // scenarios at a time; default one for each processor
	Shuffle     *uint64       // run in an order drawn from this seed; results stay in file order
	Repeat      int           // run each so often; default once
	Within      time.Duration // bound of the run, in real time; default none
	FailFast    bool          // start no further scenario after the first that is not good
	ShowSecrets bool          // keep tokens and secrets whole in the results
	OnResult    func(*Result) // told of each result, in file order, as soon as it is final
	Mutants     []string      // bugs of every bundled client, by name: a run that proves scenarios
}

// outOfTime is the cause of a context whose time Within bounds.
type outOfTime struct{ within time.Duration }

func (o outOfTime) Error() string {
	return "out of time: the run was not done within " + o.within.String() + "; --within gives it longer"
}

// Summary counts outcomes.
type Summary struct {
	Total, Passed, Failed, Skipped, ExpectedFailures, UnexpectedPasses, Broken int
}

// Summarize counts the outcomes of a run.
func Summarize(results []*Result) Summary {
	s := Summary{Total: len(results)}
	for _, r := range results {
		switch r.Outcome {
		case Passed:
			s.Passed++
		case Skipped:
			s.Skipped++
		case ExpectedToFail:
			s.ExpectedFailures++
		case Failed:
			s.Failed++
		case Unexpected:
			s.UnexpectedPasses++
		case Broken:
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
func Run(ctx context.Context, all []*Scenario, o Options) []*Result {
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
		ctx, cancel = context.WithTimeoutCause(ctx, o.Within, outOfTime{o.Within})
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
	scenario *Scenario
	issuer   string
	result   *Result
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

func (r *runner) run(ctx context.Context) []*Result {
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
	var out []*Result
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
func (r *runner) finish(j *job, result *Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.result, j.done = result, true
	r.failed = r.failed || result != nil && !result.Outcome.Good()
	for ; r.OnResult != nil && r.told < len(r.jobs) && r.jobs[r.told].done; r.told++ {
		if known := r.jobs[r.told].result; known != nil {
			r.OnResult(known)
		}
	}
}

// one runs one scenario. Its secrets are taken out of the result here, of all of
// it at once: no writer has to know that there are any.
func (r *runner) one(ctx context.Context, j *job) *Result {
	if ctx.Err() != nil {
		return nil // it was handed over in the same moment
	}
	result, known := r.play(ctx, j)
	if result == nil || r.ShowSecrets {
		return result
	}
	return redact.Value(known, result)
}

// play runs one scenario, and says which secrets are known in the end.
func (r *runner) play(ctx context.Context, j *job) (*Result, *redact.Secrets) {
	s := j.scenario
	result := &Result{Name: s.Name, Description: s.Description, Place: s.Place(), Tags: s.Tags, Seed: r.Seed}
	for _, c := range s.Spec {
		result.Spec = append(result.Spec, c.String())
	}
	switch {
	case s.Skip != "":
		result.Outcome, result.Reason = Skipped, s.Skip
		return result, s.secrets
	case s.App != nil:
		result.Outcome, result.Reason = Broken, "it is about an app of your own: authdrill attack --scenario "+s.File+" plays its entries of the catalogue"
		return result, s.secrets
	}
	if err := s.validate(); err != nil {
		result.Outcome, result.Reason = Broken, err.Error()
		return result, s.secrets
	}
	stopwatch := clock.Running()
	start := stopwatch.Now()
	st, err := newStage(r, j)
	if err != nil {
		result.Outcome, result.Reason = Broken, err.Error()
		return result, s.secrets
	}
	defer st.close()
	result.Issuer = st.provider.Issuer()
	from := st.provider.Clock().Now()
	st.play(ctx, result)
	result.Elapsed = st.provider.Clock().Now().Sub(from)
	result.Duration = stopwatch.Now().Sub(start)
	result.Messages = st.messages()
	st.gather()
	for _, step := range result.Steps {
		st.learnFailures(step.Failures)
	}
	for _, e := range st.provider.Journal().Entries() {
		st.secrets.LearnAnswer(e.Response)
		if !r.ShowSecrets {
			e = e.Redacted()
		}
		result.Journal = append(result.Journal, e)
	}
	switch failed := result.Failed(); {
	case st.late:
		result.Outcome = Failed
	case ctx.Err() != nil:
		return nil, nil // what failed may have failed for that
	case !failed && !result.ran():
		result.Outcome, result.Reason = Skipped, "no step ran: none of the conditions after if holds"
	case failed && s.ExpectFailure != "":
		result.Outcome, result.Reason = ExpectedToFail, s.ExpectFailure
	case failed:
		result.Outcome = Failed
	case s.ExpectFailure != "":
		result.Outcome, result.Reason = Unexpected, s.ExpectFailure
	default:
		result.Outcome = Passed
	}
	return result, st.secrets
}
