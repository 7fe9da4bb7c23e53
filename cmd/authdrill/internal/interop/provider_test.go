package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// patience is how long a program may take for a case, on a busy machine.
const patience = 2 * time.Minute

const callback = "http://localhost:8123/callback" // nothing listens there

// provider is what one case of one client meets. It knows the client, and signs
// alice in without a page.
type provider struct {
	*mockprovider.Provider
	env     []string     // leads a process there, and lets it trust the authority
	browser *agent.Agent // of a user elsewhere
}

// start starts the provider of a case, with the fault that the case is about.
func (c client) start(t *testing.T, word string) *provider {
	t.Helper()
	var base persona.Persona
	if c.persona != "" {
		var err error
		if base, err = persona.Named(c.persona); err != nil {
			t.Fatal(err)
		}
	}
	if word == device {
		base.DeviceCode.Interval = clock.Duration(time.Second) // the program waits in earnest
	}
	p := &provider{}
	switch {
	case c.named:
		n := underRealNames(t, setup.Setup{Provider: base})
		p.Provider, p.env, p.browser = n.op, n.env, &agent.Agent{Transport: n.wire}
	case c.tls:
		authority, trust := trusted(t)
		p.Provider, p.env = mockprovider.Start(t, mockprovider.WithProvider(base), func(o *mockprovider.Options) { o.Authority = authority }), trust
		p.browser = &agent.Agent{Transport: p.HTTPClient().Transport}
	default:
		p.Provider = mockprovider.Start(t, mockprovider.WithProvider(base))
		p.browser = &agent.Agent{}
	}
	known := store.Client{ID: c.clientID(), Secret: secret, Name: "The App", RedirectURIs: []string{c.redirectURI()}, PostLogoutRedirectURIs: []string{"http://localhost:8123/"}}
	if c.public {
		known.Secret, known.AuthMethod = "", "none"
	}
	if err := p.SetClient(known); err != nil {
		t.Fatal(err)
	}
	p.AutoSignIn("alice")
	if c.set != nil {
		c.set(t, p)
	}
	for _, f := range faults(word) {
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

const secret = "interop-Secret-0123456789-abcdefghijklmnop" // long enough for HS256

func (c client) clientID() string {
	if c.id == "" {
		return "app"
	}
	return c.id
}

func (c client) redirectURI() string {
	if c.redirect == "" {
		return callback
	}
	return c.redirect
}

// faults is what goes wrong in a case where the library is to refuse.
func faults(word string) []fault.Fault {
	switch word {
	case denial:
		return []fault.Fault{{At: "authorization_endpoint", Refuse: "authorize.user_denied"}}
	case tampered:
		return []fault.Fault{{On: "id_token", Tamper: &fault.Tamper{Signature: "corrupt"}}}
	default:
		return nil
	}
}

// trusted is an authority, and the variables by which a process of any language
// trusts it.
func trusted(t *testing.T, hosts ...string) (*certificate.Authority, []string) {
	t.Helper()
	authority, err := certificate.New(clock.Machine(), hosts...)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(file, authority.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"CA_FILE=" + file}
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "PERL_LWP_SSL_CA_FILE"} {
		env = append(env, name+"="+file)
	}
	return authority, env
}

// java is the environment in which a JVM trusts the authority of env: it reads no
// PEM, so keytool puts it into a store.
func java(t *testing.T, env []string) string {
	t.Helper()
	var file, proxy string
	for _, v := range env {
		if len(v) > 8 && v[:8] == "CA_FILE=" {
			file = v[8:]
		}
		if len(v) > 11 && v[:11] == "JAVA_PROXY=" {
			proxy = v[11:] + " "
		}
	}
	if file == "" {
		return ""
	}
	trust := filepath.Join(t.TempDir(), "trust.p12")
	keytool := exec.CommandContext(t.Context(), "keytool", "-importcert", "-noprompt", "-storetype", "PKCS12", "-storepass", "changeit", "-alias", "authority", "-file", file, "-keystore", trust)
	if out, err := keytool.CombinedOutput(); err != nil {
		t.Fatalf("keytool: %v: %s", err, out)
	}
	return proxy + "-Djavax.net.ssl.trustStore=" + trust + " -Djavax.net.ssl.trustStorePassword=changeit"
}

// jwtTokens lets access tokens be JWTs (RFC 9068).
func jwtTokens(t *testing.T, p *provider) {
	t.Helper()
	if err := p.Set(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt"}}); err != nil {
		t.Fatal(err)
	}
}
