package mockprovider

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
)

// pipeServer is a server without a port: its connections are pipes, its server and
// its transport are those of net/http, so that what a connection does to a
// client is the same as on a socket.
type pipeServer struct {
	own       string // the host it answers for, without a port
	server    *http.Server
	transport *http.Transport
	queue     chan net.Conn
	done      chan struct{}
	once      sync.Once
}

// lazyPipeServer makes a pipeServer at its first use. Once it was closed, connections
// are refused, as those to a server that has gone.
type lazyPipeServer struct {
	mu     sync.Mutex
	closed bool
	server *pipeServer
}

func (l *lazyPipeServer) transport(h http.Handler, issuer string) http.RoundTripper {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		l.server = newPipeServer(h, issuer)
		if l.closed {
			_ = l.server.Close() // nothing is open yet
		}
	}
	return l.server.transport
}

// Close may be called twice, also before there is a server.
func (l *lazyPipeServer) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.server == nil {
		return nil
	}
	return l.server.Close()
}

func newPipeServer(h http.Handler, issuer string) *pipeServer {
	m := &pipeServer{own: ownHost(issuer), queue: make(chan net.Conn), done: make(chan struct{})}
	m.server = NewServer(h)
	m.transport = &http.Transport{
		DialContext:         m.dial,
		DialTLSContext:      m.dial, // a pipe cannot be overheard: an https issuer needs no certificate
		MaxIdleConnsPerHost: 64,
	}
	go func() { _ = m.server.Serve(pipeListener{m}) }() // ends with Close
	return m
}

func (m *pipeServer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := m.unreachable(network, address); err != nil {
		return nil, err
	}
	here, there := net.Pipe()
	client, server := &pipe{Conn: here}, &pipe{Conn: there}
	server.peer = client
	select {
	case m.queue <- server:
		return client, nil
	case <-m.done:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unreachable says why no server answers at an address, as it would be on a network:
// names below .invalid do not resolve (RFC 6761 section 6.4), and no server listens
// on port 1. Every other address is the server's.
func (m *pipeServer) unreachable(network, address string) error {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err != nil || host == m.own:
		return err
	case host == "invalid" || strings.HasSuffix(host, ".invalid"):
		return &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	case port == "1":
		return &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return nil
}

func ownHost(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Close ends the server and its connections. It may be called twice.
func (m *pipeServer) Close() error {
	m.transport.CloseIdleConnections()
	_ = pipeListener{m}.Close() // the server knows it only once it serves
	return m.server.Close()
}

// pipeListener hands the server its connections.
type pipeListener struct{ *pipeServer }

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr returns an empty address.
func (l pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "memory" }
func (pipeAddr) String() string  { return "127.0.0.1:0" }
