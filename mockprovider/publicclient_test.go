package mockprovider

import (
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// readSetup reads the top of a file.
func readSetup(t *testing.T, text string) setup.Setup {
	t.Helper()
	var s setup.Setup
	if err := strict.Read("authdrill.yaml", []byte(text), &s, strict.Options{}).Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// checkPublic: a client has no secret, not even the one that clients of its name
// once had, and no client credentials.
func checkPublic(t *testing.T, p *Provider, id string) {
	t.Helper()
	b := newBrowser(t, p.HTTPClient())
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"client_id": {id}}, `"unauthorized_client"`},
		{url.Values{"client_id": {id}, "client_secret": {""}}, `"unauthorized_client"`},
		{url.Values{"client_id": {id}, "client_secret": {id + "-secret"}}, `"invalid_client"`},
	} {
		c.form.Set("grant_type", "client_credentials")
		if resp, body := b.read(b.Post(p.Issuer()+"/token", "application/x-www-form-urlencoded", strings.NewReader(c.form.Encode()))); !strings.Contains(body, c.want) {
			t.Errorf("%s with %v: %s %s, want %s", id, c.form, resp.Status, body, c.want)
		}
	}
	for _, c := range p.Clients() {
		if c.ID == id && (!c.Public() || c.Secret != "" || c.AuthMethods()[0] != protocol.NoAuthentication) {
			t.Errorf("%s: %+v", id, c)
		}
	}
}

func TestClientWithoutSecretIsPublic(t *testing.T) {
	p := Start(t, WithClient(store.Client{ID: "in-go", RedirectURIs: []string{"http://localhost:5173/callback"}}),
		WithSetup(readSetup(t, `
clients:
  spa: {redirect_uris: ["http://localhost:5173/callback"]}
  nothing: {}
  empty: {client_secret: ""}
  "null": {client_secret: null}
  valueless: {client_secret: }
  native: {application_type: native, redirect_uris: ["com.example.app:/callback"]}
  none: {token_endpoint_auth_method: none}
  app: {client_secret: ""}
`)))
	if err := p.SetClient(store.Client{ID: "set"}); err != nil {
		t.Fatal(err)
	}
	if err := p.Overlay(setup.Setup{Clients: map[string]*store.Client{"overlaid": {Name: "O"}}}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"in-go", "spa", "nothing", "empty", "null", "valueless", "native", "none", "set", "overlaid", "app"} {
		checkPublic(t, p, id)
	}
	if p := Start(t); p.Client().Secret != "app-secret" {
		t.Error("the built-in client has no secret")
	}
	if p := Start(t, WithClient(store.Client{ID: "app", RedirectURIs: []string{"http://localhost:5173/"}})); p.Client().Secret != "app-secret" {
		t.Error("the built-in client loses its secret when it is redefined")
	}
	// A secret can be taken away again.
	for _, nothing := range []string{`""`, "null"} {
		p = Start(t, WithClient(store.Client{ID: "web", Secret: "not-a-secret"}), WithSetup(readSetup(t, `clients: {web: {client_secret: `+nothing+`}}`)))
		for _, c := range p.Clients() {
			if c.ID == "web" && !c.Public() {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestClientWithoutSecretIsPublicOverTheAPI(t *testing.T) {
	h, r := newRemote(t)
	for id, body := range map[string]string{"spa": `{"redirect_uris":["http://localhost:5173/"]}`, "empty": `{"client_secret":""}`, "null": `{"client_secret":null}`, "native": `{"application_type":"native"}`} {
		if status, out := r.do("PUT", "/_/api/clients/"+id, body); status != 204 {
			t.Fatalf("%s: %d %v", id, status, out)
		}
		p, _ := h.Issuer("")
		checkPublic(t, p, id)
	}
	if status, out := r.do("POST", "/_/api/issuers", `{"name":"acme","clients":{"spa":{},"app":{"client_secret":""}}}`); status != 201 {
		t.Fatalf("%d %v", status, out)
	}
	p, _ := h.Issuer("acme")
	checkPublic(t, p, "spa")
	checkPublic(t, p, "app")
	for member, body := range map[string]string{
		"token_endpoint_auth_method": `{"token_endpoint_auth_method":"client_secret_basic"}`, "jwks": `{"token_endpoint_auth_method":"private_key_jwt"}`,
		"grant_types": `{"grant_types":["client_credentials"]}`,
	} {
		if status, out := r.do("PUT", "/_/api/clients/wrong", body); status < 400 || status > 499 || !strings.Contains(out["detail"].(string), member+": ") {
			t.Errorf("%s: %d %v", body, status, out)
		}
		if status, out := r.do("POST", "/_/api/issuers", `{"name":"wrong","clients":{"w":`+body+`}}`); status != 400 || !strings.Contains(out["detail"].(string), "clients.w."+member+": ") {
			t.Errorf("%s: %d %v", body, status, out)
		}
	}
}

// TestClientLacksWhatItsMethodNeeds: on every face it is an error with its place and
// a remedy.
func TestClientLacksWhatItsMethodNeeds(t *testing.T) {
	for _, c := range []struct {
		client store.Client
		want   string
	}{
		{store.Client{AuthMethod: "client_secret_basic"}, "token_endpoint_auth_method: client_secret_basic needs a client_secret: give the client one, or leave the method out"},
		{store.Client{AuthMethod: "client_secret_post"}, "token_endpoint_auth_method: client_secret_post needs a client_secret"},
		{store.Client{AuthMethod: "client_secret_jwt"}, "token_endpoint_auth_method: client_secret_jwt needs a client_secret"},
		{store.Client{AuthMethod: "private_key_jwt", Secret: "x"}, "jwks: private_key_jwt needs the client's public keys: give it jwks or a jwks_uri"},
		{store.Client{GrantTypes: []protocol.Grant{"authorization_code", "client_credentials"}}, "grant_types: client_credentials is for clients that authenticate"},
		{store.Client{AuthMethod: "none", GrantTypes: []protocol.Grant{"client_credentials"}}, "grant_types: client_credentials is for clients that authenticate"},
	} {
		c.client.ID = "web"
		whole := setup.Setup{Clients: map[string]*store.Client{"web": &c.client}}
		p := Start(t)
		_, made := New(WithClient(c.client))
		_, hosted := NewHost(Options{Defaults: whole})
		for face, err := range map[string]error{"New": made, "NewHost": hosted, "SetClient": p.SetClient(c.client), "Overlay": p.Overlay(whole)} {
			if err == nil || !strings.Contains(err.Error(), c.want) || face != "SetClient" && !strings.Contains(err.Error(), "clients.web."+c.want) {
				t.Errorf("%s: %v, want %s", face, err, c.want)
			}
		}
		if n := len(p.Clients()); n != 1 {
			t.Errorf("%d clients after %s", n, c.want)
		}
	}
	var s setup.Setup
	err := strict.Read("authdrill.yaml", []byte("clients:\n  com.example.web: {client_name: W, token_endpoint_auth_method: client_secret_post}\n"), &s, strict.Options{}).Err()
	if err == nil || !strings.Contains(err.Error(), "authdrill.yaml:2:65: clients.com.example.web.token_endpoint_auth_method: client_secret_post needs a client_secret") {
		t.Errorf("a file: %v", err)
	}
	// What another setup has counts.
	readSetup(t, "clients: {app: {token_endpoint_auth_method: client_secret_post, grant_types: [client_credentials]}}")
	p := Start(t, WithClient(store.Client{ID: "web", Secret: "not-a-secret"}))
	if err := p.Overlay(setup.Setup{Clients: map[string]*store.Client{"web": {AuthMethod: "client_secret_post"}}}); err != nil {
		t.Error(err)
	}
}

// TestPublicClientSignsIn with PKCE and without credentials, and not otherwise.
func TestPublicClientSignsIn(t *testing.T) {
	const verifier = "a-verifier-of-at-least-forty-three-characters"
	p := Start(t, WithClient(store.Client{ID: "spa", RedirectURIs: []string{callback}}), WithProvider(persona.Persona{SignIn: "auto"}))
	b := newBrowser(t, p.HTTPClient())
	if _, page, out := b.authorize(p, request("client_id", "spa")); out.Get("code") != "" {
		t.Errorf("without PKCE: %v %s", out, page)
	}
	for name, c := range map[string]struct {
		more []string
		fine bool
	}{"without credentials": {nil, true}, "with an empty secret": {[]string{"client_secret", ""}, true}, "with a secret": {[]string{"client_secret", "spa-secret"}, false}} {
		_, page, out := b.authorize(p, request("client_id", "spa", "code_challenge", verifier, "code_challenge_method", "plain"))
		if out.Get("code") == "" {
			t.Fatalf("%v %s", out, page)
		}
		form := values("grant_type", "authorization_code", "code", out.Get("code"), "redirect_uri", callback, "code_verifier", verifier, "client_id", "spa")
		for n := 0; n < len(c.more); n += 2 {
			form.Set(c.more[n], c.more[n+1])
		}
		resp, tokens := b.post(p, "/token", form)
		if (tokens["id_token"] != nil) != c.fine || !c.fine && !strings.Contains(tokens["error_description"].(string), "leave its credentials out") {
			t.Errorf("%s: %s %v", name, resp.Status, tokens)
		}
	}
}
