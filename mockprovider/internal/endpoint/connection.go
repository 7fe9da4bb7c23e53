package endpoint

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

const (
	// patience is how long a connection hangs, on the issuer's clock: longer than
	// most clients wait.
	patience = 30 * time.Second
	// oblivion is how long a black hole keeps a connection: nobody waits so long.
	oblivion = 10 * time.Minute
	// settling is how long a client gets to read what was sent to it, in real
	// time: which of two errors it meets must not be chance.
	settling = 50 * time.Millisecond
)

// disconnect lets something happen to the connection.
func (i *Issuer) disconnect(w *recorder, r *http.Request, x *journal.Exchange, kind string, answer *buffer) {
	switch kind {
	case "slow":
		i.drip(w, r, x, answer)
		return
	case "hang":
		_ = i.Clock.Sleep(r.Context(), patience)
	case "blackhole":
		_ = i.Clock.Sleep(r.Context(), oblivion)
	case "truncate", "reset_mid_body":
		half := answer.body.Bytes()[:answer.body.Len()/2]
		x.End(answer.status, answer.header)
		cause := error(nil)
		if kind == "reset_mid_body" {
			cause = syscall.ECONNRESET
		}
		cut(w, answer.head(answer.body.Len(), half), cause)
		return
	}
	x.End(0, nil)
	switch kind {
	case "garbage":
		cut(w, []byte("\x16\x03\x01 this is not HTTP \x00\xff\r\n\r\n"), nil)
	case "reset":
		cut(w, nil, syscall.ECONNRESET)
	case "refuse":
		cut(w, nil, syscall.ECONNREFUSED)
	case "half_close":
		halfClose(w)
	default:
		cut(w, nil, nil)
	}
}

// drip sends the true answer piece by piece, one a second. On a clock that
// stands still the time passes at once, before the first piece: otherwise it
// would be chance how far it got before the client gave up.
func (i *Issuer) drip(w *recorder, r *http.Request, x *journal.Exchange, answer *buffer) {
	const pieces, pause = 120, time.Second
	between := pause
	if i.Clock.State().Frozen {
		between = 0
		_ = i.Clock.Sleep(r.Context(), pieces*pause)
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	body := answer.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.End(answer.status, answer.header)
	w.WriteHeader(answer.status)
	for n := range pieces {
		_, _ = w.Write(body[len(body)*n/pieces : len(body)*(n+1)/pieces])
		_ = http.NewResponseController(w).Flush()
		if n < pieces-1 && i.Clock.Sleep(r.Context(), between) != nil {
			return
		}
	}
}

// cut writes raw bytes to the connection and closes it: with cause, so that the
// client meets that error. A socket knows a reset only; one in memory knows all.
// The exchange then has no status.
func cut(w *recorder, raw []byte, cause error) {
	conn := hijack(w)
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
			_ = clock.Running().Sleep(context.Background(), settling) // a reset may overtake what nobody has read yet
		}
		_ = c.SetLinger(0)
		_ = c.Close()
	case interface{ Break(error) error }:
		_ = c.Break(cause)
	}
}

// halfClose ends what is sent on the connection, and goes on reading what the
// client has to say, for a while.
func halfClose(w *recorder) {
	conn := hijack(w)
	defer conn.Close()
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = conn.SetReadDeadline(clock.Running().Now().Add(patience))
	_, _ = io.Copy(io.Discard, conn)
}

// hijack takes the connection over.
func hijack(w *recorder) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // a server that lends no connection: abort the exchange
	}
	return conn
}
