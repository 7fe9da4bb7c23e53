package attack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/process"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Bench plays entries of the catalogue against the bundled client app, in memory and in
// virtual time. It proves that the strict client passes, and that the client with the
// bug that an entry names fails.
type Bench struct {
	browser *chromium.Chromium // nil is the scripted one

	host    *mockprovider.Host
	seed    uint64
	issuers atomic.Int64
}

const (
	benchIssuers = "http://127.0.0.1:9400"
	benchApp     = "http://127.0.0.1:9401"
	benchTimeout = 10 * time.Second
	benchWithin  = 10 * time.Minute // its clock is virtual, and a busy machine slow
)

// NewBench makes a bench whose random numbers follow from a seed.
func NewBench(seed uint64) (*Bench, error) {
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: benchIssuers, Seed: &seed})
	if err != nil {
		return nil, err
	}
	return &Bench{host: host, seed: seed}, nil
}

// Close closes the bench's issuers.
func (b *Bench) Close() error { return b.host.Close() }

// Play plays one variant of an entry, or one that has none, against a bundled app of
// its own with the given bugs. An entry that is planned, or that needs what a bench
// does not have, is not exercised.
func (b *Bench) Play(ctx context.Context, e *drill.Scenario, mutants ...string) result.Result {
	f := newFinding(e)
	switch {
	case e.Planned != "":
		return engine.Unexercised(f, "planned: "+e.Planned)
	case webapp.NeedsBrowser(e) && b.browser == nil:
		return engine.Unexercised(f, webapp.WithoutBrowser)
	case e.Example != "":
		return b.runExample(ctx, f, e, mutants)
	}
	s, end, err := b.newSite(e, mutants)
	if err != nil {
		return engine.Invalid(f, err.Error())
	}
	defer end()
	stopwatch := clock.Running()
	start := stopwatch.Now()
	f = engine.Drill(ctx, benchWithin, e, webapp.NewSubject(e, s), f)
	f.Duration = stopwatch.Now().Sub(start)
	return makePrintable(f)
}

// runExample runs the example scenario that an entry names.
func (b *Bench) runExample(ctx context.Context, f result.Result, e *drill.Scenario, mutants []string) result.Result {
	all, err := scenarios.Load(ctx, scenarios.Examples(), nil)
	if err != nil {
		return engine.Invalid(f, err.Error())
	}
	all = slices.DeleteFunc(all, func(s *drill.Scenario) bool {
		return s.Name != e.Example && !strings.HasPrefix(s.Name, e.Example+" [")
	})
	if len(all) == 0 {
		return engine.Invalid(f, fmt.Sprintf("unknown example scenario %q", e.Example))
	}
	results := scenarios.Run(ctx, all, scenarios.Options{Seed: b.seed, Parallel: 1, Mutants: mutants})
	if len(results) < len(all) {
		return engine.Invalid(f, "its scenario did not end in time")
	}
	f.Verdict = result.Pass
	for _, r := range results {
		f.Messages = append(f.Messages, r.Messages...)
		if !r.Outcome.Good() {
			f.Verdict, f.Reason = result.FailRobustness, engine.FirstFailure(r)
			f.Witnesses = append(f.Witnesses, result.Witness{Name: "app", Saw: f.Reason})
		}
	}
	return f
}

// newSite makes an issuer, and an app that signs in there.
func (b *Bench) newSite(e *drill.Scenario, mutants []string) (*webapp.Site, func(), error) {
	if e.TLS != "" {
		return b.newTLSSite(e, mutants)
	}
	n := b.issuers.Add(1)
	name := fmt.Sprintf("x.%d/%s", n, e.Key)
	at := e.Bundled
	if at == nil {
		at = &drill.Bundled{}
	}
	initial := setup.Setup{
		Clock:   clock.Epoch().Format(time.RFC3339),
		Clients: map[string]*store.Client{setup.ClientID: bundledClient(at)},
	}
	s := &webapp.Site{Virtual: true, ClientID: setup.ClientID, App: bundledApp(), Chromium: b.browser}
	var err error
	if s.Providers[0], err = b.host.Create(name, initial); err != nil {
		return nil, nil, err
	}
	if slices.Contains(e.Needs, "two_issuers") {
		if s.Providers[1], err = b.host.Create(name+"-second", initial); err != nil {
			return nil, nil, err
		}
	}
	c := s.Provider().Clock()
	s.Now, s.Sleep = c.Now, c.Sleep
	wire := &webapp.Hosts{Handlers: map[string]http.Handler{}, Next: b.host.HTTPClient().Transport}
	s.Transport = wire
	cfg := bundledConfig(s, at)
	patient := bundled.Patient(wire, c.Now, benchTimeout)
	cfg.HTTPClient, s.LongestWait = &http.Client{Transport: patient}, patient.Longest
	cfg.Random = bundled.Random(b.seed, "app of "+name)
	app, err := mutant.NewApp(cfg, mutants...)
	if err != nil {
		return nil, nil, err
	}
	wire.Handlers["127.0.0.1:9401"] = app
	return s, func() {
		b.host.Delete(name)
		b.host.Delete(name + "-second")
	}, nil
}

// bundledClient returns the bundled client as the provider has it registered.
func bundledClient(at *drill.Bundled) *store.Client {
	return &store.Client{Secret: at.Secret, AuthMethod: at.AuthMethod, IDTokenAlg: at.IDTokenAlg, UserinfoAlg: at.UserinfoAlg, ResponseTypes: []protocol.ResponseType{"code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"}, PostLogoutRedirectURIs: []string{benchApp + "/signed-out"}}
}

// bundledApp returns the description of the bundled app.
func bundledApp() *target.App {
	return &target.App{
		BaseURL: benchApp, Login: &target.Page{URL: "/login"}, SecondLogin: &target.Page{URL: "/login?provider=second"}, Logout: &target.Page{URL: "/logout", Method: http.MethodPost},
		WhoAmI: &target.Probe{URL: "/whoami", Account: "account"}, Callback: "/callback", ReturnToParam: "return_to",
		LocalAccount: &target.LocalAccount{Register: &target.Page{URL: "/register"}, Login: &target.Page{URL: "/password"}},
		API:          &target.Page{URL: "/api", NeedsScope: "email"}, Admin: &target.Page{URL: "/admin"}, Health: "/healthz", LogoutTokenEndpoint: "/backchannel_logout",
	}
}

// bundledConfig returns the configuration of the bundled app for an entry.
func bundledConfig(s *webapp.Site, at *drill.Bundled) app.Config {
	issuer := s.Provider().Issuer()
	c := app.Config{APIURL: issuer + "/resource/me", LocalAccounts: true}
	c.Issuer, c.ClientID, c.ClientSecret = issuer, s.ClientID, s.Provider().Client().Secret
	log := &process.Output{Limit: webapp.LogLimit}
	c.Log, s.Logs = log, []webapp.Log{log}
	c.RedirectURL = benchApp + "/callback"
	c.Scopes = strings.Fields(cmp.Or(at.Scope, "openid profile email offline_access"))
	c.AuthMethod, c.IDTokenSignedResponseAlg, c.UserInfoSignedResponseAlg = string(at.AuthMethod), string(at.IDTokenAlg), string(at.UserinfoAlg)
	c.ResponseType, c.ResponseMode = string(at.ResponseType), string(at.ResponseMode)
	c.Authorize.MaxAge = at.MaxAge
	if at.ACR != "" {
		c.Authorize.Claims, _ = json.Marshal(map[string]any{"id_token": map[string]any{"acr": map[string]any{"essential": true, "value": at.ACR}}}) // texts always encode
	}
	if second := s.Providers[1]; second != nil {
		c.Second = &client.Config{Issuer: second.Issuer(), ClientID: s.ClientID, ClientSecret: second.Client().Secret}
	}
	c.Timeout, c.Now, c.Sleep = benchTimeout, s.Now, s.Sleep
	c.MaxRetries, c.HonorRetryAfter = at.Retry, true
	return c
}
