package mockprovider

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// tunnels are the connections that a Host answers as a proxy: an application
// whose only setting is HTTPS_PROXY then meets the personas under the real host
// names, and changes no URL.
type tunnels struct {
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

// mostTunnels is how many tunnels a Host keeps open. They are no connections of
// the server any more, which has a bound of its own for those.
const mostTunnels = 256

// tunnel answers a CONNECT request (RFC 9110 section 9.3.6) for a host name and a
// port of a persona that is played, over TLS with the Host's own certificate. It
// passes nothing on: any other name, this machine's too, is refused at every port.
func (h *Host) tunnel(w http.ResponseWriter, r *http.Request) {
	played := h.byRealHost(r.Host)
	switch {
	case h.opts.Authority == nil:
		http.Error(w, "authdrill is a proxy for its personas only with --tls.", http.StatusMethodNotAllowed)
		return
	case played == nil:
		http.Error(w, "authdrill plays no persona with the host name "+origin.Hostname(r.Host)+", and passes nothing on: leave that host out with NO_PROXY.", http.StatusForbidden)
		return
	case !played.persona().Dialect.HasPort(r.URL.Port()):
		http.Error(w, "authdrill plays nothing at "+r.Host+", and passes nothing on: the persona with that host name is at port 443.", http.StatusForbidden)
		return
	}
	conn, sent, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This connection cannot be a tunnel.", http.StatusHTTPVersionNotSupported)
		return
	}
	_ = conn.SetDeadline(time.Time{})
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil || !h.tunnels.keep(conn) {
		_ = conn.Close()
		return
	}
	inner := tls.Server(&begun{conn, sent.Reader, h.tunnels.forget}, h.opts.Authority.Server())
	server := NewServer(h)
	_ = server.Serve(&one{conn: inner}) // returns at once: the connection goes on by itself
}

// begun is a connection of which a part was read already.
type begun struct {
	net.Conn
	rest   *bufio.Reader
	closed func(net.Conn)
}

func (b *begun) Read(p []byte) (int, error) { return b.rest.Read(p) }

// NetConn is the connection below, as of a *tls.Conn: a fault breaks it.
func (b *begun) NetConn() net.Conn { return b.Conn }

func (b *begun) Close() error {
	b.closed(b.Conn)
	return b.Conn.Close()
}

// one is a listener with one connection.
type one struct {
	conn net.Conn
	done bool
}

func (o *one) Accept() (net.Conn, error) {
	if o.done {
		return nil, net.ErrClosed
	}
	o.done = true
	return o.conn, nil
}

func (o *one) Close() error   { return nil }
func (o *one) Addr() net.Addr { return o.conn.LocalAddr() }

func (t *tunnels) keep(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || len(t.open) >= mostTunnels {
		return false
	}
	if t.open == nil {
		t.open = map[net.Conn]bool{}
	}
	t.open[c] = true
	return true
}

func (t *tunnels) forget(c net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}

// close ends all tunnels, and lets none begin.
func (t *tunnels) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for c := range t.open {
		_ = c.Close()
	}
}
