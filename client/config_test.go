package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestConfig: what cannot work or is not safe is refused with the remedy.
func TestConfig(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*client.Config){
		"Issuer is missing":               func(c *client.Config) { c.Issuer = "" },
		"is not a URL":                    func(c *client.Config) { c.Issuer = "op" },
		"must be https":                   func(c *client.Config) { c.Issuer = "http://op.example.org" },
		"query or fragment":               func(c *client.Config) { c.Issuer = "https://op.example?x=1" },
		"ClientID is missing":             func(c *client.Config) { c.ClientID = "" },
		"did you mean client_secret_post": func(c *client.Config) { c.AuthMethod = "client_secret_psot" },
		"needs a ClientSecret":            func(c *client.Config) { c.AuthMethod, c.ClientSecret = "client_secret_basic", "" },
		"at least 32 bytes":               func(c *client.Config) { c.AuthMethod = "client_secret_jwt" },
		"needs a SigningKey":              func(c *client.Config) { c.AuthMethod = "private_key_jwt" },
		`UserInfoSignedResponseAlg: unknown name "RS265": did you mean RS256?`: func(c *client.Config) { c.UserInfoSignedResponseAlg = "RS265" },
		`AllowedAlgs: unknown name "none"`:                                     func(c *client.Config) { c.AllowedAlgs = []string{"none"} },
		`AllowedAlgs: unknown name "HS256"`:                                    func(c *client.Config) { c.AllowedAlgs = []string{"HS256"} },
		"did you mean code id_token":                                           func(c *client.Config) { c.ResponseType = "code idtoken" },
		"MaxRetries is 1000":                                                   func(c *client.Config) { c.MaxRetries = 1000 },
	} {
		cfg := client.Config{Issuer: clienttest.Issuer, ClientID: "app", ClientSecret: "secret"}
		change(&cfg)
		if _, err := client.New(cfg); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "client: ") {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	for _, local := range []string{"http://127.0.0.1:9400", "http://[::1]:1", "http://localhost/t/x", "http://op.test"} {
		if _, err := client.New(client.Config{Issuer: local, ClientID: "app"}); err != nil {
			t.Error(err)
		}
	}
}

// TestRealDefaults: the seams that are not set are those of the machine.
func TestRealDefaults(t *testing.T) {
	t.Parallel()
	p := clienttest.NewProvider(t)
	fails := 2
	p.Fail = func(*http.Request) error {
		if fails--; fails >= 0 {
			return errors.New("reset")
		}
		return nil
	}
	c, err := client.New(client.Config{
		Issuer: clienttest.Issuer, ClientID: "app", HTTPClient: &http.Client{Transport: p},
		MaxRetries: 2, Backoff: time.Nanosecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Authorize(t.Context(), client.AuthorizeOptions{})
	if err != nil || len(a.State) != 43 || len(a.Verifier) != 43 || a.Created.IsZero() {
		t.Errorf("%+v %v", a, err)
	}
}
