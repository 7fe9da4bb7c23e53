package interop

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Clients as the vendors number them.
const (
	googleClient = "1034-app.apps.googleusercontent.com"
	entraClient  = "00001111-aaaa-2222-bbbb-3333cccc4444"
	githubClient = "Ov23liABCDEFGHIJKLMN"
	slackClient  = "1234567890.1234567890"
)

// vendorClients are the libraries of Google, Microsoft, GitHub and Slack
// themselves. They meet their provider under its real host names.
func vendorClients() []client {
	at := func(persona, id string, c client) client {
		c.persona, c.id, c.named = persona, id, true
		return c
	}
	node := func(library, program string, cases ...string) client {
		return client{library: library, language: "JavaScript", folder: "node-vendors", program: []string{"node", "--require", "./proxy.cjs", program}, cases: cases}
	}
	python := func(library, program string, cases ...string) client {
		return client{library: library, language: "Python", folder: "python-vendors", program: []string{"./.venv/bin/python", program}, cases: cases}
	}
	java := func(library, class string, cases ...string) client {
		return client{library: library, language: "Java", folder: "java-vendors", program: []string{"java", "-XX:TieredStopAtLevel=1", "-cp", "target/app/*", "example." + class}, cases: cases}
	}
	githubApp := at("github-app", "Iv1.0123456789abcdef", node("@octokit/oauth-app", "octokit.mjs", signIn, refresh, signOut, denial))
	msal4j := java("com.microsoft.azure:msal4j", "Msal", signIn, refresh, clientToken, device, denial)
	msal4j.long = true // a JVM a case
	msal4j.denied = "No Authorization code was returned from the server"
	slack := node("@slack/oauth", "slack-oauth.mjs", signIn, userinfo, denial)
	slack.denied = "User cancelled the OAuth installation flow"
	githubApp.env = []string{"CLIENT_TYPE=github-app"}
	return []client{
		with(serviceAccount, at("google", googleClient, node("google-auth-library", "google-auth-library.mjs", signIn, userinfo, refresh, signOut, clientToken, verify, denial, tampered))),
		with(serviceAccount, at("google", googleClient, python("google-auth", "google_auth_client.py", signIn, userinfo, refresh, clientToken, verify, tampered))),
		at("google", googleClient, python("google-auth-oauthlib", "google_auth_oauthlib_client.py", signIn, refresh, denial, tampered)),
		at("google", googleClient, java("com.google.api-client:google-api-client", "Google", signIn, refresh, denial, tampered)),
		with(installedApp, at("microsoft", entraClient, node("@azure/msal-node", "msal-node.mjs", signIn, refresh, clientToken, device, denial))),
		with(certificateOf, at("microsoft", entraClient, python("msal", "msal_client.py", signIn, refresh, clientToken, device, denial))),
		with(installedApp, at("microsoft", entraClient, msal4j)),
		at("github", githubClient, node("@octokit/oauth-app", "octokit.mjs", signIn, signOut, verify, denial)),
		githubApp,
		at("github", githubClient, node("@octokit/auth-oauth-device", "octokit-device.mjs", device)),
		at("slack", slackClient, slack),
	}
}

// signingKey makes a key, of which the program has the private half in PEM and the
// client the public one.
func signingKey(t *testing.T, p *provider, variable string, c store.Client) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if c.JWKS, err = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), Use: "sig"}}}); err != nil {
		t.Fatal(err)
	}
	if err := p.SetClient(c); err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, variable+"="+string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// serviceAccount gives the program one of Google's service accounts.
func serviceAccount(t *testing.T, p *provider) {
	t.Helper()
	const robot = "robot@project.iam.gserviceaccount.com"
	p.env = append(p.env, "SERVICE_ACCOUNT="+robot)
	signingKey(t, p, "SERVICE_ACCOUNT_KEY", store.Client{ID: robot, AuthMethod: protocol.NoAuthentication, GrantTypes: []protocol.Grant{protocol.JWTBearerGrant}})
}

// installedApp lets the client have a server of its own for the answer, at any port.
func installedApp(t *testing.T, p *provider) {
	t.Helper()
	if err := p.SetClient(store.Client{ID: entraClient, Secret: secret, RedirectURIs: []string{callback, "http://localhost"}}); err != nil {
		t.Fatal(err)
	}
}

// certificateOf gives the program a second client, which authenticates with the key
// of a certificate.
func certificateOf(t *testing.T, p *provider) {
	t.Helper()
	const robot = "00002222-aaaa-2222-bbbb-3333cccc4444"
	p.env = append(p.env, "ROBOT_ID="+robot)
	signingKey(t, p, "ROBOT_KEY", store.Client{ID: robot, AuthMethod: protocol.PrivateKeyJWT, GrantTypes: []protocol.Grant{protocol.ClientCredentialsGrant}})
}
