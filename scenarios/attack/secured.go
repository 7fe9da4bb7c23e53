package attack

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// aboutTLS reports whether an entry needs a provider that is reached over TLS.
func aboutTLS(e *catalog.Entry) bool { return e.TLS != "" || slices.Contains(e.Needs, "tls") }

// workSecurely plays the entries about TLS against an instance of the app that
// was started anew, with an issuer of https and an authority that it is to
// trust. Where it does not, not even for a good certificate, nothing is said.
func (c *campaign) workSecurely(ctx context.Context, first *worker, entries []*catalog.Entry) {
	if len(entries) == 0 || ctx.Err() != nil {
		return
	}
	why := ""
	w := first
	if c.App.Start != nil {
		first.leave() // its port may be the only one
		var err error
		if w, err = c.hireSecurely(ctx, first); err != nil {
			why = "the app does not start with an issuer of https: " + err.Error()
		} else {
			defer w.leave()
			why = trusted(ctx, w)
		}
	}
	for _, e := range entries {
		switch {
		case ctx.Err() != nil:
			return
		case why != "" && e.Runnable():
			f := finding(e.Scenario).Unexercised(why)
			f.Expected = slices.Contains(c.Expected, e.ID)
			c.record(ctx, e, f)
		default:
			c.record(ctx, e, w.play(ctx, e))
		}
	}
}

// trusted says why a plain sign-in does not work over TLS with a good
// certificate, "" where it does.
func trusted(ctx context.Context, w *worker) string {
	why := w.site.PlainSignIn(ctx, "calibration")
	if why == "" {
		w.site.Reset()
		return ""
	}
	return "the app does not sign in over TLS with a good certificate of our own authority (" + why + "): " +
		"it has to trust the file ${ca_file}, which SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and REQUESTS_CA_BUNDLE name in its environment"
}

// hireSecurely makes a worker whose provider is reached over TLS.
func (c *campaign) hireSecurely(ctx context.Context, first *worker) (w *worker, err error) {
	place, err := secure(c.wall.Now())
	if err != nil {
		return nil, err
	}
	w = &worker{campaign: c, traits: maps.Clone(first.traits), place: place}
	defer func() {
		if err != nil {
			w.leave()
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
		Transport: place.browser(), Restart: w.restart, Chromium: c.Chromium, Latency: first.site.Latency, FailurePage: first.site.FailurePage,
		Secrets: c.hidden,
	}
	w.names = names(p, second)
	w.site.LearnSecrets()
	if w.names["port"], err = freePort(); err != nil {
		return nil, err
	}
	if w.names["ca_file"], err = written(place.authority.PEM()); err != nil {
		return nil, err
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		w.env = append(w.env, name+"="+w.names["ca_file"])
	}
	return w, w.start(ctx)
}

// written puts a certificate where a program finds it, until the worker leaves.
func written(certificate []byte) (string, error) {
	f, err := os.CreateTemp("", "authdrill-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.Write(certificate)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name()) // what is left of it is of no use
		return "", err
	}
	return filepath.Abs(f.Name()) // the app may change its folder
}
