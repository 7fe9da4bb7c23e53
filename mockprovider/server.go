package mockprovider

import (
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

const (
	headerWithin = 10 * time.Second // how long a client may take to send the header of a request,
	bodyWithin   = 10 * time.Second // and how long its body
	idleFor      = 2 * time.Minute  // how long a connection without a request stays open

	mostHeader      = 64 << 10 // bytes in the first line and the header of a request
	mostConnections = 1024     // at once at one server; one more is closed
	mostBodies      = 12 << 20 // bytes of all bodies that one server handles at once
	unknownBody     = 64 << 10 // what one counts whose length is not told
)

// NewServer returns a server for a Host or a Provider with the bounds of one
// that any web page of this machine reaches: slow and large headers, slow bodies,
// idle connections and too many of them are ended.
func NewServer(h http.Handler) *http.Server {
	open := &connections{}
	timed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := bodySize(r)
		defer open.bodies.Add(-size)
		if open.bodies.Add(size) > mostBodies {
			_ = http.NewResponseController(w).SetReadDeadline(clock.Machine()) // the server need not read the rest
			w.Header().Set("Connection", "close")
			w.Header().Set("Retry-After", "1")
			http.Error(w, "authdrill reads too many bodies at once.", http.StatusServiceUnavailable)
			return
		}
		boundBody(w, r)
		h.ServeHTTP(w, r)
	})
	return &http.Server{
		Handler: timed, ReadHeaderTimeout: headerWithin, IdleTimeout: idleFor, MaxHeaderBytes: mostHeader, ConnState: open.changed,
	}
}

// bodySize is how much memory the body of a request may take while it is handled.
func bodySize(r *http.Request) int64 {
	if r.ContentLength < 0 || r.ContentLength > unknownBody {
		return unknownBody // what is longer is refused, or the control API's
	}
	return r.ContentLength
}

// connections counts those of a server. They are not wrapped: faults reset and
// half-close the sockets themselves.
type connections struct {
	bodies atomic.Int64 // bytes of those being handled

	mu   sync.Mutex
	open map[net.Conn]bool
}

func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state == http.StateActive || state == http.StateIdle {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		if len(c.open) >= mostConnections {
			_ = conn.Close() // nothing was answered yet
			return
		}
		if c.open == nil {
			c.open = map[net.Conn]bool{}
		}
		c.open[conn] = true
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
	}
}

// boundBody gives a client a while to send the body of its request, whether the
// handler reads it or the server throws it away.
func boundBody(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if _, ok := r.Body.(*timedBody); ok {
		return // the server has done so, or a Host before its issuer
	}
	control := http.NewResponseController(w)
	if control.SetReadDeadline(clock.Machine().Add(bodyWithin)) == nil {
		r.Body = &timedBody{ReadCloser: r.Body, control: control}
	}
}

// timedBody lifts the deadline once the body has been read: what a handler waits
// for after that, and the next request, have their own.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	ended   atomic.Bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF && !b.ended.Swap(true) {
		_ = b.control.SetReadDeadline(time.Time{}) // it could be set
	}
	return n, err
}
