package interop

import (
	"slices"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// realmClients are the libraries of Keycloak, Auth0, Okta and Cognito, and those that
// know them, under the real host names.
func realmClients() []client {
	return slices.Concat(nodeRealms(), pythonRealms(), rubyRealms(), javaRealms(), proxyRealms())
}

const (
	keycloakRealm = "https://keycloak.example.com/realms/staff"
	auth0Tenant   = "https://tenant.us.auth0.com/"
	oktaServer    = "https://org.okta.com/oauth2/default"
	cognitoPool   = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_example"
)

// realmOf returns the issuer of a persona under its real host name.
func realmOf(name string) string {
	return map[string]string{"keycloak": keycloakRealm, "auth0": auth0Tenant, "okta": oktaServer, "cognito": cognitoPool, "gitlab": "https://gitlab.com"}[name]
}

func nodeRealms() []client {
	at := func(library, of, program string, cases ...string) client {
		return client{
			library: library, language: "JavaScript", folder: "node-realms", program: []string{"node", "--require", "./proxy.cjs", program},
			persona: of, named: true, issuer: realmOf(of), cases: cases,
		}
	}
	arctic := func(of string, cases ...string) client {
		c := at("arctic", of, "arctic.mjs", cases...)
		c.program, c.long = append(c.program, of), true
		return c
	}
	connect := with(staffOfKeycloak, at("keycloak-connect", "keycloak", "keycloak-connect.mjs", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered, verifyTampered))
	connect.denied = "Access denied"
	return []client{
		connect,
		at("@okta/jwt-verifier", "okta", "okta-jwt-verifier.mjs", verify, verifyTampered),
		at("aws-jwt-verify", "cognito", "aws-jwt-verify.mjs", verify, verifyTampered),
		with(ownPort, at("@okta/oidc-middleware", "okta", "okta-oidc-middleware.mjs", signIn, signOut, denial, tampered)),
		with(ownPort, at("express-openid-connect", "auth0", "express-openid-connect.mjs", signIn, userinfo, refresh, signOut, denial)),
		at("auth0", "auth0", "auth0.mjs", signIn, userinfo, refresh, signOut, clientToken, denial),
		with(jwtTokens, at("express-oauth2-jwt-bearer", "auth0", "express-oauth2-jwt-bearer.mjs", verify, verifyTampered)),
		arctic("keycloak", signIn, refresh, signOut, denial),
		arctic("auth0", signIn, refresh, signOut, denial),
		arctic("okta", signIn, refresh, signOut, denial),
		arctic("cognito", signIn, refresh, signOut, denial),
		arctic("gitlab", signIn, refresh, signOut, denial),
	}
}

func pythonRealms() []client {
	at := func(library, of, program string, cases ...string) client {
		return client{
			library: library, language: "Python", folder: "python-realms", program: []string{"./.venv/bin/python", program},
			persona: of, named: true, issuer: realmOf(of), cases: cases,
		}
	}
	return []client{
		with(ownPort, at("python-keycloak", "keycloak", "keycloak_client.py", signIn, userinfo, refresh, signOut, clientToken, device, verify, denial, tampered, verifyTampered)),
		at("auth0-python", "auth0", "auth0_client.py", signIn, userinfo, refresh, signOut, clientToken, denial, tampered),
		at("okta-jwt-verifier", "okta", "okta_client.py", verify, verifyTampered),
		at("cognitojwt", "cognito", "cognito_client.py", verify, verifyTampered),
	}
}

// rubyRealms are strategies of OmniAuth, as the system's packages have them.
func rubyRealms() []client {
	at := func(library, of, strategy string, cases ...string) client {
		return client{
			library: library, language: "Ruby", folder: "ruby-realms", program: []string{"ruby", "strategy.rb", strategy},
			persona: of, named: true, issuer: realmOf(of), system: true, cases: cases,
		}
	}
	const openid = "gitlab-omniauth-openid-connect"
	return []client{
		at("omniauth-github", "github", "github", signIn, denial),
		at("omniauth-gitlab", "gitlab", "gitlab", signIn, denial),
		at("omniauth-azure-activedirectory-v2", "microsoft", "microsoft", signIn, denial),
		at(openid, "keycloak", "openid", signIn, denial, tampered),
		at(openid, "auth0", "openid", signIn, denial, tampered),
		at(openid, "okta", "openid", signIn, denial, tampered),
		at(openid, "cognito", "openid", signIn, denial, tampered),
	}
}

func javaRealms() []client {
	at := func(library, of string, program []string, cases ...string) client {
		return client{
			library: library, language: "Java", folder: "java-realms", program: append([]string{"java", "-XX:TieredStopAtLevel=1", "-cp", "target/app/*"}, program...),
			persona: of, named: true, issuer: realmOf(of), cases: cases,
		}
	}
	scribe := func(of string, cases ...string) client {
		c := at("com.github.scribejava:scribejava-apis", of, []string{"example.Scribe", of}, cases...)
		if c.long = of != "keycloak"; !c.long {
			c.issuer = "https://keycloak.example.com/auth/realms/staff" // where Keycloak was before version 17
		}
		return c
	}
	return []client{
		at("com.okta.jwt:okta-jwt-verifier", "okta", []string{"example.Okta"}, verify, verifyTampered),
		scribe("keycloak", signIn, refresh, clientToken, denial),
		scribe("github", signIn, denial),
		scribe("google", signIn, refresh, denial),
		scribe("discord", signIn, refresh, denial),
		scribe("facebook", signIn, denial),
	}
}

// proxyRealms is oauth2-proxy, which a program of Node starts and visits.
func proxyRealms() []client {
	at := func(of string, cases ...string) client {
		return with(behindProxy, client{
			library: "github.com/oauth2-proxy/oauth2-proxy/v7", language: "Go", folder: "node-realms", program: []string{"node", "--require", "./proxy.cjs", "oauth2-proxy.mjs", of},
			persona: of, named: true, issuer: realmOf(of), cases: cases,
		})
	}
	return []client{at("keycloak", signIn, denial, tampered), at("github", signIn, denial)}
}

// behindProxy skips where oauth2-proxy is not built, and gives alice roles and the
// client the path of a proxy that has a port of its own.
func behindProxy(t *testing.T, p *provider) {
	t.Helper()
	commandtest.Installed(t, "oauth2-proxy")
	staffOfKeycloak(t, p)
	app := *p.Client()
	app.RedirectURIs = append(app.RedirectURIs, "http://127.0.0.1/oauth2/callback")
	if err := p.SetClient(app); err != nil {
		t.Fatal(err)
	}
}

// ownPort gives the client the paths of an app that has a port of its own.
func ownPort(t *testing.T, p *provider) {
	t.Helper()
	app := *p.Client()
	app.GrantTypes = p.Persona().GrantTypes
	if len(app.GrantTypes) == 0 {
		app.GrantTypes = protocol.UsualGrants()
	}
	for _, path := range []string{"/callback", "/authorization-code/callback", "/me?auth_callback=1", "/staff?auth_callback=1", "/editors?auth_callback=1", "/nobody?auth_callback=1"} {
		app.RedirectURIs = append(app.RedirectURIs, "http://localhost"+path)
	}
	for _, path := range []string{"", "/bye"} {
		app.PostLogoutRedirectURIs = append(app.PostLogoutRedirectURIs, "http://localhost"+path)
	}
	if err := p.SetClient(app); err != nil {
		t.Fatal(err)
	}
}

// staffOfKeycloak gives alice roles and a password.
func staffOfKeycloak(t *testing.T, p *provider) {
	t.Helper()
	verified := true
	alice := store.User{
		Login: "alice", Name: "Alice Example", Email: "alice@example.com", EmailVerified: &verified, Password: "secret",
		Claims: map[string]any{"roles": []any{"staff"}, "client_roles": map[string]any{"app": []any{"editor"}}},
	}
	ownPort(t, p)
	if err := p.SetUser(alice); err != nil {
		t.Fatal(err)
	}
}
