package mockprovider

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// bodyOf answers with the status and the body of a page.
func bodyOf(t *testing.T, h *Host, path string) (int, string) {
	t.Helper()
	resp, err := h.HTTPClient().Get(h.BaseURL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// TestFrontPagesShowOnlyTheExampleSecret: a secret that somebody configured, or
// that a registration gave out, is on no front page; the published one is.
func TestFrontPagesShowOnlyTheExampleSecret(t *testing.T) {
	t.Parallel()
	const own = "a-secret-of-its-own"
	h, err := NewHost(Options{OnDemand: true, Stimulus: wrongNonce, Defaults: setup.Setup{Clients: map[string]*store.Client{"1234.apps": {Secret: own}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	changed, err := h.Create("changed", setup.Setup{Clients: map[string]*store.Client{setup.ClientID: {Secret: own}}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.HTTPClient().Post(h.BaseURL()+"/register", "application/json", strings.NewReader(`{"redirect_uris": ["http://127.0.0.1:9401/callback"]}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var registered []string
	p, _ := h.Issuer("")
	for _, c := range p.Clients() {
		if c.ID != setup.ClientID {
			registered = append(registered, c.Secret)
		}
	}
	if len(registered) != 2 {
		t.Fatalf("%d clients beside the example, want the configured and the registered one", len(registered))
	}
	for _, path := range []string{"/", "/t/other/", "/x/idt-nonce-wrong/", "/t/changed/"} {
		status, page := bodyOf(t, h, path)
		if status != http.StatusOK || !strings.Contains(page, "1234.apps") || !strings.Contains(page, "own secret") {
			t.Errorf("%s: %d, and the client is not named", path, status)
		}
		for _, secret := range registered {
			if strings.Contains(page, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
		if example := path != "/t/changed/"; strings.Contains(page, setup.ClientSecret) != example {
			t.Errorf("%s: shows the example client's secret: %v, want %v", path, !example, example)
		}
	}
	if changed.Client().Secret != own {
		t.Error("the example client was not changed")
	}
}

// TestConsoleAndJournalShowNoToken: neither a token in a path nor a credential
// under whatever spelling is shown, as JSON, as a page or as text.
func TestConsoleAndJournalShowNoToken(t *testing.T) {
	t.Parallel()
	h, err := NewHost(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	p, _ := h.Issuer("")
	tokens, err := p.Mint(MintRequest{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{tokens.AccessToken, "c4narySecret", "c4naryCamel", "c4naryPasswd", "c4naryKey"}
	for _, path := range []string{"/resource/" + secrets[0], "/resource/me?clientSecret=" + secrets[2], "/resource/me#" + secrets[0], "/resource/me?x=" + secrets[0]} {
		bodyOf(t, h, path)
	}
	resp, err := h.HTTPClient().PostForm(h.BaseURL()+"/token", url.Values{"Client_Secret": {secrets[1]}, "clientSecret": {secrets[2]}, "passwd": {secrets[3]}, "api-key": {secrets[4]}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	_, page := bodyOf(t, h, "/_/")
	_, api := bodyOf(t, h, "/_/api/journal")
	for name, text := range map[string]string{"console": page, "API": api, "text": p.Journal().Text()} {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
		if name != "text" && !strings.Contains(text, "resource") {
			t.Errorf("%s: the requests are not there", name)
		}
	}
	if _, whole := bodyOf(t, h, "/_/api/journal?secrets=show"); !strings.Contains(whole, tokens.AccessToken) || strings.Contains(whole, secrets[3]) {
		t.Error("secrets=show shows what is kept, and a credential is not")
	}
}
