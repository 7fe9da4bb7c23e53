package client_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/client"
)

// duty is something a client must do, or not do: offence says what a client did
// wrong, "" when it did its duty.
type duty struct {
	bug     string
	offence func(*testing.T, string) string
}

// scene is a provider and a client of it, with a bug if there is one.
func scene(t *testing.T, bug string, change func(*client.Config)) (*provider, *client.Client) {
	t.Helper()
	p := newProvider(t)
	if bug == "" {
		return p, p.client(t, change)
	}
	return p, p.client(t, change, bug)
}

func signedIn(t *testing.T, p *provider, c *client.Client) *client.Session {
	t.Helper()
	s, err := p.signIn(c, client.AuthorizeOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// missing is an offence if a parameter of an authorization request is not there,
// and stays the same if it is the same in two requests.
func missing(param string) func(*testing.T, string) string {
	return func(t *testing.T, bug string) string {
		_, c := scene(t, bug, nil)
		a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Params.Get(param) == "" {
			return "no " + param
		}
		return ""
	}
}

func stays(param string) func(*testing.T, string) string {
	return func(t *testing.T, bug string) string {
		_, c := scene(t, bug, nil)
		a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Params.Get(param) == b.Params.Get(param) {
			return "the same " + param
		}
		return ""
	}
}

// polled is a drill of the device grant: the provider puts the client off twice,
// and the waits between the three polls are given.
func polled(code string, first, second time.Duration) func(*testing.T, string) string {
	return func(t *testing.T, bug string) string {
		p, c := scene(t, bug, nil)
		d, err := c.DeviceAuthorize(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		put := 1
		p.on["/token"] = func(w http.ResponseWriter, r *http.Request) {
			if put > 0 {
				put--
				answer(w, 400, map[string]any{"error": code})
				return
			}
			p.token(w, r)
		}
		p.claims = map[string]any{"nonce": nil}
		if _, err := c.DeviceToken(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{first, second}; !slices.Equal(p.sleeps, want) {
			return fmt.Sprint(p.sleeps)
		}
		return ""
	}
}

// crowd refreshes ten times at once, and returns how many requests were sent.
// It runs in a synctest bubble: the provider answers when all ten are waiting.
func crowd(t *testing.T, bug string, o client.RefreshOptions) int {
	p, c := scene(t, bug, nil)
	s := signedIn(t, p, c)
	answer := make(chan struct{})
	p.fail = func(*http.Request) error {
		<-answer
		return nil
	}
	before := p.count("POST /token")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := c.Refresh(t.Context(), s, o); err != nil {
				t.Error(err)
			}
		})
	}
	synctest.Wait()
	close(answer)
	all.Wait()
	return p.count("POST /token") - before
}

// TestDuties: the strict client does its duty, the one with the bug does not.
func TestDuties(t *testing.T) {
	t.Parallel()
	for _, d := range duties() {
		t.Run(d.bug, func(t *testing.T) {
			t.Parallel()
			if o := d.offence(t, ""); o != "" {
				t.Errorf("strict client: %s", o)
			}
			if d.offence(t, d.bug) == "" {
				t.Error("the client with the bug did its duty")
			}
		})
	}
}
