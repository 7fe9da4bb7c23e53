package main

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
)

// Many connections sign in, redeem and refresh at once, for a few rounds, or as
// long as AUTHDRILL_LOAD says (60s). Of two who redeem one code at the same
// moment exactly one gets tokens, and of two who refresh with one token at most
// one.
func TestLoad(t *testing.T) {
	op := mockprovider.Start(t)
	op.AutoSignIn("alice")
	const crowd = 64
	work := func(c *wireConn, n int) error {
		other, err := dialWire(op.Issuer())
		if err != nil {
			return err
		}
		defer func() { _ = other.Close() }()
		code, err := authorize(c, n, "openid offline_access")
		if err != nil {
			return err
		}
		first, second := together(
			func() attempt { return try(func() (int, wireTokens, error) { return redeem(c, code) }) },
			func() attempt { return try(func() (int, wireTokens, error) { return redeem(other, code) }) })
		if got := wins(first, second); got != 1 {
			return fmt.Errorf("a code was redeemed %d times: %v %v", got, first, second)
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
		if got := wins(first, second); got != 1 {
			return fmt.Errorf("a refresh token was used %d times: %v %v", got, first, second)
		}
		return nil
	}
	bound, err := time.ParseDuration(os.Getenv("AUTHDRILL_LOAD"))
	if err != nil {
		if err := under(op.Issuer(), crowd, 2*crowd, work); err != nil {
			t.Error(err)
		}
		return
	}
	rounds := 0
	c := clock.Running()
	for begin := c.Now(); c.Now().Sub(begin) < bound; rounds++ {
		if err := under(op.Issuer(), crowd, 10*crowd, work); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d sign-ins over %d connections in %s", rounds*10*crowd*2, crowd, bound)
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
