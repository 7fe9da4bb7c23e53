package persona

import (
	"strings"
	"testing"
)

func TestShipped(t *testing.T) {
	for _, name := range Names() {
		if _, err := Named(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTenantOfAPersona: a file that extends a persona and names another issuer has the
// URLs of that, and what clients are told.
func TestTenantOfAPersona(t *testing.T) {
	for _, tc := range []struct{ text, issuer, path, token, hosts string }{
		{"persona: acme\nextends: auth0\nissuer: https://acme.eu.auth0.com/", "https://acme.eu.auth0.com", "/", "https://acme.eu.auth0.com/oauth/token", "acme.eu.auth0.com"},
		{"persona: acme\nextends: auth0\nissuer: https://acme.eu.auth0.com", "https://acme.eu.auth0.com", "/", "https://acme.eu.auth0.com/oauth/token", "acme.eu.auth0.com"},
		{"persona: acme\nextends: auth0\nissuer: https://login.acme.test\nhosts: [acme.eu.auth0.com]", "https://login.acme.test", "/", "https://login.acme.test/oauth/token", "acme.eu.auth0.com login.acme.test"},
		{"persona: acme\nextends: keycloak\nissuer: https://sso.acme.test/realms/acme", "https://sso.acme.test", "/realms/acme", "https://sso.acme.test/realms/{realm}/protocol/openid-connect/token", "sso.acme.test"},
		{"persona: acme\nextends: okta\nissuer: https://acme.okta.com/oauth2/aus9", "https://acme.okta.com", "/oauth2/aus9", "https://acme.okta.com/oauth2/{server}/v1/token", "acme.okta.com"},
		{"persona: acme\nextends: okta\nissuer: https://acme.okta.com/", "https://acme.okta.com", "/oauth2/default", "https://acme.okta.com/oauth2/{server}/v1/token", "acme.okta.com"},
		{"persona: acme\nextends: cognito\nissuer: https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC\nrename_hosts: {example.auth.us-east-1.amazoncognito.com: acme.auth.eu-west-1.amazoncognito.com}",
			"https://cognito-idp.eu-west-1.amazonaws.com", "/eu-west-1_AbC", "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token", "cognito-idp.eu-west-1.amazonaws.com acme.auth.eu-west-1.amazoncognito.com"},
	} {
		p, err := Parse("acme.yaml", []byte(tc.text))
		if err != nil {
			t.Fatal(err)
		}
		if d := p.Dialect; d.Issuer != tc.issuer || d.OpenID.Issuer != tc.path || d.Endpoints.Token[0] != tc.token || strings.Join(d.Hosts(), " ") != tc.hosts {
			t.Errorf("%s\n%s %s %s %s", tc.text, d.Issuer, d.OpenID.Issuer, d.Endpoints.Token[0], strings.Join(d.Hosts(), " "))
		}
		if p.Name != "acme" {
			t.Error(p.Name)
		}
	}
	for _, text := range []string{
		"persona: acme\nextends: auth0\nissuer: acme.eu.auth0.com",
		"persona: acme\nextends: auth0\nissuer: https://acme.eu.auth0.com?x=1",
		"persona: acme\nissuer: https://acme.test\nrename_hosts: {a.test: b.test}",
		"persona: acme\nextends: auth0\nrename_hosts: {tenant.auth0.com: https://b.test}",
	} {
		if _, err := Parse("acme.yaml", []byte(text)); err == nil {
			t.Errorf("it is read: %s", text)
		}
	}
	if auth0, err := Named("auth0"); err != nil || auth0.Dialect.Endpoints.Token[0] != "https://tenant.auth0.com/oauth/token" {
		t.Error("the persona that is extended has changed")
	}
}
