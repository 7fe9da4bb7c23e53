// Package clientapp runs the bundled client app on a port of its own, against an issuer.
// Flags.Start returns the App.
package clientapp

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Flags are those of the bundled client app.
type Flags struct {
	Port  int
	None  bool
	Scope string
	API   string
	Bugs  []string
	Other string           // a second issuer, at which it is registered in the same way
	Now   func() time.Time // the issuer's clock, where it is in this process
	Log   io.Writer        // gets its log, if it is not nil
	HTTP  *http.Client     // that trusts the issuer's certificate, where only it does
}

// Define adds the flags to those of a verb.
func (a *Flags) Define(f *setting.Flags) {
	f.Number(&a.Port, "client-port", "N", "port of the client app; 0 is a free one")
	f.Boolean(&a.None, "no-client", "serve only the provider")
}

// CheckPort finds a port of an app that is not wanted, once the settings were read.
func (a *Flags) CheckPort(f *setting.Flags) error {
	if !a.None || !f.Yields("client-port", "no-client") {
		return nil
	}
	port, none := f.Word("client-port", ""), f.Word("no-client", "client-port")
	return f.Placed("client-port", 0, failure.Usage("leave one of them out", "%s is the port of the client app, and %s leaves the app out", port, none))
}

// App is the client app, listening. One that was not wanted has no url and
// never ends.
type App struct {
	URL     string
	Address net.Addr // where it listens
	server  *http.Server
	Ended   chan error
}

// Start lets the app listen where the provider does.
func (a *Flags) Start(p *site.Flags, issuer, id, secret string) (*App, error) {
	if a.None {
		return &App{}, nil
	}
	listener, err := socket.Listen(p.Host, a.Port, "client-port", p.AllowNonLoopback)
	if err != nil {
		return nil, err
	}
	r := &App{URL: "http://" + socket.Dialable(p.Host, listener.Addr()), Address: listener.Addr(), Ended: make(chan error, 1)}
	app, err := a.app(r.URL, issuer, id, secret, socket.Lower(p.AllowHost))
	if err != nil {
		_ = listener.Close()
		return nil, failure.Usage("", "%s", strings.TrimPrefix(err.Error(), "client: "))
	}
	r.server = mockprovider.NewServer(app)
	go func() { r.Ended <- r.server.Serve(listener) }()
	return r, nil
}

// app is the web app around the client. What cannot work is an error now; the
// pages are made when they are first asked for, and cost a start nothing.
func (a *Flags) app(url, issuer, id, secret string, hosts []string) (http.Handler, error) {
	cfg := client.Config{
		Issuer: issuer, ClientID: id, ClientSecret: secret, RedirectURL: url + "/callback",
		Scopes: strings.Fields(a.Scope), Now: a.Now, HTTPClient: a.HTTP,
	}
	config := app.Config{APIURL: a.API, AllowedHosts: hosts, Log: a.Log}
	if a.Other != "" {
		config.Second = &client.Config{Issuer: a.Other, ClientID: id, ClientSecret: secret}
	}
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{"openid", "profile", "email", "offline_access"}
	}
	if _, err := mutant.New(cfg, a.Bugs...); err != nil {
		return nil, err
	}
	made := sync.OnceValue(func() http.Handler {
		config.Config = cfg
		app, err := mutant.NewApp(config, a.Bugs...)
		if err != nil {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			})
		}
		return app
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { made().ServeHTTP(w, r) }), nil
}

// Close lets running requests end. A server that ended because of Close is not an
// error.
func (r *App) Close() error {
	if r.server == nil {
		return nil
	}
	err := site.Shutdown(r.server)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Check finds what no request of the client app can have.
func (a *Flags) Check() error {
	var wrong failure.List
	for _, scope := range strings.Fields(a.Scope) {
		if err := protocol.CheckScope(scope); err != nil {
			wrong.Add(failure.Usage("", "--scope: %w", err))
		}
	}
	if a.API != "" {
		wrong.Add(setting.CheckURL("api-url", a.API))
	}
	if a.Other != "" {
		wrong.Add(setting.CheckIssuer("second-issuer", a.Other))
	}
	return wrong.Err()
}
