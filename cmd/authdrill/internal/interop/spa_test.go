package interop

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const spaFolder = "node-spa"

// spa is a browser SDK and what is done with it, in a real browser, on pages of
// http://localhost; its provider is on another site, over TLS.
type spa struct {
	library  string
	persona  string         // none: what the specifications say
	page     string         // of spaFolder
	redirect []string       // further pages that are redirect URIs
	settings map[string]any // of the page
	blocked  bool           // the browser lets no other site than that of the page have cookies
	plainAt  string         // host name of the provider, which then has no TLS

	// What the usual cases are told.
	ready      string         // what the page says once it can be used, where it says so
	popup      bool           // it signs in in a window of its own too
	userinfo   bool           // it asks for the user info
	offline    map[string]any // settings with which it has a refresh token
	silent     step           // how it renews without a page
	signedOut  string         // what it says when the user has signed out
	afterwards string         // what it says when it then renews without a page
	denied     string         // what it says when the user declines
	forged     fault.Tamper   // of the ID token, which it refuses
	refused    string         // what it then says

	cases map[string]func(visit *visit) // other ones than the usual, by the words of the table
}

const (
	nowhere    = "127.0.0.1:9" // the proxy where none is needed: nothing else is to be asked
	spaClient  = "spa"
	spaSignsIn = "signed in as alice@example.com"
)

// browserClients are SDKs for single-page apps.
func browserClients() []client {
	var out []client
	for _, s := range []spa{oidcClientTS(), auth0SPA(), oktaAuthJS(), keycloakJS(), msalBrowser(), amplify()} {
		out = append(out, client{
			library: s.library, language: "JavaScript in Chromium", folder: spaFolder, persona: s.persona, named: s.persona != "",
			cases: slices.DeleteFunc(words(), func(word string) bool { return s.played()[word] == nil }), begin: s.begin,
		})
	}
	return out
}

// begin starts what the cases share, and returns what plays one of them.
func (s spa) begin(t *testing.T) func(t *testing.T, word string) (version string) {
	site := s.site(t)
	return func(t *testing.T, word string) string {
		must(t, site.op.Reset()) // a provider that has never seen her
		site.forget()
		v := &visit{T: t, site: site, spa: s, person: site.browser.newPerson(t)}
		s.played()[word](v)
		return v.version
	}
}

// site is an app, its provider, and the browser that both are used with.
type site struct {
	*pages
	op      *mockprovider.Provider
	browser *browser
}

// site starts them. The client has no secret, and no other redirect URIs than the
// app's pages.
func (s spa) site(t *testing.T) *site {
	t.Helper()
	p := servePages(t)
	known := store.Client{ID: spaClient}
	for _, page := range append([]string{s.page}, s.redirect...) {
		known.RedirectURIs = append(known.RedirectURIs, p.origin+page)
	}
	known.PostLogoutRedirectURIs = []string{p.origin + s.page}
	switch {
	case s.persona != "":
		return s.named(t, p, known)
	case s.plainAt != "":
		return s.plain(t, p, known)
	}
	ca, err := certificate.New(clock.Machine(), "127.0.0.1")
	must(t, err)
	op := mockprovider.Start(t, func(o *mockprovider.Options) { o.Authority = ca }, mockprovider.WithClient(known))
	return &site{pages: p, op: op, browser: startBrowser(t, s.blocked, nowhere, keyOf(t, ca))}
}

// plain starts a provider without TLS, under a host name of this machine.
func (s spa) plain(t *testing.T, p *pages, known store.Client) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	op, err := mockprovider.New(func(o *mockprovider.Options) { o.BaseURL = "http://" + net.JoinHostPort(s.plainAt, port) }, mockprovider.WithClient(known))
	must(t, err)
	server := &http.Server{Handler: op, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _, _ = op.Close(), server.Close() })
	return &site{pages: p, op: op, browser: startBrowser(t, s.blocked, nowhere, "")}
}

// named starts a persona under the real host names of its provider, to which a
// proxy leads the browser.
func (s spa) named(t *testing.T, p *pages, known store.Client) *site {
	t.Helper()
	base, err := persona.Named(s.persona)
	must(t, err)
	n := underRealNames(t, setup.Setup{Provider: base, Clients: map[string]*store.Client{known.ID: &known}})
	return &site{pages: p, op: n.op, browser: startBrowser(t, s.blocked, n.proxy, keyOf(t, n.authority))}
}

// keyOf returns the digest of the public key of an authority's certificate, which is
// what Chromium can be told to trust.
func keyOf(t *testing.T, a *certificate.Authority) string {
	t.Helper()
	server, err := a.Server().GetConfigForClient(nil)
	must(t, err)
	parsed, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
	must(t, err)
	sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// visited is a visit to a site of its own, for a test that is no case of a client.
func (s spa) visited(t *testing.T) *visit {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	commandtest.Installed(t, spaFolder)
	t.Parallel()
	site := s.site(t)
	return &visit{T: t, site: site, spa: s, person: site.browser.newPerson(t)}
}

// visit is a person at the app's page.
type visit struct {
	*testing.T
	*site
	spa     spa
	person  *person
	at      *tab
	version string // of the library, once the page has said it
}

// open opens the page with settings in addition to those of the SDK.
func (v *visit) open(settings map[string]any) {
	v.Helper()
	v.settings = maps.Clone(v.spa.settings)
	if v.settings == nil {
		v.settings = map[string]any{}
	}
	v.settings["clientID"] = spaClient
	if v.spa.persona == "" {
		v.settings["issuer"] = v.op.Issuer()
	}
	maps.Copy(v.settings, settings)
	v.at = v.person.open(v.origin + v.spa.page)
	said := v.hears(v.T, "library "+v.spa.library+` \S+`)
	v.version = strings.TrimPrefix(said, "library "+v.spa.library+" ")
}

// press presses a button of the page, and waits for its outcome.
func (v *visit) press(button, outcome string) {
	v.Helper()
	_, err := v.at.evaluate(v.Context(), `document.getElementById("`+button+`").click()`)
	must(v.T, err)
	v.hears(v.T, button+": "+outcome)
}

// again is another person at a provider that has seen nobody.
func (v *visit) again() {
	v.Helper()
	must(v.T, v.op.Reset())
	v.person = v.browser.newPerson(v.T)
}

// tamper falsifies each ID token from now on.
func (v *visit) tamper(with fault.Tamper) {
	v.Helper()
	always := 0
	_, err := v.op.Fault(fault.Fault{On: "id_token", Times: &always, Tamper: &with})
	must(v.T, err)
}
