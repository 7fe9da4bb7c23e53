package attack

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
)

const (
	// defaultInstances is how many instances of an app are attacked at once.
	defaultInstances = 4
	// startBudget bounds how long the instances may take to start that are there only
	// because others wait: an app that starts slowly is a large one, most often.
	startBudget = 2 * time.Second
	// longWait is how long an app may take to give a slow provider up, as far as is
	// known before.
	longWait = 10 * time.Second
	// expiryWait is how long an entry waits for an access token to expire.
	expiryWait = 2200 * time.Millisecond
)

// crew plays entries with several instances of an app. Entries that wait begin first, the
// longest before all others. They keep no processor busy, so while they wait, further
// instances play, of an app that starts quickly.
type crew struct {
	campaign *campaign
	first    *worker
	latency  time.Duration // of the first worker's sign-ins, before it plays
	turns    chan struct{} // bounds the entries that do not wait and are played at once
	most     int           // instances at most
	workers  sync.WaitGroup

	mu           sync.Mutex
	waits, quick []*catalog.Entry // that are still to be played
	waiting      int              // entries that wait, of those that are played now
	started      int              // instances so far
}

// playEntries plays the entries with the first worker and, where the app can be
// started several times, with others.
func (c *campaign) playEntries(ctx context.Context, first *worker) {
	plain := c.countInstances()
	p := &crew{campaign: c, first: first, latency: first.site.Latency, turns: make(chan struct{}, plain), most: plain, started: 1}
	if c.Parallel == 0 && plain > 1 && c.browser == nil {
		p.most += extraInstances(plain, first.startTime)
	}
	var overTLS, last []*catalog.Entry
	for _, e := range c.Entries {
		switch {
		case c.App.Start == nil && engine.KeptByApp(e.Scenario) != "":
			last = append(last, e) // only a restart makes an app forget what it keeps of it
		case needsTLS(e) || first.judgesKeysOverTLS(e.Scenario):
			overTLS = append(overTLS, e)
		case expectedWait(e) > 0:
			p.waits = append(p.waits, e)
		default:
			p.quick = append(p.quick, e)
		}
	}
	slices.SortStableFunc(last, func(a, b *catalog.Entry) int { // metadata, which it does not read again, before keys
		return cmp.Compare(engine.KeptByApp(b.Scenario), engine.KeptByApp(a.Scenario))
	})
	p.quick = append(p.quick, last...)
	slices.SortStableFunc(p.waits, func(a, b *catalog.Entry) int { return int(expectedWait(b) - expectedWait(a)) })
	others := min(plain, len(p.waits)+len(p.quick)) - 1
	p.workers.Go(func() { p.play(ctx, first) })
	for range others {
		p.startAnother(ctx, plain)
	}
	p.workers.Wait()
	c.playTLSEntries(ctx, first, overTLS)
}

// extraInstances returns how many instances are started in addition while others wait.
func extraInstances(plain int, startTime time.Duration) int {
	return min(2*plain, int(startBudget/max(startTime, time.Millisecond)))
}

// play plays entries with a worker until none is left.
func (p *crew) play(ctx context.Context, w *worker) {
	for {
		e, waits := p.next(ctx)
		switch {
		case e == nil:
			return
		case waits:
			p.startAnother(ctx, p.most)
			p.campaign.recordFinding(ctx, e, w.play(ctx, e))
			p.mu.Lock()
			p.waiting--
			p.mu.Unlock()
		default:
			p.turns <- struct{}{}
			p.campaign.recordFinding(ctx, e, w.play(ctx, e))
			<-p.turns
		}
	}
}

// next takes the entry that is played next: one that waits, but not by all instances
// where some are there only because others wait.
func (p *crew) next(ctx context.Context) (e *catalog.Entry, waits bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := p.most
	if most > cap(p.turns) {
		most -= 2
	}
	switch {
	case ctx.Err() != nil:
	case len(p.waits) > 0 && (p.waiting < most || len(p.quick) == 0):
		e, p.waits, waits = p.waits[0], p.waits[1:], true
		p.waiting++
	case len(p.quick) > 0:
		e, p.quick = p.quick[0], p.quick[1:]
	}
	return e, waits
}

// startAnother starts another instance of the app, if there are fewer than most and
// something is left to play.
func (p *crew) startAnother(ctx context.Context, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started >= most || len(p.waits)+len(p.quick) == 0 {
		return
	}
	n := p.started
	p.started++
	p.workers.Go(func() { p.startAndPlay(ctx, n) })
}

// startAndPlay starts the nth instance and plays entries with it. One that does not
// start, or does not sign in, leaves its share to the others.
func (p *crew) startAndPlay(ctx context.Context, n int) {
	p.turns <- struct{}{}
	w := p.startWorker(ctx, n)
	<-p.turns
	if w == nil {
		return
	}
	defer w.stop()
	p.play(ctx, w)
}

func (p *crew) startWorker(ctx context.Context, n int) *worker {
	w, err := p.campaign.startWorker(ctx, n)
	if err != nil {
		return nil
	}
	of := p.first
	w.traits = of.traits
	w.site.Latency = p.latency
	w.site.LearnFrom(of.site)
	if why := w.site.PlainSignIn(ctx, "calibration"); why != "" {
		w.stop()
		return nil
	}
	w.site.Reset()
	return w
}

// countInstances returns how many instances of the app are attacked at once.
func (c *campaign) countInstances() int {
	switch {
	case !c.canStartSeveral():
		return 1
	case c.Parallel > 0:
		return c.Parallel
	}
	return defaultInstances
}

// canStartSeveral reports whether the app can be started more than once: its command
// or environment must take a port.
func (c *campaign) canStartSeveral() bool {
	if c.App.Start == nil {
		return false
	}
	for _, text := range slices.AppendSeq(slices.Clone(c.App.Start.Command), maps.Values(c.App.Start.Env)) {
		if strings.Contains(text, "${port}") {
			return true
		}
	}
	return false
}

// expectedWait returns about how long an app only waits while an entry is played.
func expectedWait(e *catalog.Entry) time.Duration {
	if e.Variant == "" {
		return waitOf(e.Scenario)
	}
	var sum time.Duration
	for _, v := range e.Variants {
		sum += waitOf(v)
	}
	return sum
}

func waitOf(s *drill.Scenario) time.Duration {
	var sum time.Duration
	if engine.RotatesKeys(s) {
		sum = engine.LongestPause(s) // of an app that asks for keys once a minute
	}
	for _, step := range s.Steps {
		switch {
		case step.Expire != "":
			sum += expiryWait
		case step.Crowd != nil:
			sum += longWait
		}
	}
	if s.Stimulus != nil {
		for _, f := range s.Stimulus.Faults {
			switch {
			case f.Connection == "hang" || f.Connection == "slow" || f.Connection == "blackhole":
				sum += longWait
			case f.Delay != nil:
				sum += min(longWait, cmp.Or(f.Delay.Fixed.D(), longWait))
			}
		}
	}
	if isRace(s) {
		sum *= racesEach
	}
	return sum
}
