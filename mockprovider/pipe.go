package mockprovider

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
)

// pipe is one end of a connection in memory. It fails as a socket does: who
// writes to an end that was closed learns that the pipe is broken, and who was
// cut off learns why.
type pipe struct {
	net.Conn
	peer *pipe // of the server's end, the only one that breaks connections

	mu     sync.Mutex
	closed bool
	cause  error // that the other end gave
}

func (c *pipe) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.explain("read", err, err)
}

func (c *pipe) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.explain("write", err, syscall.EPIPE)
}

// explain is the error of a socket in place of that of a pipe.
func (c *pipe) explain(op string, err, otherwise error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		return err // none, or a deadline
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.cause == syscall.ECONNREFUSED:
		op, otherwise = "dial", c.cause
	case c.cause != nil:
		otherwise = c.cause
	case c.closed:
		return net.ErrClosed
	case otherwise == io.EOF:
		return io.EOF
	}
	return &net.OpError{Op: op, Net: "memory", Err: otherwise}
}

// Close ends the connection.
func (c *pipe) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return c.Conn.Close()
}

// Break ends the connection with a cause that the other end meets.
func (c *pipe) Break(cause error) error {
	if c.peer != nil {
		c.peer.mu.Lock()
		c.peer.cause = cause
		c.peer.mu.Unlock()
	}
	return c.Close()
}
