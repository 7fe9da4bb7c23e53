package client_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// resource is a protected resource that accepts one access token.
type resource struct {
	*clienttest.Provider
	c     *client.Client
	s     *client.Session
	token string // that is accepted
}

func newResource(t *testing.T) *resource {
	t.Helper()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	api := &resource{p, c, p.SignedIn(t, c), "access-1"}
	p.On["/api"] = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+api.token {
			w.Header().Set("WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="expired, \"really\""`)
			clienttest.Answer(w, 401, map[string]any{"error": "invalid_token"})
			return
		}
		clienttest.Answer(w, 200, map[string]any{"ok": true})
	}
	return api
}

// call calls the resource, and returns how many token requests were sent on the way.
func (api *resource) call(t *testing.T, status int) (r *client.Response, refreshes int) {
	t.Helper()
	before := api.Count("POST /token")
	r, err := api.c.Call(t.Context(), api.s, client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true})
	if err != nil || r.Status != status {
		t.Fatalf("%+v %v", r, err)
	}
	return r, api.Count("POST /token") - before
}

func TestCallRefreshesRefusedTokenOnce(t *testing.T) {
	t.Parallel()
	api := newResource(t)
	if r, n := api.call(t, 200); r.Refreshed != nil || n != 0 {
		t.Errorf("a good token: %+v", r.Refreshed)
	}
	api.token = "access-2" // the first was revoked before its time
	if r, n := api.call(t, 200); r.Refreshed == nil || r.Refreshed.AccessToken != "access-2" || n != 1 {
		t.Errorf("%+v, %d refreshes", r.Refreshed, n)
	}
	api.token = "never"
	r, n := api.call(t, 401)
	if r.Challenge.Error != "invalid_token" || r.Challenge.ErrorDescription != `expired, "really"` || n != 1 {
		t.Errorf("%+v, %d refreshes", r.Challenge, n)
	}
	if !client.Expired(api.c, api.s) {
		t.Error("a refused token is good")
	}
}

func TestCallDoesNotLoopWithoutLifetime(t *testing.T) {
	t.Parallel()
	api := newResource(t)
	api.token, api.Tokens = "never", map[string]any{"expires_in": 0}
	if _, n := api.call(t, 401); n != 1 {
		t.Errorf("%d refreshes with lifetime 0", n)
	}
	if _, n := api.call(t, 401); n != 1 {
		t.Errorf("%d more refreshes with lifetime 0", n)
	}
}

func TestParallelCallsRefreshOnce(t *testing.T) {
	t.Parallel()
	api := newResource(t)
	api.token = "access-2"
	before := api.Count("POST /token")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			r, err := api.c.Call(t.Context(), api.s, client.CallOptions{URL: clienttest.Issuer + "/api", AutoRefresh: true})
			if err != nil || r.Status != 200 {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
	all.Wait()
	if n := api.Count("POST /token") - before; n != 1 {
		t.Errorf("%d refreshes of ten calls", n)
	}
}

func TestCallWithTokenInBody(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	s := p.SignedIn(t, c)
	if _, err := c.Call(t.Context(), s, client.CallOptions{URL: clienttest.Issuer + "/api", InBody: true, Body: []byte("a=b")}); err != nil {
		t.Fatal(err)
	}
	if f := p.Form(); f.Get("access_token") == "" || f.Get("a") != "b" || p.Request().Header.Get("Authorization") != "" {
		t.Errorf("%v", f)
	}
}
