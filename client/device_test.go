package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

func shown(*client.DeviceAuthorization) error { return nil }

// TestDevice: what ends the wait (RFC 8628 section 3.5).
func TestDevice(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"access_denied": "token_response", "expired_token": "token_response", "invalid_request": "token_response", "authorization_pending": "device_expiry",
	} {
		p := clienttest.NewProvider(t)
		c := p.Client(t, nil)
		p.On["/token"] = clienttest.Always(400, "application/json", `{"error":"`+code+`"}`)
		if _, err := c.Device(t.Context(), nil, shown); clienttest.Rejected(err) != want {
			t.Errorf("%s: %v", code, err)
		}
		if n := p.Count("POST /token"); want == "token_response" && n != 1 || n > 120 {
			t.Errorf("%s: %d polls", code, n)
		}
	}
	p := clienttest.NewProvider(t)
	p.On["/device"] = clienttest.Always(200, "application/json", `{"device_code":"d"}`)
	if _, err := p.Client(t, nil).Device(t.Context(), nil, shown); clienttest.Rejected(err) != "device_authorization" {
		t.Error(err)
	}
}

// TestDeviceWaitsOutFailures: no answer, or a broken one, is waited out.
func TestDeviceWaitsOutFailures(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	c := p.Client(t, nil)
	p.Claims = map[string]any{"nonce": nil}
	failOnce := func(*client.DeviceAuthorization) error {
		p.Fail = func(*http.Request) error { p.Fail = nil; return errors.New("reset") }
		return nil
	}
	p.On["/token"] = func(w http.ResponseWriter, r *http.Request) {
		delete(p.On, "/token")
		clienttest.Always(502, "text/html", "<html>")(w, r)
	}
	if s, err := c.Device(t.Context(), []string{"openid"}, failOnce); err != nil || s.Subject != clienttest.UserA {
		t.Fatal(err)
	}
	if len(p.Sleeps) != 3 || p.Sleeps[2] != 20*time.Second {
		t.Errorf("waits %v", p.Sleeps)
	}
}
