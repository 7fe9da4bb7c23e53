package mockprovider

import (
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// memory is a server without a port: its connections are pipes, its server and
// its transport are those of net/http, so that what a connection does to a
// client is the same as on a socket.
type memory struct {
	server    *http.Server
	transport *http.Transport
	queue     chan net.Conn
	done      chan struct{}
	once      sync.Once
}

// lazyMemory makes a memory at its first use. Once it was closed, connections
// are refused, as those to a server that has gone.
type lazyMemory struct {
	mu     sync.Mutex
	closed bool
	memory *memory
}

func (l *lazyMemory) transport(h http.Handler) http.RoundTripper {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.memory == nil {
		l.memory = newMemory(h)
		if l.closed {
			_ = l.memory.Close() // nothing is open yet
		}
	}
	return l.memory.transport
}

// Close may be called twice, also before there is a memory.
func (l *lazyMemory) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.memory == nil {
		return nil
	}
	return l.memory.Close()
}

func newMemory(h http.Handler) *memory {
	m := &memory{queue: make(chan net.Conn), done: make(chan struct{})}
	m.server = &http.Server{Handler: h, ReadHeaderTimeout: patience}
	m.transport = &http.Transport{
		DialContext:         m.dial,
		DialTLSContext:      m.dial, // nobody listens to a pipe: an https issuer needs no certificate
		MaxIdleConnsPerHost: 64,
	}
	go func() { _ = m.server.Serve(pipeListener{m}) }() // ends with Close
	return m
}

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
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

// Close ends the server and its connections. It may be called twice.
func (m *memory) Close() error {
	m.transport.CloseIdleConnections()
	_ = pipeListener{m}.Close() // the server knows it only once it serves
	return m.server.Close()
}

// pipeListener hands the server its connections.
type pipeListener struct{ *memory }

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

// Addr is no address at all.
func (l pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "memory" }
func (pipeAddr) String() string  { return "127.0.0.1:0" }

// pipe is one end of a connection. Reset makes the peer's reads fail as a TCP
// reset does.
type pipe struct {
	net.Conn
	peer *pipe

	mu    sync.Mutex
	reset bool
}

func (c *pipe) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.reset {
			return n, &net.OpError{Op: "read", Net: "memory", Err: syscall.ECONNRESET}
		}
	}
	return n, err
}

// Reset closes the connection as a TCP reset does.
func (c *pipe) Reset() error {
	if c.peer != nil {
		c.peer.mu.Lock()
		c.peer.reset = true
		c.peer.mu.Unlock()
	}
	return c.Close()
}
