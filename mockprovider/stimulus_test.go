package mockprovider

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// wrongNonce is a catalogue of one entry.
func wrongNonce(id string) (setup.Setup, error) {
	if id != "idt-nonce-wrong" {
		return setup.Setup{}, errors.New("unknown entry " + id)
	}
	always := 0
	return setup.Setup{Faults: []fault.Fault{{ID: id, On: "id_token", Times: &always, Tamper: &fault.Tamper{Claims: map[string]any{"nonce": "wrong", "zoneinfo": "${canary}"}}}}}, nil
}

// TestAnIssuerPathIsTheStimulus: a client with nothing but another issuer setting
// meets a whole provider that does one thing wrong, every time.
func TestAnIssuerPathIsTheStimulus(t *testing.T) {
	t.Parallel()
	h, err := NewHost(Options{BaseURL: "http://127.0.0.1:9400", Stimulus: wrongNonce})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	for issuer, want := range map[string]string{"http://127.0.0.1:9400": "", "http://127.0.0.1:9400/x/idt-nonce-wrong": "nonce"} {
		c, err := client.New(client.Config{
			Issuer: issuer, ClientID: "app", ClientSecret: "app-secret", RedirectURL: "http://127.0.0.1:9401/callback", HTTPClient: h.HTTPClient(),
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := checkOf(signInWith(t, h, c)); got != want {
				t.Errorf("%s: %q, want %q", issuer, got, want)
			}
		}
	}
	for path, want := range map[string]int{
		"/x/idt-nonce-wrong/.well-known/openid-configuration":       200,
		"/.well-known/oauth-authorization-server/x/idt-nonce-wrong": 200,
		"/x/idt-nonce-wrnog/token":                                  404,
	} {
		resp, err := h.HTTPClient().Get("http://127.0.0.1:9400" + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want || want == 404 && !strings.Contains(string(body), "unknown entry idt-nonce-wrnog") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	p, _ := h.Issuer("")
	if err := h.attack(p, "idt-nonce-wrong"); err != nil || len(p.Faults()) != 1 {
		t.Errorf("%v, %d faults", err, len(p.Faults()))
	}
	if text, _ := json.Marshal(p.Faults()); !strings.Contains(string(text), "http://localhost:9400/canary") {
		t.Errorf("the canary is not filled in: %s", text)
	}
}

func checkOf(err error) string {
	var r *client.Rejection
	if errors.As(err, &r) {
		return r.Check
	}
	return ""
}

// signInWith signs alice in.
func signInWith(t *testing.T, h *Host, c *client.Client) error {
	t.Helper()
	ctx := context.Background()
	pending, err := c.Authorize(ctx, client.AuthorizeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	browser := &agent.Agent{Transport: h.HTTPClient().Transport}
	browser.Intercept = func(u *url.URL) bool { return u.Path == "/callback" }
	page, err := browser.Visit(ctx, agent.Request{URL: pending.URL})
	if err == nil {
		page, err = page.Login(ctx, "alice", "")
	}
	if err == nil && page.Offers("consent") { // remembered from the sign-in before
		page, err = page.Consent(ctx, true, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Callback(ctx, pending, page.Intercepted.Params())
	return err
}

// TestAttackBeforeTheFirstRequest: an issuer that nothing was asked of takes an
// entry too.
func TestAttackBeforeTheFirstRequest(t *testing.T) {
	h, err := NewHost(Options{BaseURL: "http://127.0.0.1:9", Stimulus: func(string) (setup.Setup, error) {
		return setup.Setup{Faults: []fault.Fault{{At: "token_endpoint", Connection: "close"}}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	p, err := h.Create("fresh", setup.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.attack(p, "close"); err != nil || len(p.Faults()) != 1 {
		t.Error(err, p.Faults())
	}
}
