package mockprovider

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// TestConnectionFaults breaks real sockets and pipes alike.
func TestConnectionFaults(t *testing.T) {
	type seen struct {
		status int
		body   string
		err    error
		took   time.Duration
	}
	for kind, check := range map[string]func(seen) bool{
		"reset":    func(s seen) bool { return errors.Is(s.err, syscall.ECONNRESET) || errors.Is(s.err, io.EOF) },
		"close":    func(s seen) bool { return errors.Is(s.err, io.EOF) || errors.Is(s.err, syscall.ECONNRESET) },
		"garbage":  func(s seen) bool { return s.err != nil && strings.Contains(s.err.Error(), "malformed HTTP") },
		"truncate": func(s seen) bool { return s.status == 200 && errors.Is(s.err, io.ErrUnexpectedEOF) && s.body != "" },
		"reset_mid_body": func(s seen) bool {
			return s.status == 200 && errors.Is(s.err, syscall.ECONNRESET) && s.body != ""
		},
		"half_close": func(s seen) bool { return errors.Is(s.err, io.EOF) },
		"refuse": func(s seen) bool {
			return errors.Is(s.err, syscall.ECONNREFUSED) || errors.Is(s.err, syscall.ECONNRESET)
		},
		"blackhole": func(s seen) bool { return s.err != nil && s.took == 10*time.Minute },
		"hang":      func(s seen) bool { return s.err != nil && s.took == 30*time.Second },
		"slow":      func(s seen) bool { return s.status == 200 && s.err == nil && s.took == 2*time.Minute },
	} {
		for _, where := range []string{"socket", "pipe"} {
			t.Run(kind+" on a "+where, func(t *testing.T) {
				var p *Provider
				c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				f := fault.Fault{At: "jwks_uri", Connection: kind}
				if where == "socket" {
					p = Start(t, WithClock(clock.Frozen(clock.Epoch())), WithFault(f))
				} else {
					p, _ = op(t, WithFault(f))
					c = p.HTTPClient()
				}
				var s seen
				before := p.Clock().Now()
				resp, err := c.Get(p.Issuer() + "/jwks")
				s.err = err
				if err == nil {
					s.status = resp.StatusCode
					var body []byte
					body, s.err = io.ReadAll(resp.Body)
					s.body = string(body)
					_ = resp.Body.Close()
				}
				s.took = p.Clock().Now().Sub(before)
				if !check(s) {
					t.Errorf("%+v", s)
				}
				resp, err = c.Get(p.Issuer() + "/jwks")
				if err != nil || resp.StatusCode != 200 {
					t.Fatalf("the next request: %v", err)
				}
				_ = resp.Body.Close()
				found, err := p.Journal().Wait(t.Context(), journal.Query{Endpoint: "jwks_uri"}, 2)
				if err != nil || len(found[0].Faults) != 1 {
					t.Errorf("journal: %v", err)
				}
			})
		}
	}
}

// TestAfterTheWork loses an answer whose work is done: the refresh token is
// spent all the same.
func TestAfterTheWork(t *testing.T) {
	for name, f := range map[string]fault.Fault{
		"connection": {At: "token_endpoint", Moment: "after", Connection: "close"},
		"answer":     {At: "token_endpoint", Moment: "after", Respond: &fault.Respond{Status: 502}},
		"error":      {At: "token_endpoint", Moment: "after", Error: &fault.OAuthError{Code: "temporarily_unavailable"}},
	} {
		p, b := op(t)
		refresh := b.signedIn(p, "scope", "openid offline_access")["refresh_token"].(string)
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
		form := values("grant_type", "refresh_token", "refresh_token", refresh, "client_id", "app", "client_secret", "app-secret")
		resp, err := p.HTTPClient().PostForm(p.Issuer()+"/token", form)
		if err == nil {
			if resp.StatusCode == 200 {
				t.Errorf("%s: answered 200", name)
			}
			_ = resp.Body.Close()
		}
		if _, got := b.post(p, "/token", form); got["error"] != "invalid_grant" {
			t.Errorf("%s: the token was not spent: %v", name, got)
		}
	}
}

func TestAnswersInsteadOfTheProviders(t *testing.T) {
	p, b := op(t)
	body := "<h1>Bad Gateway</h1>"
	for _, f := range []fault.Fault{
		{At: "token_endpoint", Respond: &fault.Respond{Status: 503, Headers: map[string]string{"Retry-After": "2", "Content-Type": "text/html"}, Body: &body}},
		{At: "token_endpoint", Error: &fault.OAuthError{Code: "invalid_grant", Description: "no", Status: 418}},
		{At: "userinfo_endpoint", Error: &fault.OAuthError{Code: "invalid_token"}},
		{At: "discovery", Delay: &fault.Delay{Fixed: clock.Duration(5 * time.Second)}},
		{On: "metadata", Tamper: &fault.Tamper{Set: map[string]any{"issuer": "x", "jwks_uri": "$absent"}}},
	} {
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
	resp, text := b.read(b.PostForm(p.Issuer()+"/token", values()))
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "2" || text != body {
		t.Errorf("respond: %s %v %s", resp.Status, resp.Header, text)
	}
	if resp, got := b.post(p, "/token", values()); resp.StatusCode != 418 || got["error"] != "invalid_grant" || got["error_description"] != "no" {
		t.Errorf("error: %s %v", resp.Status, got)
	}
	if resp, _ := b.read(b.Get(p.Issuer() + "/userinfo")); resp.StatusCode != 401 || !strings.Contains(resp.Header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("bearer error: %s %v", resp.Status, resp.Header)
	}
	before := p.Clock().Now()
	got := b.json(b.read(b.Get(p.Issuer() + "/.well-known/openid-configuration")))
	if p.Clock().Now().Sub(before) != 5*time.Second || got["issuer"] != "x" || got["jwks_uri"] != nil {
		t.Errorf("delay and tamper: %v %v", p.Clock().Now().Sub(before), got["issuer"])
	}
	if got := b.json(b.read(b.Get(p.Issuer() + "/.well-known/openid-configuration"))); got["issuer"] != p.Issuer() {
		t.Errorf("the faults are spent: %v", got["issuer"])
	}
}

func TestStartListensOnLoopbackOnly(t *testing.T) {
	p := Start(t)
	host, _, err := net.SplitHostPort(strings.TrimPrefix(p.Issuer(), "http://"))
	if err != nil || !net.ParseIP(host).IsLoopback() {
		t.Fatalf("%s", p.Issuer())
	}
	req, _ := http.NewRequest("GET", p.Issuer()+"/", nil)
	req.Host = "evil.test" // its name points to this machine now
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Fatalf("DNS rebinding: %v %v", resp, err)
	}
	_ = resp.Body.Close()
}
