package figures

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// crowd is how many connections there are at once.
const crowd = 64

// askedFor is in the answers of the faults that the load arms.
const askedFor = "a fault asked for this"

// Many connections sign in, redeem and refresh at once, for a few rounds, or as
// long as AUTHDRILL_LOAD says (60s). Of two who redeem one code at the same moment
// exactly one gets tokens, and of two who refresh with one token at most one: also
// while faults strike, the clock is moved, keys are rotated, grants are revoked and
// the issuer is reset. Nobody meets a 500 that no fault asked for, and when all is
// over the heap is what it was.
func TestLoad(t *testing.T) {
	l := newLoaded(t)
	batch := 2 * crowd
	bound, err := time.ParseDuration(os.Getenv("AUTHDRILL_LOAD"))
	if err == nil {
		batch = 10 * crowd
	}
	for range 4 { // also fills the journal, which belongs to an idle provider
		if err := under(l.host.BaseURL(), crowd, 2*crowd, l.calm); err != nil {
			t.Fatal(err)
		}
	}
	idle := l.settled()
	rounds := 0
	c := clock.Running()
	for begin := c.Now(); rounds == 0 || err == nil && c.Now().Sub(begin) < bound; rounds++ {
		if err := under(l.host.BaseURL(), crowd, batch, l.disturbed); err != nil {
			t.Fatal(err)
		}
	}
	if l.won.Load() == 0 || l.disturbances.Load() == 0 {
		t.Errorf("%d requests got tokens among %d disturbances", l.won.Load(), l.disturbances.Load())
	}
	if err := l.op.Reset(); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := under(l.host.BaseURL(), crowd, 2*crowd, l.calm); err != nil {
			t.Fatal(err)
		}
	}
	if after := l.settled(); float64(after) > 1.5*float64(idle) {
		t.Errorf("the live heap is %d kB after the load and was %d kB before", after>>10, idle>>10)
	}
	if text := l.unasked.Load(); text != nil {
		t.Error(*text)
	}
	t.Logf("%d rounds of %d, %d disturbances, %d requests got tokens; live heap %d kB before", rounds, batch, l.disturbances.Load(), l.won.Load(), idle>>10)
}

// loaded is a provider under load.
type loaded struct {
	host         *mockprovider.Host
	op           *mockprovider.Provider
	disturbances atomic.Int64
	won          atomic.Int64
	unasked      atomic.Pointer[string] // the first 500 that no fault asked for
}

func newLoaded(t *testing.T) *loaded {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h, err := mockprovider.NewHost(mockprovider.Options{
		BaseURL:  "http://" + listener.Addr().String(),
		Defaults: setup.Setup{Provider: persona.Persona{SignIn: "auto", IDToken: persona.IDToken{SigningAlg: "ES256"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _, _ = server.Close(), h.Close() })
	op, _ := h.Issuer("")
	return &loaded{host: h, op: op}
}

// settled is the live heap once everything has expired and is forgotten.
func (l *loaded) settled() uint64 {
	c := l.op.Clock()
	c.Advance(365 * 24 * time.Hour)
	l.host.Sweep()
	c.Advance(-365 * 24 * time.Hour)
	l.host.Sweep()
	runtime.GC()
	runtime.GC() // what finalizers and pools held goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// calm signs in while nothing disturbs it: exactly one of two wins.
func (l *loaded) calm(c *wireConn, n int) error { return l.twice(c, n, 1) }

// disturbed signs in while others disturb it: at most one of two wins.
func (l *loaded) disturbed(c *wireConn, n int) error {
	if n%5 == 0 {
		l.disturb(n / 5)
	}
	c.saw = l.look
	_ = l.twice(c, n, 0) // what is broken by a fault or a reset is no error here
	fresh, err := dialWire(l.host.BaseURL())
	if err != nil {
		return err
	}
	_ = c.Close() // a fault may have broken it
	*c = *fresh
	if text := l.unasked.Load(); text != nil {
		return fmt.Errorf("%s", *text)
	}
	return nil
}

// look keeps the first answer that should not be.
func (l *loaded) look(a wireAnswer) {
	if a.status == http.StatusInternalServerError && !strings.Contains(string(a.body), askedFor) {
		text := fmt.Sprintf("500 %s", a.body)
		l.unasked.CompareAndSwap(nil, &text)
	}
}

// twice redeems a code twice at the same moment, and then refreshes so. least is how
// many have to win; more than one must not.
func (l *loaded) twice(c *wireConn, n, least int) error {
	other, err := dialWire(l.host.BaseURL())
	if err != nil {
		return err
	}
	defer func() { _ = other.Close() }()
	other.saw = c.saw
	code, err := authorize(c, n, "openid offline_access")
	if err != nil {
		return err
	}
	first, second := together(
		func() attempt { return try(func() (int, wireTokens, error) { return redeem(c, code) }) },
		func() attempt { return try(func() (int, wireTokens, error) { return redeem(other, code) }) })
	if err := l.judge("a code was redeemed", first, second, least); err != nil {
		return err
	}
	tokens, err := signIn(c, n, "openid offline_access")
	if err != nil {
		return err
	}
	first, second = together(
		func() attempt { return try(func() (int, wireTokens, error) { return refresh(c, tokens.RefreshToken) }) },
		func() attempt {
			return try(func() (int, wireTokens, error) { return refresh(other, tokens.RefreshToken) })
		})
	return l.judge("a refresh token was used", first, second, least)
}

func (l *loaded) judge(what string, first, second attempt, least int) error {
	got := wins(first, second)
	l.won.Add(int64(got))
	if got > 1 {
		text := fmt.Sprintf("%s %d times: %v %v", what, got, first, second)
		l.unasked.CompareAndSwap(nil, &text)
	}
	if got < least || got > 1 {
		return fmt.Errorf("%s %d times: %v %v", what, got, first, second)
	}
	return nil
}

// disturb does one of the things that a test does to a provider.
func (l *loaded) disturb(n int) {
	l.disturbances.Add(1)
	once := 1
	arm := func(f fault.Fault) {
		f.Times = &once
		_, _ = l.op.Fault(f) // it is known to work
	}
	body := askedFor
	switch n % 12 {
	case 0:
		l.op.Clock().Advance(61 * time.Second) // codes expire
	case 1:
		l.op.Clock().Advance(-61 * time.Second)
	case 2:
		l.op.Clock().Advance(2 * time.Hour) // access tokens expire
	case 3:
		l.op.Clock().Advance(-2 * time.Hour)
	case 4, 5:
		_ = l.op.Reset() // the setup has worked before
	case 6:
		if n%48 == 6 { // old keys are kept, so that what they signed verifies
			_, _ = l.op.RotateKeys("", []protocol.KeyPlan{"", protocol.KeysImmediately, protocol.KeysPublishLate}[n%3])
		}
	case 7:
		l.op.RevokeGrant("alice", "app")
	case 8:
		arm(fault.Fault{At: "token_endpoint", Respond: &fault.Respond{Status: http.StatusInternalServerError, Body: &body}})
	case 9:
		arm(fault.Fault{At: "token_endpoint", Connection: "reset", Moment: "after"})
	case 10:
		arm(fault.Fault{At: "authorization_endpoint", Error: &fault.OAuthError{Code: "temporarily_unavailable"}})
	case 11:
		arm(fault.Fault{On: "id_token", Tamper: &fault.Tamper{Signature: "corrupt"}})
	}
}

type attempt struct {
	status int
	err    error
}

func try(f func() (int, wireTokens, error)) attempt {
	status, _, err := f()
	return attempt{status, err}
}

func together(a, b func() attempt) (first, second attempt) {
	var wg sync.WaitGroup
	wg.Go(func() { first = a() })
	second = b()
	wg.Wait()
	return first, second
}

func wins(attempts ...attempt) int {
	n := 0
	for _, a := range attempts {
		if a.status == http.StatusOK && a.err == nil {
			n++
		}
	}
	return n
}
