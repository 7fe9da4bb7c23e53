package mutant_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// duty is something a client must do, or not do: offence says what a client did
// wrong, "" when it did its duty.
type duty struct {
	mutant  string
	offence func(*testing.T, string) string
}

// scene is a provider and a client of it, with a name if there is one.
func scene(t *testing.T, name string, change func(*client.Config)) (*clienttest.Provider, *client.Client) {
	t.Helper()
	p := clienttest.NewProvider(t)
	if name == "" {
		return p, p.Client(t, change)
	}
	return p, p.Client(t, change, name)
}

// missing is an offence if a parameter of an authorization request is not there,
// and stays the same if it is the same in two requests.
func missing(param string) func(*testing.T, string) string {
	return func(t *testing.T, name string) string {
		_, c := scene(t, name, nil)
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
	return func(t *testing.T, name string) string {
		_, c := scene(t, name, nil)
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
	return func(t *testing.T, name string) string {
		p, c := scene(t, name, nil)
		put := 1
		p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
			if put > 0 {
				put--
				clienttest.Answer(w, 400, map[string]any{"error": code})
				return
			}
			p.Token(w, r)
		}
		p.Claims = map[string]any{"nonce": nil}
		if _, err := c.Device(t.Context(), nil, func(*client.DeviceAuthorization) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{first, second}; !slices.Equal(p.Sleeps, want) {
			return fmt.Sprint(p.Sleeps)
		}
		return ""
	}
}

// TestMutantNeglectsDuty: the strict client does its duty, the mutant does not.
func TestMutantNeglectsDuty(t *testing.T) {
	t.Parallel()
	for _, d := range duties() {
		t.Run(d.mutant, func(t *testing.T) {
			t.Parallel()
			if o := d.offence(t, ""); o != "" {
				t.Errorf("strict client: %s", o)
			}
			if d.offence(t, d.mutant) == "" {
				t.Error("the mutant did its duty")
			}
		})
	}
}
