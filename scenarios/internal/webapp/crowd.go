package webapp

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// settling is how long a crowd gets to reach the provider, where that cannot be
// seen.
const settling = time.Second

// crowd lets many people sign in at once and, while the app waits for the
// provider, opens a page of it. How long that takes is what the app is judged
// by.
func (d *subject) crowd(ctx context.Context, m *drill.Crowd) error {
	page, known := d.site.page(m.Page)
	if !known {
		page, _ = d.site.page("whoami") // every app has it
	}
	var browsers []*browser
	var requests []agent.Request
	for n := range m.Users {
		b := newBrowser(fmt.Sprintf("crowd-%d", n+1), d.site, d.trail)
		answer, err := b.begin(ctx, "alice", "first")
		if err != nil {
			return err
		}
		browsers, requests = append(browsers, b), append(requests, d.request(answer, &drill.Callback{}))
	}
	arrived, release := d.site.hold()
	defer release()
	var crowd sync.WaitGroup
	for n, b := range browsers {
		crowd.Go(func() { _, _ = b.visit(ctx, requests[n]) }) // the app may refuse, or give up
	}
	ended, end := context.WithCancel(ctx)
	defer end()
	go func() { crowd.Wait(); end() }()
	if arrived(ended) != nil {
		d.beside = time.Nanosecond // nobody had to wait for the provider
		return ctx.Err()
	}
	most := d.scenario.Outcome.Browser.Within.D() + time.Second
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	wall := clock.Running()
	start := wall.Now()
	beside := scriptedBrowser("beside", d.site, d.trail) // it takes no time of its own
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		_, _ = beside.visit(limited, agent.Request{URL: page}) // late is as bad as never
	}()
	select {
	case <-opened:
	case <-limited.Done():
	}
	d.beside = wall.Now().Sub(start)
	release()
	<-opened
	crowd.Wait()
	return ctx.Err()
}

// hold keeps the app's token requests back until they are released, where the
// provider's time is virtual and a delay is none. arrived waits for the first.
func (s *Site) hold() (arrived func(context.Context) error, release func()) {
	wire, ok := s.Transport.(*Hosts)
	if !ok || !s.Virtual {
		return func(ctx context.Context) error { return s.Sleep(ctx, settling) }, func() {}
	}
	address, _ := s.Provider().Metadata()["token_endpoint"].(string)
	g := &gate{address: address, first: make(chan struct{}), open: make(chan struct{})}
	wire.gate.Store(g)
	return func(ctx context.Context) error {
			select {
			case <-g.first:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}, sync.OnceFunc(func() {
			wire.gate.Store(nil)
			close(g.open)
		})
}

// gate keeps requests to an address back until it is opened.
type gate struct {
	address     string
	once        sync.Once
	first, open chan struct{}
}

func (g *gate) pass(r *http.Request) {
	if g == nil || r.URL.String() != g.address {
		return
	}
	g.once.Do(func() { close(g.first) })
	select {
	case <-g.open:
	case <-r.Context().Done():
	}
}
