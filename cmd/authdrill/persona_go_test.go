package main

import (
	"crypto/tls"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestGoAppsForRealProviders lets goth sign in at the personas, by the URLs that
// are written in goth. Its twitterv2 is not among them, for it speaks OAuth 1.0a.
func TestGoAppsForRealProviders(t *testing.T) {
	atPersonas(t, gothGoogle(), gothGitHub(), gothFacebook(), gothMicrosoft(), gothApple(t),
		gothGitLab(), gothSlack(), gothDiscord(), gothLinkedIn(), gothSpotify(),
		gothAuth0(), gothOkta(), gothKeycloak(), gothCognito())
}

// goth is the app at a persona. Of a failure goth tells the status alone, and of
// a refresh what the provider says.
func goth(persona, id, secret, denial string, more map[string]func(*guest)) foreign {
	f := foreign{folder: "go-goth", persona: persona, callback: "/login/authorized", id: id, secret: secret, proxied: true, tests: more}
	f.tests["signs in"] = signedIn
	f.tests["is told of a denial"] = declined("Access denied: " + denial)
	f.tests["takes no answer that it did not ask for"] = func(g *guest) {
		g.open("/login/authorized?code=stolen&state=forged")
		g.sees("The sign-in failed: its state is not this browser")
	}
	return f
}

func gothGoogle() foreign {
	return goth("google", "1034-app.apps.googleusercontent.com", "GOCSPX-a-secret", "error=access_denied reason= ", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", "Token has been expired or revoked."),
		// What has expired already, goth does not take.
		"is given a token that has expired": func(g *guest) {
			g.expired()
			g.signIn("/login", true)
			g.sees("The sign-in failed: Invalid token received from provider")
		},
	})
}

func gothGitHub() foreign {
	return goth("github", "Iv1.0123456789abcdef", "0123456789abcdef0123456789abcdef01234567", "error=access_denied reason=The user has denied your application access.", map[string]func(*guest){
		"has a token that does not expire": lasting(400 * day),
		"tells that the user took it back": revoked("GitHub API responded with a 401 trying to fetch user information"),
	})
}

func gothFacebook() foreign {
	const refused = "facebook responded with a 400 trying to fetch user information"
	return goth("facebook", "1234567890123456", "0123456789abcdef0123456789abcdef", "error=access_denied reason=Permissions error", map[string]func(*guest){
		"signs in again when the token has expired": lapsed(61*day, refused),
		"tells that the user took it back":          revoked(refused),
	})
}

func gothMicrosoft() foreign {
	return goth("microsoft", "00001111-aaaa-2222-bbbb-3333cccc4444", "a8Q~secret", "error=access_denied reason=AADSTS65004", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", "AADSTS50173: "),
	})
}

// gothApple asks for a profile nowhere: that a token has expired shows where it
// is refreshed, as the app does at each visit.
func gothApple(t *testing.T) foreign {
	t.Helper()
	f := goth("apple", "test.example.app", "", "error=user_cancelled_authorize reason= ", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", ""),
	})
	f.env = []string{"APPLE_TEAM_ID=TEAM123456", "APPLE_KEY_ID=" + appleKeyID}
	f.secret, f.keys = applePEM(t)
	return f
}

func gothGitLab() foreign {
	return goth("gitlab", "0123456789abcdef", "gloas-secret", "error=access_denied reason=The resource owner or authorization server denied the request.", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(121 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", "The provided authorization grant is invalid"),
	})
}

// gothSlack takes for a user without a name what Slack refuses with status 200.
func gothSlack() foreign {
	return goth("slack", "1234567890.1234567890", "0123456789abcdef", "error=access_denied reason= ", map[string]func(*guest){
		"has a token that does not expire": lasting(400 * day),
		"tells that the user took it back": revoked("slack names no user"),
	})
}

func gothDiscord() foreign {
	return goth("discord", "123456789012345678", "discord-secret", "error=access_denied reason=The resource owner or authorization server denied the request", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(8 * day),
		"tells that the user took it back":   ended("invalid_grant", `Invalid "refresh_token" in request.`),
	})
}

func gothLinkedIn() foreign {
	const refused = "linkedin responded with a 401 trying to fetch user profile"
	return goth("linkedin", "0123456789abcd", "WPL_AP1.secret", "error=user_cancelled_authorize reason=The user cancelled the authorization", map[string]func(*guest){
		"signs in again when the token has expired": lapsed(61*day, refused),
		"tells that the user took it back":          revoked(refused),
	})
}

func gothSpotify() foreign {
	return goth("spotify", "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210", "error=access_denied reason= ", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", "Refresh token revoked"),
	})
}

func gothAuth0() foreign {
	f := goth("auth0", "0123456789abcdefghijklmnopqrstuv", "auth0-secret", "error=access_denied reason=User did not authorize the request", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(25 * time.Hour),
		"tells that the user took it back":   ended("invalid_grant", "Unknown or invalid refresh token."),
	})
	f.env = []string{"AUTH0_DOMAIN=tenant.us.auth0.com"}
	return f
}

func gothOkta() foreign {
	f := goth("okta", "0oa0123456789abcdefg", "okta-secret", "error=access_denied reason=The resource owner or authorization server denied the request.", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", "The refresh token is invalid or expired."),
	})
	f.env = []string{"OKTA_ORG=https://org.okta.com"}
	return f
}

// gothKeycloak is goth's provider of OpenID Connect: it is told of the realm, and
// discovers the rest.
func gothKeycloak() foreign {
	f := goth("keycloak", "the-app", "keycloak-secret", "error=access_denied reason= ", map[string]func(*guest){
		"refreshes a token that has expired":          refreshed(6 * time.Minute),
		"signs in again when the session has expired": lapsed(40*time.Minute, refusal("invalid_grant", "Token is not active")),
		"tells that the user took it back":            ended("invalid_grant", "Session not active"),
	})
	f.env = []string{"KEYCLOAK_REALM=https://keycloak.example.com/realms/staff"}
	return f
}

func gothCognito() foreign {
	f := goth("cognito", "0123456789abcdefghijklmnop", "cognito-secret", "error=access_denied reason= ", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   ended("invalid_grant", ""),
	})
	f.env = []string{"COGNITO_DOMAIN=https://example.auth.us-east-1.amazoncognito.com"}
	return f
}

// refusal is how goth tells that a refresh is refused, with a description that
// begins so.
func refusal(code, description string) string {
	text := fmt.Sprintf("oauth2: %q", code)
	if description != "" {
		text += " " + strings.TrimSuffix(strconv.Quote(description), `"`)
	}
	return html.EscapeString(text)
}

// ended expects of the app that it tells why its refresh is refused, when the
// user took the permission back.
func ended(code, description string) func(*guest) { return revoked(refusal(code, description)) }

// refreshed expects of the app that it goes on when its token has expired.
func refreshed(after time.Duration) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		before := g.refreshed()
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("alice@example.com")
		if got := g.refreshed() - before; got != 1 {
			g.t.Errorf("%d refreshes, want 1", got)
		}
	}
}

// behindProxy starts a provider that is met under its persona's own host names,
// by whoever is told of the proxy and trusts its authority.
func behindProxy(t *testing.T, base persona.Persona) *guest {
	t.Helper()
	authority, file := authorityFile(t, append([]string{"localhost"}, base.Dialect.Hosts()...)...)
	host, err := mockprovider.NewHost(mockprovider.HostOptions{BaseURL: "https://localhost", Authority: authority, Defaults: setup.Setup{Provider: base}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: host, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }() // ends with Close
	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	wire := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}, Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "https" {
			return proxy, nil
		}
		return nil, nil // the app itself
	}}
	op, _ := host.Issuer("")
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		_, _ = host.Close(), server.Close()
		if t.Failed() {
			t.Logf("the journal of %s\n%s", base.Name, op.Journal().Text())
		}
	})
	return &guest{t: t, op: op, wire: wire, proxy: []string{"HTTPS_PROXY=" + proxy.String(), "SSL_CERT_FILE=" + file}}
}
