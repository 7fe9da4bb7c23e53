package mockprovider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// assertion signs a client assertion for a provider.
func assertion(t *testing.T, p *Provider, key *ecdsa.PrivateKey, id, jti string) url.Values {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := p.Clock().Now().Unix()
	claims, _ := json.Marshal(map[string]any{"iss": id, "sub": id, "aud": p.Issuer(), "exp": now + 60, "iat": now, "jti": jti})
	signed, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"grant_type": {"client_credentials"}, "client_assertion": {text}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}
}

// TestClientKeysAreFetchedWhereConfigured: a client of the configuration has its
// keys fetched, also from loopback; one that registers itself is refused where its
// jwks_uri leads elsewhere.
func TestClientKeysAreFetchedWhereConfigured(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "ES256"}}})
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) }))
	defer keys.Close()
	p := Start(t, WithClient(store.Client{ID: "web", AuthMethod: "private_key_jwt", JWKSURI: keys.URL + "/jwks"}))
	b := newBrowser(t, p.HTTPClient())
	if resp, body := b.read(b.PostForm(p.Issuer()+"/token", assertion(t, p, key, "web", "1"))); resp.StatusCode != 200 {
		t.Fatalf("configured: %s %s", resp.Status, body)
	}
	register := func(uri string) (int, string) {
		resp, body := sent(t, p.HTTPClient(), "POST", p.Issuer()+"/register", `{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"`+uri+`"}`, "Content-Type", "application/json")
		return resp.StatusCode, body
	}
	if status, body := register(keys.URL + "/others"); status != 201 { // of a host that the configuration names
		t.Errorf("%d %s", status, body)
	}
	before := len(p.Clients())
	for _, uri := range []string{
		"http://127.0.0.1:22/", "http://localhost:22/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "https://evil.example/jwks",
		"file:///etc/passwd", strings.Replace(keys.URL, "//", "//user:pass@", 1), "not a url",
	} {
		if status, body := register(uri); status != 400 || !strings.Contains(body, "invalid_client_metadata") || !strings.Contains(body, "jwks_uri") {
			t.Errorf("%s: %d %s", uri, status, body)
		}
	}
	if len(p.Clients()) != before {
		t.Errorf("%d clients were registered", len(p.Clients())-before)
	}
}

// TestClientKeysTellNothing: whatever a jwks_uri leads to, the client is told the
// same; the operator finds it in the journal.
func TestClientKeysTellNothing(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/text":
			_, _ = w.Write([]byte("SSH-2.0-CANARY"))
		case "/object":
			_, _ = w.Write([]byte(`{}`))
		case "/redirect":
			http.Redirect(w, r, "/object", http.StatusFound)
		default:
			http.Error(w, "CANARY", http.StatusTeapot)
		}
	}))
	defer other.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nothing := "http://" + closed.Addr().String()
	_ = closed.Close()
	p := Start(t)
	told := map[string]bool{}
	b := newBrowser(t, p.HTTPClient())
	for n, uri := range []string{nothing, other.URL + "/text", other.URL + "/object", other.URL + "/redirect", other.URL + "/status", "http://user@" + other.Listener.Addr().String()} {
		p.SetClient(store.Client{ID: "web", AuthMethod: "private_key_jwt", JWKSURI: uri})
		resp, body := b.read(b.PostForm(p.Issuer()+"/token", assertion(t, p, key, "web", string(rune('a'+n)))))
		if resp.StatusCode != 401 {
			t.Errorf("%s: %s", uri, resp.Status)
		}
		told[body] = true
		entries := p.Journal().Find(journal.Query{Endpoint: "token_endpoint"})
		found := false
		for _, d := range entries[len(entries)-1].Decisions {
			found = found || d.Check == "jwks_uri" && strings.Contains(d.Detail, uri)
		}
		if !found {
			t.Errorf("%s: the journal does not say why", uri)
		}
	}
	if len(told) != 1 {
		t.Errorf("a client tells %d cases apart: %v", len(told), told)
	}
}
