package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestGoAppsForRealProviders lets goth sign in at the personas, by the URLs that
// are written in goth.
func TestGoAppsForRealProviders(t *testing.T) {
	atPersonas(t, gothGoogle(), gothGitHub(), gothFacebook(), gothMicrosoft(), gothApple(t))
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
		"tells that the user took it back":   revoked("oauth2: &#34;invalid_grant&#34; &#34;Token has been expired or revoked.&#34;"),
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
		"has a token that does not expire": func(g *guest) {
			g.signIn("/login", true)
			g.op.Clock().Advance(400 * day)
			g.open("/")
			g.sees("alice@example.test")
		},
		"tells that the user took it back": revoked("GitHub API responded with a 401 trying to fetch user information"),
	})
}

func gothFacebook() foreign {
	const refused = "facebook responded with a 400 trying to fetch user information"
	return goth("facebook", "1234567890123456", "0123456789abcdef0123456789abcdef", "error=access_denied reason=Permissions error", map[string]func(*guest){
		"signs in again when the token has expired": expires(61*day, refused),
		"tells that the user took it back":          revoked(refused),
	})
}

func gothMicrosoft() foreign {
	return goth("microsoft", "00001111-aaaa-2222-bbbb-3333cccc4444", "a8Q~secret", "error=access_denied reason=AADSTS65004", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   revoked("oauth2: &#34;invalid_grant&#34; &#34;AADSTS50173: "),
	})
}

// gothApple asks for a profile nowhere: that a token has expired shows where it
// is refreshed, as the app does at each visit.
func gothApple(t *testing.T) foreign {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f := goth("apple", "test.example.app", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "error=user_cancelled_authorize reason= ", map[string]func(*guest){
		"refreshes a token that has expired": refreshed(61 * time.Minute),
		"tells that the user took it back":   revoked("oauth2: &#34;invalid_grant&#34;"),
	})
	f.env = []string{"APPLE_TEAM_ID=TEAM123456", "APPLE_KEY_ID=ABC123DEFG"}
	f.keys, err = json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "ABC123DEFG", Algorithm: "ES256"}}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// refreshed expects of the app that it goes on when its token has expired.
func refreshed(after time.Duration) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		before := g.refreshed()
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("alice@example.test")
		if got := g.refreshed() - before; got != 1 {
			g.t.Errorf("%d refreshes, want 1", got)
		}
	}
}

// expires expects of the app that it says so when its token has expired.
func expires(after time.Duration, tells string) func(*guest) {
	return func(g *guest) {
		g.signIn("/login", true)
		g.op.Clock().Advance(after)
		g.open("/")
		g.sees("Please sign in again: " + tells)
	}
}

// behindProxy starts a provider that is met under its persona's own host names,
// by whoever is told of the proxy and trusts its authority.
func behindProxy(t *testing.T, base persona.Persona) *guest {
	t.Helper()
	authority, err := certificate.New(clock.Running().Now(), append([]string{"localhost"}, base.Dialect.Hosts()...)...)
	if err != nil {
		t.Fatal(err)
	}
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
	file := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, authority.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return &guest{t: t, op: op, wire: wire, proxy: []string{"HTTPS_PROXY=" + proxy.String(), "SSL_CERT_FILE=" + file}}
}
