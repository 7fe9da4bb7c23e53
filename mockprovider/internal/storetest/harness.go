package storetest

import (
	"fmt"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Lifetimes in seconds.
const (
	codeLife    = 60
	accessLife  = 600
	refreshLife = 3600
)

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// start is when the clock of a run begins.
func start() time.Time { return time.Unix(1_900_000_000, 0).UTC() }

// none is a name that nothing is kept under.
const none = "none"

// thing is what a slot holds: the names that the workers use next.
type thing struct {
	code, access, refresh, device, pushed, assertion string

	family   *record.Grant // of the code
	answered *record.Grant // the grant that an approval gives the device
}

// harness runs commands against a backend and records what happens.
type harness struct {
	backend record.Backend
	clock   atomic.Int64 // seconds since start
	time    atomic.Int64 // counts beginnings and ends
	serial  atomic.Int64 // for names

	mu     sync.Mutex
	slots  [slots]thing
	events map[string][]*event // by what they are about
	resets []*event
}

func newHarness(b record.Backend) *harness {
	h := &harness{backend: b, events: map[string][]*event{}}
	for n := range h.slots {
		h.slots[n] = thing{access: none, refresh: none, pushed: "no request", assertion: "no assertion"}
	}
	return h
}

// run lets the workers do the commands of each round at the same moment, as far as
// the machine allows: all that can be done before is done before.
func (h *harness) run(script []round) {
	for _, round := range script {
		for _, v := range round.before {
			h.plan(command{verb: v, slot: round.at[0].slot})()
		}
		var ready atomic.Int64
		var wg sync.WaitGroup
		for _, c := range round.at {
			wg.Go(func() {
				do := h.plan(c)
				ready.Add(1)
				for ready.Load() < int64(len(round.at)) {
					runtime.Gosched()
				}
				do()
			})
		}
		wg.Wait()
	}
}

// histories returns the events by what they are about, the resets with each.
func (h *harness) histories() map[string][]*event {
	out := maps.Clone(h.events)
	for name := range out {
		out[name] = append(out[name], h.resets...)
	}
	return out
}

// request is what one worker does on one snapshot: its operations follow each other.
type request struct {
	*harness
	on    record.Store
	began int64
	now   time.Time
	last  *event
}

func (h *harness) begin() *request {
	r := &request{harness: h, began: h.time.Add(1), now: start().Add(seconds(int(h.clock.Load())))}
	r.on = h.backend.Current().Store
	return r
}

// record does an operation and writes down what it answered. All operations of a
// request begin with it: they are done on its snapshot.
func (r *request) record(about string, o op, do func() answer) answer {
	e := &event{op: o, began: r.began, now: r.now}
	if r.last != nil && r.last.about == about {
		e.after, r.last.followed = r.last, true
	}
	e.about = about
	e.answer = do()
	e.ended = r.time.Add(1)
	r.last = e
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events[about] = append(r.events[about], e)
	return e.answer
}

func (h *harness) name(kind string) string { return fmt.Sprintf("%s%d", kind, h.serial.Add(1)) }

func (h *harness) slot(n int) thing {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.slots[n]
}

func (h *harness) fill(n int, edit func(*thing)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	edit(&h.slots[n])
}

// family is a new grant, with a user of its own, so that it can be revoked by itself.
func (h *harness) family() *record.Grant {
	name := h.name("family")
	return &record.Grant{ClientID: "app", Authorization: &record.Authorization{UserLogin: name}}
}

// plan begins a command, and returns the rest of it.
func (h *harness) plan(c command) func() {
	switch c.verb {
	case advance:
		return func() { h.clock.Add(int64(c.by)) }
	case reset:
		return h.reset
	}
	s := h.slot(c.slot)
	r := h.begin()
	switch c.verb {
	case authorize:
		return func() { r.authorize(c.slot) }
	case ask:
		return func() { r.ask(c.slot) }
	case push:
		return func() { r.push(c.slot) }
	case sign:
		return func() {
			name := h.name("assertion")
			h.fill(c.slot, func(t *thing) { t.assertion = name })
		}
	case take:
		return func() {
			r.record(s.pushed, op{take, s.pushed}, func() answer {
				_, ok := r.on.TakePushed(s.pushed, "app", r.now)
				return whether(ok)
			})
		}
	case assert:
		return func() {
			r.record(s.assertion, op{assert, s.assertion}, func() answer {
				return whether(r.on.FirstUse(s.assertion, r.now.Add(seconds(codeLife)), r.now))
			})
		}
	case approve, deny, withdraw, poll:
		if s.answered != nil {
			return func() { r.useDevice(c, s) }
		}
	default:
		if s.family != nil {
			return func() { r.useGrant(c, s) }
		}
	}
	return func() {}
}

func (h *harness) reset() {
	e := &event{op: op{verb: reset}, began: h.time.Add(1), now: start(), answer: done}
	if err := h.backend.Reset(func(*record.State) error { return nil }); err != nil {
		e.answer = lost
	}
	e.ended = h.time.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.resets = append(h.resets, e)
}
