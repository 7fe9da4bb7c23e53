package socket

import (
	"bufio"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// firstByte is how long a client may take to send the first byte.
const firstByte = 30 * time.Second

// eitherListener accepts TLS and plain HTTP on one port. It hands out *tls.Conn,
// by which net/http knows that a client chose HTTP/2.
type eitherListener struct {
	net.Listener
	config *tls.Config
	chosen chan net.Conn
	failed chan error
	done   chan struct{}

	mu      sync.Mutex
	pending map[net.Conn]bool // those that have sent nothing yet; nil once it is closed
}

// AcceptEither accepts TLS and plain HTTP at a listener.
func AcceptEither(l net.Listener, config *tls.Config) net.Listener {
	out := &eitherListener{Listener: l, config: config, chosen: make(chan net.Conn), failed: make(chan error), done: make(chan struct{}), pending: map[net.Conn]bool{}}
	go out.accept()
	return out
}

// accept takes connections until the listener is closed.
func (l *eitherListener) accept() {
	for {
		conn, err := l.Listener.Accept()
		if err == nil {
			go l.choose(conn)
			continue
		}
		select {
		case l.failed <- err: // net/http decides whether it asks again
		case <-l.done:
			return
		}
	}
}

// choose decides at the first byte: a TLS handshake begins with 22 (RFC 8446
// section 5.1), and no HTTP request does.
func (l *eitherListener) choose(conn net.Conn) {
	if !l.addPending(conn) {
		_ = conn.Close()
		return
	}
	_ = conn.SetReadDeadline(clock.Machine().Add(firstByte))
	ahead := &peeked{conn, bufio.NewReader(conn)}
	first, err := ahead.reader.Peek(1)
	l.removePending(conn)
	if err != nil {
		_ = conn.Close()
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	var chosen net.Conn = ahead
	if first[0] == 22 {
		chosen = tls.Server(ahead, l.config)
	}
	select {
	case l.chosen <- chosen:
	case <-l.done:
		_ = conn.Close()
	}
}

// addPending notes a connection that has sent nothing yet, unless the listener is closed.
func (l *eitherListener) addPending(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending == nil {
		return false
	}
	l.pending[conn] = true
	return true
}

func (l *eitherListener) removePending(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pending, conn)
}

// Accept returns the next connection whose protocol is known.
func (l *eitherListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.chosen:
		return conn, nil
	case err := <-l.failed:
		return nil, err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends the listener, and the connections that have sent nothing yet. It may
// be called twice.
func (l *eitherListener) Close() error {
	l.mu.Lock()
	pending := l.pending
	if l.pending = nil; pending != nil {
		close(l.done)
	}
	l.mu.Unlock()
	for conn := range pending {
		_ = conn.Close()
	}
	return l.Listener.Close()
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }

// NetConn is the connection below, as of a *tls.Conn: a fault breaks it.
func (p *peeked) NetConn() net.Conn { return p.Conn }

// CloseWrite ends what is sent.
func (p *peeked) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return p.Conn.Close()
}
