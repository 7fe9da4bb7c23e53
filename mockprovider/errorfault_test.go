package mockprovider

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

func addFaults(t *testing.T, p *Provider, faults ...fault.Fault) {
	t.Helper()
	for _, f := range faults {
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
}

// TestErrorAfterTheWorkAtUserinfo: an error has the form of its endpoint, before
// the work and after it (RFC 6750 section 3).
func TestErrorAfterTheWorkAtUserinfo(t *testing.T) {
	p, b := op(t)
	token := b.signedIn(p, "scope", "openid")["access_token"].(string)
	addFaults(t, p, fault.Fault{At: "userinfo_endpoint", Moment: "after", Error: &fault.OAuthError{Code: "invalid_token"}})
	req, err := http.NewRequest(http.MethodGet, p.Issuer()+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, _ := b.read(b.Do(req))
	if challenge := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(challenge, "Bearer ") {
		t.Errorf("%s %s", resp.Status, challenge)
	}
	found := p.Journal().Find(journal.Query{Endpoint: "userinfo_endpoint"})
	if last := found[len(found)-1]; last.Response["sub"] == nil || last.Error != "" {
		t.Errorf("the journal lost the true answer: %+v", last)
	}
}

// TestErrorAfterTheWorkAtAuthorize: the error goes where the true answer would
// have gone (RFC 6749 section 4.1.2.1), which the journal keeps.
func TestErrorAfterTheWorkAtAuthorize(t *testing.T) {
	p, b := op(t, WithProvider(persona.Persona{SignIn: "auto"}))
	addFaults(t, p, fault.Fault{At: "authorization_endpoint", Moment: "after", Error: &fault.OAuthError{Code: "server_error"}})
	resp, page, got := b.authorize(p, request("response_mode", "fragment"))
	if got.Get("error") != "server_error" || got.Get("state") == "" || got.Has("code") || !strings.Contains(resp.Header.Get("Location"), "#") {
		t.Errorf("%s %v %s", resp.Status, got, page)
	}
	found := p.Journal().Find(journal.Query{Endpoint: "authorization_endpoint"})
	if last := found[len(found)-1]; last.Response["code"] == nil || last.Error != "" {
		t.Errorf("the journal lost the true answer: %+v", last)
	}
}

// TestRefusalInWordsOfAnother: a fault may speak as the specifications have it at an
// issuer that imitates a provider.
func TestRefusalInWordsOfAnother(t *testing.T) {
	for words, want := range map[string]string{
		"":        `"error_description":"Session not active"`,
		"spec/":   `{"error":"invalid_grant"}`,
		"google/": `"error_description":"Token has been expired or revoked."`,
	} {
		p, b := op(t, WithProvider(persona.Persona{Name: "keycloak"}))
		addFaults(t, p, fault.Fault{At: "token_endpoint", Refuse: words + "refresh.token_revoked"})
		if _, body := b.read(b.PostForm(p.Metadata()["token_endpoint"].(string), values())); !strings.Contains(body, want) {
			t.Errorf("%q: %s", words, body)
		}
	}
}

// TestErrorAtRegistrationManagement: both addresses of the registration endpoint
// meet its faults (RFC 7592 section 2).
func TestErrorAtRegistrationManagement(t *testing.T) {
	p, b := op(t)
	addFaults(t, p, fault.Fault{At: "registration_endpoint", Error: &fault.OAuthError{Code: "temporarily_unavailable"}})
	resp, body := b.read(b.Get(p.Issuer() + "/register/app"))
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "temporarily_unavailable") {
		t.Errorf("%s %s", resp.Status, body)
	}
}

// TestErrorBehindDelayAfterTheWork: the delay keeps the error back, and does not
// swallow it.
func TestErrorBehindDelayAfterTheWork(t *testing.T) {
	p, b := op(t)
	addFaults(t, p,
		fault.Fault{At: "jwks_uri", Moment: "after", Delay: &fault.Delay{Fixed: clock.Duration(5 * time.Second)}},
		fault.Fault{At: "jwks_uri", Error: &fault.OAuthError{Code: "server_error"}})
	before := p.Clock().Now()
	resp, body := b.read(b.Get(p.Issuer() + "/jwks"))
	if took := p.Clock().Now().Sub(before); took != 5*time.Second || resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("%s after %s: %s", resp.Status, took, body)
	}
}
