package site

import (
	"crypto/rand"
	"net"
	"net/http"
	"regexp"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider"
)

// controlFlags say who reaches the control API and the consoles, and where.
type controlFlags struct {
	token string
	port  int
}

const samePort = -1 // the control API has no port of its own

func (c *controlFlags) define(f *setting.Flags) {
	c.port = samePort
	f.Text(&c.token, "control-token", "TOKEN", "ask for this token at everything below /_/; made and printed where other machines reach it and none is given")
	f.Number(&c.port, "control-port", "N", "serve the control API and the consoles on a port of their own, on 127.0.0.1 only; 0 is a free one")
}

// control is the control API where it has a port of its own; the zero value where
// it has not.
type control struct {
	Token    string
	url      string
	listener net.Listener
	server   *http.Server
}

// open listens where the control API is to have a port of its own, and makes sure
// that there is a token where other machines reach it.
func (c *controlFlags) open(provider net.Listener) (*control, error) {
	if c.token != "" && !regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`).MatchString(c.token) {
		return nil, failure.Usage("openssl rand -hex 16 makes one", "invalid control token: want letters, digits and - . _ ~ + / only, as a bearer token has them (RFC 6750 section 2.1)")
	}
	out := &control{Token: c.token}
	bound := provider
	if c.port != samePort {
		listener, err := socket.Listen("127.0.0.1", c.port, "control-port", false)
		if err != nil {
			return nil, err
		}
		out.listener, out.url, bound = listener, "http://"+listener.Addr().String(), listener
	}
	if address, ok := bound.Addr().(*net.TCPAddr); out.Token == "" && (!ok || !address.IP.IsLoopback()) {
		out.Token = rand.Text()
	}
	return out, nil
}

// serve begins to answer on the port of its own, where there is one.
func (c *control) serve(host *mockprovider.Host, ended chan<- error) {
	if c.listener == nil {
		return
	}
	c.server = mockprovider.NewServer(host.Control())
	go func() { ended <- c.server.Serve(c.listener) }()
}

func (c *control) close() error {
	if c.server == nil {
		return nil
	}
	return Shutdown(c.server)
}

// stopListening stops listening before anything was served.
func (c *control) stopListening() {
	if c.listener != nil {
		_ = c.listener.Close()
	}
}
