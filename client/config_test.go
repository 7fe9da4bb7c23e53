package client_test

import (
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
		"give one of pkce, nonce, state, iss":                                  func(c *client.Config) { c.Use = []client.Protection{"everything"} },
		"did you mean code id_token":                                           func(c *client.Config) { c.ResponseType = "code idtoken" },
		"Retry.Max is 1000":                                                    func(c *client.Config) { c.Retry.Max = 1000 },
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

func TestChallenge(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`Bearer`:                     "Bearer   ",
		`bearer error=invalid_token`: "bearer invalid_token  ",
		`Basic realm="x", Bearer error="e", scope="a b"`: "Bearer e a b ",
		`Negotiate a2V5==, Bearer realm = "r,\"q\""`:     `Bearer   r,"q"`,
		`Bearer error="open`:                             "Bearer open  ",
		`Bearer ERROR="e"`:                               "Bearer e  ",
		`, ,Bearer ,error="e",`:                          "Bearer e  ",
	} {
		got := client.ParseChallenge(http.Header{"Www-Authenticate": {line}})
		if got == nil {
			t.Errorf("%s: none", line)
			continue
		}
		if s := strings.Join([]string{got.Scheme, got.Error, got.Scope, got.Realm}, " "); s != want {
			t.Errorf("%s: %q, want %q", line, s, want)
		}
	}
	if got := client.ParseChallenge(http.Header{"Www-Authenticate": {`"quoted"`, "\x00"}}); got != nil {
		t.Errorf("%+v", got)
	}
}

// TestRetry: what is repeated, how long it waits, and what is given up.
func TestRetry(t *testing.T) {
	t.Parallel()
	retry := func(max int) func(*client.Config) {
		return func(c *client.Config) { c.Retry = client.Retry{Max: max, HonorRetryAfter: true} }
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
