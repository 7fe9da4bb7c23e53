package mockprovider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
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
		{"keycloak", "https://keycloak.example.com/realms/staff", "/realms/staff"},
		{"keycloak", "", "/realms/master"},
		{"okta", "/oauth2/aus1", "/oauth2/aus1"},
		{"okta", "http://op.authdrill.test", ""},
		{"okta", "/oauth2/default", "/oauth2/default"},
		{"auth0", "http://op.authdrill.test", "/"},
		{"cognito", "/eu-west-1_Other", "/eu-west-1_Other"},
		{"microsoft", "/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"},
		{"spec", "http://op.authdrill.test/", ""},
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
				if iss := claimsOf(t, token)["iss"]; iss != p.op.Issuer()+tc.want {
					t.Errorf("iss %v", iss)
				}
			}
		})
	}
}
