package client_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestRetry: what is repeated, how long it waits, and what is given up.
func TestRetry(t *testing.T) {
	t.Parallel()
	retry := func(max int) func(*client.Config) {
		return func(c *client.Config) { c.MaxRetries, c.HonorRetryAfter = max, true }
	}
	p := clienttest.NewProvider(t)
	p.On["/token"] = clienttest.Always(500, "application/json", `{"error":"server_error"}`)
	if _, err := p.SignIn(p.Client(t, retry(3)), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "token_response" {
		t.Error(err)
	}
	if got, want := p.Sleeps, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; len(got) != 3 || got[0] != want[0] || got[2] != want[2] {
		t.Errorf("waits %v", got)
	}
	p = clienttest.NewProvider(t)
	p.On["/token"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(503)
	}
	if _, err := p.SignIn(p.Client(t, retry(3)), client.AuthorizeOptions{}, nil); clienttest.Rejected(err) != "status" || len(p.Sleeps) != 0 {
		t.Errorf("%v, waits %v", err, p.Sleeps)
	}
	p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"invalid_grant"}`)
	before := p.Count("POST /token")
	if _, err := p.SignIn(p.Client(t, retry(3)), client.AuthorizeOptions{}, nil); err == nil || p.Count("POST /token") != before+1 {
		t.Error("a final answer was not taken for one")
	}
}
