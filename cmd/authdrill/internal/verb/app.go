package verb

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
)

// appFlags are those of the bundled client app.
type appFlags struct {
	port  int
	none  bool
	scope string
	api   string
	bugs  []string
	other string           // a second issuer, at which it is registered in the same way
	now   func() time.Time // the issuer's clock, where it is in this process
	log   io.Writer        // gets its log; nil is nobody
	http  *http.Client     // that trusts the issuer's certificate, where only it does
}

func (a *appFlags) define(f *setting.Flags) {
	f.Number(&a.port, "client-port", "N", "port of the client app; 0 is a free one")
	f.Boolean(&a.none, "no-client", "serve the provider alone")
}

// checkPort finds a port of an app that is not wanted, once the settings were read.
func (a *appFlags) checkPort(f *setting.Flags) error {
	if !a.none || !f.Yields("client-port", "no-client") {
		return nil
	}
	port, none := f.Word("client-port", ""), f.Word("no-client", "client-port")
	return f.Placed("client-port", 0, failure.Usage("leave one of them out", "%s is the port of the client app, and %s leaves the app out", port, none))
}

// running is the client app, listening. One that was not wanted has no url and
// never ends.
type running struct {
	url     string
	address net.Addr // where it listens
	server  *http.Server
	ended   chan error
}

// start lets the app listen where the provider does.
func (a *appFlags) start(p *site.Flags, issuer, id, secret string) (*running, error) {
	if a.none {
		return &running{}, nil
	}
	listener, err := socket.Listen(p.Host, a.port, "client-port", p.AllowNonLoopback)
	if err != nil {
		return nil, err
	}
	r := &running{url: "http://" + socket.Dialable(p.Host, listener.Addr()), address: listener.Addr(), ended: make(chan error, 1)}
	app, err := a.app(r.url, issuer, id, secret, socket.Lower(p.AllowHost))
	if err != nil {
		_ = listener.Close()
		return nil, failure.Usage("", "%s", strings.TrimPrefix(err.Error(), "client: "))
	}
	r.server = mockprovider.NewServer(app)
	go func() { r.ended <- r.server.Serve(listener) }()
	return r, nil
}

// app is the web app around the client. What cannot work is an error now; the
// pages are made when they are first asked for, and cost a start nothing.
func (a *appFlags) app(url, issuer, id, secret string, hosts []string) (http.Handler, error) {
	cfg := client.Config{
		Issuer: issuer, ClientID: id, ClientSecret: secret, RedirectURL: url + "/callback",
		Scopes: strings.Fields(a.scope), Now: a.now, HTTPClient: a.http,
	}
	config := app.Config{APIURL: a.api, AllowedHosts: hosts, Log: a.log}
	if a.other != "" {
		config.Second = &client.Config{Issuer: a.other, ClientID: id, ClientSecret: secret}
	}
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{"openid", "profile", "email", "offline_access"}
	}
	if _, err := mutant.New(cfg, a.bugs...); err != nil {
		return nil, err
	}
	made := sync.OnceValue(func() http.Handler {
		config.Config = cfg
		app, err := mutant.NewApp(config, a.bugs...)
		if err != nil {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			})
		}
		return app
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { made().ServeHTTP(w, r) }), nil
}

// close lets running requests end. What ended by being told to is no error.
func (r *running) close() error {
	if r.server == nil {
		return nil
	}
	err := site.Shutdown(r.server)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
