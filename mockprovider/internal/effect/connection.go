package effect

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

const (
	// hangTime is how long a connection hangs, on the issuer's clock: longer than
	// most clients wait.
	hangTime = 30 * time.Second
	// blackholeTime is how long a black hole keeps a connection: no client waits so
	// long.
	blackholeTime = 10 * time.Minute
	// readTime is how long a client gets to read what was sent to it, in real time:
	// which of two errors it meets must not be chance.
	readTime = 50 * time.Millisecond
)

// connection is what happens to a connection, by its name in the table.
type connection string

// connectionKind is a row in the table of what may happen to a connection.
type connectionKind struct {
	name        string
	needsAnswer bool // it sends the true answer, or a part of it
	overHTTP2   bool // it may happen to a stream too
	send        func(*Answer, Target)
}

// connections is the table of what may happen to a connection.
func connections() []connectionKind {
	return []connectionKind{
		{name: "reset", send: breakConnection(nil, syscall.ECONNRESET)},
		{name: "reset_mid_body", needsAnswer: true, send: func(a *Answer, t Target) { sendHalf(a, t, syscall.ECONNRESET) }},
		{name: "close", send: breakConnection(nil, nil)},
		{name: "half_close", send: halfClose},
		{name: "refuse", send: breakConnection(nil, syscall.ECONNREFUSED)},
		{name: "hang", send: silent(hangTime)},
		{name: "blackhole", send: silent(blackholeTime)},
		{name: "truncate", needsAnswer: true, send: func(a *Answer, t Target) { sendHalf(a, t, nil) }},
		{name: "garbage", send: breakConnection([]byte("\x16\x03\x01 this is not HTTP \x00\xff\r\n\r\n"), nil)},
		{name: "slow", needsAnswer: true, overHTTP2: true, send: sendSlowly},
	}
}

// kind returns the row of a connection that was checked.
func (c connection) kind() connectionKind {
	all := connections()
	n := slices.IndexFunc(all, func(k connectionKind) bool { return k.name == string(c) })
	if n < 0 {
		return connectionKind{name: string(c)}
	}
	return all[n]
}

func (c connection) needsHTTP1() string {
	if c.kind().overHTTP2 {
		return ""
	}
	return "connection: " + string(c) + " happens to a connection, and an HTTP/2 exchange has only a stream of one that others share (RFC 9113 section 5)"
}

func (c connection) needsAnswer() bool { return c.kind().needsAnswer }
func (c connection) answers() bool     { return true }

func (c connection) strike(t Target) {
	k := c.kind()
	if k.needsAnswer {
		t.Answer().send = k.send
		return
	}
	t.Replace().send = k.send
}

// breakConnection writes raw bytes in place of an answer, and breaks the connection.
func breakConnection(raw []byte, cause error) func(*Answer, Target) {
	return func(_ *Answer, t Target) {
		t.Record(0, nil)
		disconnect(t, raw, cause)
	}
}

// silent sends nothing for a time, and closes the connection.
func silent(d time.Duration) func(*Answer, Target) {
	return func(_ *Answer, t Target) {
		t.Sleep(d)
		t.Record(0, nil)
		disconnect(t, nil, nil)
	}
}

// sendHalf sends the first half of the body, and breaks the connection.
func sendHalf(a *Answer, t Target, cause error) {
	t.Record(a.Status, a.Header)
	disconnect(t, a.http1(len(a.Body), a.Body[:len(a.Body)/2]), cause)
}

// sendSlowly sends the true answer piece by piece, one a second. On a frozen clock
// the time passes at once, before the first piece: otherwise it would be chance
// how far it got before the client gave up.
func sendSlowly(a *Answer, t Target) {
	const pieces, pause = 120, time.Second
	between := pause
	if t.Frozen() {
		between = 0
		t.Sleep(pieces * pause)
	}
	a.Header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	t.Record(a.Status, a.Header)
	w := t.Writer()
	w.WriteHeader(a.Status)
	for n := range pieces {
		_, _ = w.Write(a.Body[len(a.Body)*n/pieces : len(a.Body)*(n+1)/pieces])
		flush(t)
		if n < pieces-1 && !t.Sleep(between) {
			return
		}
	}
}

// disconnect writes raw bytes to the connection, ends it, and lets the client meet
// cause, if there is one. A socket knows a reset only; a connection in memory
// knows every error.
func disconnect(t Target, raw []byte, cause error) {
	conn := hijack(t)
	defer conn.Close()
	if len(raw) > 0 {
		_, _ = conn.Write(raw)
	}
	if cause == nil {
		return
	}
	for below, ok := conn.(interface{ NetConn() net.Conn }); ok; below, ok = conn.(interface{ NetConn() net.Conn }) {
		conn = below.NetConn() // TLS would say goodbye first
		defer conn.Close()
	}
	switch c := conn.(type) {
	case *net.TCPConn:
		if len(raw) > 0 {
			_ = clock.Running().Sleep(context.Background(), readTime) // a reset may overtake what was not read yet
		}
		_ = c.SetLinger(0)
		_ = c.Close()
	case interface{ Break(error) error }:
		_ = c.Break(cause)
	}
}

// halfClose ends what is sent on the connection, and goes on reading what the
// client sends, for a while.
func halfClose(_ *Answer, t Target) {
	t.Record(0, nil)
	conn := hijack(t)
	defer conn.Close()
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = conn.SetReadDeadline(clock.Machine().Add(hangTime))
	_, _ = io.Copy(io.Discard, conn)
}

// hijack takes the connection over.
func hijack(t Target) net.Conn {
	conn, _, err := http.NewResponseController(t.Writer()).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // a server that lends no connection: abort the exchange
	}
	return conn
}
