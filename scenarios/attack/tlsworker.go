package attack

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// needsTLS reports whether an entry needs a provider that is reached over TLS.
func needsTLS(e *catalog.Entry) bool { return e.TLS != "" || slices.Contains(e.Needs, "tls") }

// playTLSEntries plays the entries about TLS against an instance of the app that was
// started anew, with an https issuer and an authority to trust. Where the app does not
// even trust a good certificate, the entries are not exercised.
func (c *campaign) playTLSEntries(ctx context.Context, first *worker, entries []*catalog.Entry) {
	if len(entries) == 0 || ctx.Err() != nil {
		return
	}
	why := ""
	w := first
	if c.App.Start != nil {
		first.stop() // the app may have no other port
		var err error
		if w, err = c.startTLSWorker(ctx, first); err != nil {
			why = "the app does not start with an issuer of https: " + err.Error()
		} else {
			defer w.stop()
			why = w.learnOverTLS(ctx)
		}
	}
	for _, e := range entries {
		switch {
		case ctx.Err() != nil:
			return
		case why != "":
			f := engine.Unexercised(newFinding(e.Scenario), why)
			f.Expected = slices.Contains(c.Expected, e.ID)
			c.recordFinding(ctx, e, f)
		default:
			c.recordFinding(ctx, e, w.play(ctx, e))
		}
	}
}

// learnOverTLS says why a plain sign-in over TLS with a good certificate does not work,
// "" where it does, and learns whether the app asks for keys there.
func (w *worker) learnOverTLS(ctx context.Context) string {
	why := w.site.PlainSignIn(ctx, "calibration")
	if why == "" {
		if w.traits["jwks"] == unsignedOverHTTP {
			delete(w.traits, "jwks")
			w.unsigned = !hasRequest(w.site.Provider().Journal().Entries(), protocol.JWKSURI)
		}
		w.site.Reset()
		return ""
	}
	return "the app does not sign in over TLS with a good certificate of our own authority (" + why + "): " +
		"it has to trust the file ${ca_file}, which SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and REQUESTS_CA_BUNDLE name in its environment"
}

// startTLSWorker makes a worker whose provider is reached over TLS.
func (c *campaign) startTLSWorker(ctx context.Context, first *worker) (w *worker, err error) {
	place, err := listenTLS(c.wall.Now())
	if err != nil {
		return nil, err
	}
	w = &worker{campaign: c, traits: maps.Clone(first.traits), tls: place}
	defer func() {
		if err != nil {
			w.stop()
		}
	}()
	delete(w.traits, "tls")
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: place.issuer(), Defaults: c.Setup, Seed: &c.Seed})
	if err != nil {
		return nil, err
	}
	w.host = host
	second, err := host.Create("second", setup.Setup{})
	if err != nil {
		return nil, err
	}
	place.serve(host)
	p, _ := host.Issuer("")
	w.site = &webapp.Site{
		App: c.App, Providers: [2]*mockprovider.Provider{p}, ClientID: p.Client().ID, Now: c.wall.Now, Sleep: c.wall.Sleep,
		Transport: place.browserTransport(), Restart: w.restart, Chromium: c.browser, Latency: first.site.Latency,
		Secrets: c.secrets,
	}
	w.site.LearnFrom(first.site)
	w.placeholders = placeholdersFor(p, second)
	w.site.LearnSecrets()
	if w.placeholders["port"], err = freePort(); err != nil {
		return nil, err
	}
	if w.placeholders["ca_file"], err = writeCertificate(place.authority.PEM()); err != nil {
		return nil, err
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		w.env = append(w.env, name+"="+w.placeholders["ca_file"])
	}
	return w, w.start(ctx)
}

// writeCertificate writes a certificate to a file that exists until the worker stops.
func writeCertificate(certificate []byte) (string, error) {
	f, err := os.CreateTemp("", "authdrill-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.Write(certificate)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil { // an app that gives up root's rights reads it too
		_ = os.Remove(f.Name()) // an incomplete file is useless
		return "", err
	}
	return filepath.Abs(f.Name()) // the app may run in another folder
}
