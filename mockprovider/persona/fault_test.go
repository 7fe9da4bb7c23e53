package persona_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Every fault that a persona names can be armed at any issuer, and answers there
// in the persona's words.
func TestDocumentedFaults(t *testing.T) {
	for _, name := range persona.Names()[1:] {
		p, err := persona.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for id, documented := range p.Dialect.Faults {
			t.Run(name+"/"+id, func(t *testing.T) {
				op := plain(t)
				if _, err := op.Fault(fault.Fault{ID: "it", Documented: name + "/" + id}); err != nil {
					t.Fatal(err)
				}
				body := meet(t, op, documented.Fault)
				struck := op.Faults()[0].Struck
				if struck != 1 {
					t.Fatalf("it struck %d times: %s", struck, body)
				}
				own := p.Dialect.Errors[protocol.Cause(documented.Fault.Refuse)].Description
				if words := own.Text(nil); !own.Removes() && !strings.Contains(body, jsonText(words)) && !strings.Contains(body, url.QueryEscape(words)) {
					t.Errorf("no %q in %s", words, body)
				}
			})
		}
	}
}

// The six that most apps sign in with have five such faults at least.
func TestEnoughDocumentedFaults(t *testing.T) {
	for _, name := range []string{"google", "github", "facebook", "microsoft", "apple", "gitlab"} {
		p, err := persona.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(p.Dialect.Faults); n < 5 {
			t.Errorf("%s names %d faults", name, n)
		}
	}
}

func TestDocumentedFaultsThatAreNone(t *testing.T) {
	for documented, want := range map[string]string{
		"google":                       "want PERSONA/NAME",
		"gogle/refresh-token-revoked":  "did you mean google?",
		"google/refresh-token-revokd":  "did you mean google/refresh-token-revoked?",
		"google/something-else-at-all": "want one of access-token-refused",
		"spec/refresh-token-revoked":   "names no faults",
	} {
		_, err := plain(t).Fault(fault.Fault{Documented: documented})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", documented, err, want)
		}
	}
	for refuse, want := range map[string]string{
		"refresh.token_revokd":   "did you mean refresh.token_revoked?",
		"google/app.nothing":     "has no answer for app.nothing",
		"nobody/token.code_used": "unknown persona",
	} {
		_, err := plain(t).Fault(fault.Fault{At: "token_endpoint", Refuse: refuse})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", refuse, err, want)
		}
	}
}

func plain(t *testing.T) *mockprovider.Provider {
	t.Helper()
	op, err := mockprovider.New(mockprovider.WithSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = op.Close() })
	op.SetClient(store.Client{ID: setup.ClientID, Secret: setup.ClientSecret, RedirectURIs: []string{playerCallback}})
	op.AutoSignIn("alice")
	return op
}

// meet sends the requests that a fault may sit at, and returns the answer of the
// one it sits at.
func meet(t *testing.T, op *mockprovider.Provider, f fault.Fault) string {
	t.Helper()
	c := op.HTTPClient()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	send := func(resp *http.Response, err error) (*http.Response, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp, string(body)
	}
	client := url.Values{"client_id": {setup.ClientID}, "client_secret": {setup.ClientSecret}}
	with := func(more url.Values) url.Values {
		for name, values := range client {
			more[name] = values
		}
		return more
	}
	if f.At == "device_authorization_endpoint" {
		_, body := send(c.PostForm(op.Issuer()+"/device_authorization", with(url.Values{"scope": {"openid"}})))
		return body
	}
	resp, body := send(c.Get(op.Issuer() + "/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {setup.ClientID}, "redirect_uri": {playerCallback}, "state": {"a-random-state"}, "scope": {"openid email offline_access"},
	}.Encode()))
	if f.At == "authorization_endpoint" {
		return resp.Header.Get("Location") + body
	}
	to, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	_, body = send(c.PostForm(op.Issuer()+"/token", with(url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {playerCallback}})))
	if f.At == "token_endpoint" && f.Match["grant_type"] != "refresh_token" || f.On == "token_response" || f.On == "id_token" {
		return body
	}
	tok := object(t, body)
	if f.At == "token_endpoint" {
		_, body = send(c.PostForm(op.Issuer()+"/token", with(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}})))
		return body
	}
	r, err := http.NewRequest(http.MethodGet, op.Issuer()+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+text(tok["access_token"]))
	_, body = send(c.Do(r))
	return body
}

// jsonText is a text as it stands in JSON.
func jsonText(s string) string { return strings.ReplaceAll(s, `"`, `\"`) }
