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

// crowdDelay is how long a crowd gets to reach the provider, where its requests
// cannot be held.
const crowdDelay = time.Second

// signInCrowd signs many users in at once and, while the app waits for the provider,
// opens a page of it. The app is judged by how long that takes.
func (d *subject) signInCrowd(ctx context.Context, m *drill.Crowd) error {
	page := d.site.page(m.Page)
	if page == nil {
		page = d.site.page("whoami") // every app has it
	}
	var browsers []*browser
	var requests []agent.Request
	for n := range m.Users {
		b := newBrowser(fmt.Sprintf("crowd-%d", n+1), d.site, d.trail)
		answer, err := b.signInUntilResponse(ctx, "alice", "first")
		if err != nil {
			return err
		}
		browsers, requests = append(browsers, b), append(requests, d.callbackRequest(answer, &drill.Callback{}))
	}
	arrived, release := d.site.holdTokenRequests()
	defer release()
	var crowd sync.WaitGroup
	signingIn, leave := context.WithCancel(ctx)
	defer leave()
	for n, b := range browsers {
		crowd.Go(func() { _, _ = b.agent.Visit(signingIn, requests[n]) }) // the app may refuse, or give up
	}
	ended, end := context.WithCancel(ctx)
	defer end()
	go func() { crowd.Wait(); end() }()
	if arrived(ended) != nil {
		d.timeDuringCrowd = time.Nanosecond // the app did not have to wait for the provider
		return ctx.Err()
	}
	most := d.scenario.Outcome.Browser.Within.D() + time.Second
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	wall := clock.Running()
	start := wall.Now()
	bystander := scriptedBrowser("bystander", d.site, d.trail) // Chromium would take time of its own
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		_, _ = bystander.openPage(limited, page, nil, nil) // a late answer counts as none
	}()
	select {
	case <-opened:
	case <-limited.Done():
		leave() // an app that serves one after the other would take minutes for the crowd
	}
	d.timeDuringCrowd = wall.Now().Sub(start)
	release()
	<-opened
	crowd.Wait()
	return ctx.Err()
}

// holdTokenRequests holds the app's token requests until release is called, where the
// provider's clock is virtual and a delay takes no time. arrived waits for the first.
func (s *Site) holdTokenRequests() (arrived func(context.Context) error, release func()) {
	wire, ok := s.Transport.(*Hosts)
	if !ok || !s.Virtual {
		return func(ctx context.Context) error { return s.Sleep(ctx, crowdDelay) }, func() {}
	}
	address, _ := s.Provider().Metadata()["token_endpoint"].(string)
	g := &gate{address: address, firstCame: make(chan struct{}), opened: make(chan struct{})}
	wire.gate.Store(g)
	return func(ctx context.Context) error {
			select {
			case <-g.firstCame:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}, sync.OnceFunc(func() {
			wire.gate.Store(nil)
			close(g.opened)
		})
}

// gate holds requests to an address until it is opened.
type gate struct {
	address           string
	once              sync.Once
	firstCame, opened chan struct{}
}

func (g *gate) waitUntilOpen(r *http.Request) {
	if g == nil || r.URL.String() != g.address {
		return
	}
	g.once.Do(func() { close(g.firstCame) })
	select {
	case <-g.opened:
	case <-r.Context().Done():
	}
}
