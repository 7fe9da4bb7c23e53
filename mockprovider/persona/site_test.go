package persona_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const wellKnown = "/.well-known/openid-configuration"

// TestTenantHostIsItsOwnIssuer: each host name of a tenant has an issuer identifier
// of its own in every artifact.
func TestTenantHostIsItsOwnIssuer(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ persona, host, path, issuer string }{
		{"auth0", "https://tenant.us.auth0.com", wellKnown, "/"},
		{"auth0", "https://tenant.eu.auth0.com", wellKnown, "/"},
		{"okta", "https://org.oktapreview.com", "/oauth2/default" + wellKnown, "/oauth2/default"},
		{"okta", "https://org.oktapreview.com", "/oauth2/aus1" + wellKnown, "/oauth2/aus1"},
		{"okta", "https://org.oktapreview.com", wellKnown, ""},
	} {
		t.Run(tc.host+tc.path, func(t *testing.T) {
			base, err := persona.Named(tc.persona)
			if err != nil {
				t.Fatal(err)
			}
			w := newWalker(t, base, "host", tc.path)
			_, body := w.send("GET", tc.host+tc.path, nil)
			w.doc, w.told, w.key = object(t, body), false, key
			if w.issuer = text(w.doc["issuer"]); w.issuer != tc.host+tc.issuer {
				t.Errorf("issuer %s", w.issuer)
			}
			for name, value := range w.doc {
				if address := text(value); strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, tc.host+"/") && address != tc.host {
					t.Errorf("%s is %s", name, address)
				}
			}
			w.walk()
		})
	}
}

// TestAssertionForTheRealHost counts where the client knows the provider by a local
// address, and the local address does not count at the real host.
func TestAssertionForTheRealHost(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ persona, path, endpoint, issuer string }{
		{"auth0", wellKnown, "https://tenant.auth0.com/oauth/token", "https://tenant.auth0.com/"},
		{"okta", "/oauth2/default" + wellKnown, "https://org.okta.com/oauth2/default/v1/token", "https://org.okta.com/oauth2/default"},
		{"okta", "/oauth2/aus1" + wellKnown, "https://org.okta.com/oauth2/aus1/v1/token", "https://org.okta.com/oauth2/aus1"},
		{"okta", wellKnown, "https://org.okta.com/oauth2/v1/token", "https://org.okta.com"},
		{"keycloak", "/realms/staff" + wellKnown, "https://keycloak.example.com/realms/staff/protocol/openid-connect/token", "https://keycloak.example.com/realms/staff"},
		{"microsoft", "/common/v2.0" + wellKnown, "https://login.microsoftonline.com/common/oauth2/v2.0/token", "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"},
	} {
		for _, mode := range []string{"local", "real", "host"} {
			t.Run(tc.persona+tc.path+"/"+mode, func(t *testing.T) {
				base, err := persona.Named(tc.persona)
				if err != nil {
					t.Fatal(err)
				}
				w := newWalker(t, base, mode, tc.path)
				w.key = key
				u, _ := url.Parse(tc.endpoint)
				local := w.op.Issuer() + u.Path
				for _, method := range []string{"private_key_jwt", "client_secret_jwt"} {
					if m := w.methods(); len(m) > 0 && !slices.Contains(m, protocol.AuthMethod(method)) {
						continue
					}
					w.assertedFor(method, tc.endpoint, true)
					w.assertedFor(method, tc.issuer, true)
					w.assertedFor(method, local, mode != "host")
					w.assertedFor(method, "https://elsewhere.example.test/token", false)
					w.assertedFor(method, strings.NewReplacer("/aus1", "/aus2", "/staff", "/other", "/oauth2/default", "/oauth2", "com/oauth2/v1", "com/oauth2/default/v1", "common", "elsewhere", "tenant.", "other.").Replace(tc.endpoint), false)
				}
			})
		}
	}
}

// TestMintAtAnIssuer makes tokens of each issuer that a persona has, named by its
// identifier or its path.
func TestMintAtAnIssuer(t *testing.T) {
	for _, tc := range []struct{ persona, issuer, want string }{
		{"keycloak", "/realms/staff", "/realms/staff"},
		{"keycloak", "/auth/realms/staff", "/auth/realms/staff"},
		{"keycloak", "http://op.authdrill.test/realms/staff/", "/realms/staff"},
		{"keycloak", "https://keycloak.example.com/realms/staff", "https://keycloak.example.com/realms/staff"},
		{"auth0", "https://tenant.eu.auth0.com/", "https://tenant.eu.auth0.com/"},
		{"keycloak", "", "/realms/master"},
		{"okta", "/oauth2/aus1", "/oauth2/aus1"},
		{"okta", "http://op.authdrill.test", ""},
		{"okta", "/oauth2/default", "/oauth2/default"},
		{"auth0", "http://op.authdrill.test", "/"},
		{"cognito", "/eu-west-1_Other", "/eu-west-1_Other"},
		{"microsoft", "/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"},
		{"spec", "http://op.authdrill.test/", ""},
		{"keycloak", "https://keycloak.example.com.elsewhere.test/realms/staff", "refused"},
		{"keycloak", "/realms", "refused"},
		{"keycloak", "http://elsewhere.test/realms/staff", "refused"},
		{"spec", "/realms/staff", "refused"},
	} {
		t.Run(tc.persona+tc.issuer, func(t *testing.T) {
			base, err := persona.Named(tc.persona)
			if err != nil {
				t.Fatal(err)
			}
			p := play(t, string(base.Name))
			p.op.Set(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt"}})
			m, err := p.op.Mint(mockprovider.MintRequest{User: "alice", Issuer: tc.issuer})
			if tc.want == "refused" {
				if err == nil || !strings.Contains(err.Error(), tc.issuer) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, token := range []string{m.AccessToken, m.IDToken} {
				if iss := claimsOf(t, token)["iss"]; iss != tc.want && iss != p.op.Issuer()+tc.want {
					t.Errorf("iss %v", iss)
				}
			}
		})
	}
}

// TestSignOutPageOfPersona: the answer to the page goes to the endpoint that showed
// it, wherever a persona has that.
func TestSignOutPageOfPersona(t *testing.T) {
	for name, at := range map[string][3]string{
		"keycloak": {"/realms/staff/protocol/openid-connect/auth", "/realms/staff/protocol/openid-connect/token", "/realms/staff/protocol/openid-connect/logout"},
		"okta":     {"/oauth2/aus1/v1/authorize", "/oauth2/aus1/v1/token", "/oauth2/aus1/v1/logout"},
	} {
		t.Run(name, func(t *testing.T) {
			p := play(t, name)
			p.leaves()
			p.signIn(at[0], at[1], url.Values{"scope": {"openid"}, "state": {"a-random-state"}, "nonce": {"a-random-nonce"}})
			body := p.status(200)(p.get(at[2] + "?client_id=app&post_logout_redirect_uri=" + url.QueryEscape(playerHome)))
			action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(body)
			form := url.Values{"logout": {"yes"}}
			for _, field := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
				form.Set(field[1], html.UnescapeString(field[2]))
			}
			if action == nil || form.Get("csrf") == "" {
				t.Fatal(body)
			}
			resp, body := p.post(action[1], form)
			if got := resp.Header.Get("Location"); got != playerHome {
				t.Errorf("%s: %s to %q: %s", action[1], resp.Status, got, body)
			}
			p.signedOut(at[0])
		})
	}
}

const playerHome = "https://app.example.test/bye"

// certified holds each RSA key that a key set has for signatures to have the members of
// a certificate, and no others.
func (p *player) certified(path, subject string, members ...string) {
	p.t.Helper()
	body := p.status(200)(p.get(path))
	var set jose.JSONWebKeySet // it holds the thumbprints against the certificate
	if err := json.Unmarshal([]byte(body), &set); err != nil || len(set.Keys) == 0 {
		p.t.Fatal(err, body)
	}
	for n, member := range object(p.t, body)["keys"].([]any) {
		jwk, _ := member.(map[string]any)
		for _, name := range []string{"x5c", "x5t", "x5t#S256"} {
			want := slices.Contains(members, name) && jwk["use"] == "sig"
			if _, ok := jwk[name]; ok != want {
				p.t.Errorf("%s: %t in %v", name, ok, jwk)
			}
		}
		for _, c := range set.Keys[n].Certificates {
			if err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil || c.Subject.CommonName != subject {
				p.t.Error(c.Subject, err)
			}
			if !set.Keys[n].Key.(*rsa.PublicKey).Equal(c.PublicKey) {
				p.t.Error("the certificate is of another key")
			}
		}
	}
	if again := p.status(200)(p.get(path)); again != body {
		p.t.Error("the key set differs from one request to the next")
	}
}

// refreshesTwice with one refresh token, each time to a new one.
func (p *player) refreshesTwice(path string, tok map[string]any) {
	p.t.Helper()
	seen := []any{tok["refresh_token"]}
	for range 2 {
		again := object(p.t, p.status(200)(p.refresh(path, tok, nil)))
		if slices.Contains(seen, again["refresh_token"]) || again["refresh_token"] == nil {
			p.t.Errorf("a refresh token that is not new: %v", again["refresh_token"])
		}
		seen = append(seen, again["refresh_token"])
	}
}

// leaves registers where the browser may go once the user is signed out.
func (p *player) leaves() {
	p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{playerCallback}, PostLogoutRedirectURIs: []string{playerHome}})
}

// leads holds a request to a redirection.
func (p *player) leads(path, where string) {
	p.t.Helper()
	resp, body := p.get(path)
	if got := resp.Header.Get("Location"); resp.StatusCode != 302 || got != where {
		p.t.Errorf("%s: %s to %q, want %s: %s", path, resp.Status, got, where, body)
	}
}

// signedOut holds the browser to have no sign-in any more.
func (p *player) signedOut(authorize string) {
	p.t.Helper()
	p.op.Set(persona.Persona{SignIn: "interactive"})
	if got := p.authorize(authorize, challenge(url.Values{"prompt": {"none"}, "scope": {"openid"}})); got.Get("error") != "login_required" {
		p.t.Errorf("%v", got)
	}
	p.op.AutoSignIn("alice")
}

// hosted returns a JSON document under a host name of the real provider.
func (p *player) hosted(host, path string) map[string]any {
	p.t.Helper()
	return p.hostedAs(host, path, http.StatusOK)
}

// hostedAs is hosted for an answer with a status.
func (p *player) hostedAs(host, path string, status int) map[string]any {
	p.t.Helper()
	r, err := http.NewRequest("GET", p.url(path), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Host = host
	return object(p.t, p.status(status)(p.do(r)))
}

// asserted authenticates a client of a persona under its real host names, by JWTs for
// some audiences.
func asserted(t *testing.T, name, path string, audiences ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	base, err := persona.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	w := newWalker(t, base, "host", path)
	w.key = key
	for _, audience := range audiences {
		w.assertedFor("private_key_jwt", audience, true)
	}
}
