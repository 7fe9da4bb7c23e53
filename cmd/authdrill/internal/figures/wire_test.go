package figures

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// wireConn is the load generator's end of a connection: it writes requests as
// text and reads of an answer what it needs. net/http's client would take more
// of the two processors than the server that is measured.
type wireConn struct {
	net.Conn
	in   *bufio.Reader
	host string
	saw  func(wireAnswer) // is told of every answer, where it is set
}

func dialWire(base string) (*wireConn, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		return nil, err
	}
	return &wireConn{Conn: c, in: bufio.NewReaderSize(c, 16<<10), host: u.Host}, nil
}

// wireAnswer is what a flow needs of an answer.
type wireAnswer struct {
	status   int
	location string
	body     []byte
}

// get and post send a request with extra header lines, each ended by \r\n.
func (c *wireConn) get(path, headers string) (wireAnswer, error) {
	return c.do("GET " + path + " HTTP/1.1\r\nHost: " + c.host + "\r\n" + headers + "\r\n")
}

func (c *wireConn) post(path, headers, form string) (wireAnswer, error) {
	return c.do("POST " + path + " HTTP/1.1\r\nHost: " + c.host + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
		strconv.Itoa(len(form)) + "\r\n" + headers + "\r\n" + form)
}

func (c *wireConn) do(request string) (wireAnswer, error) {
	a, err := c.answer(request)
	if err == nil && c.saw != nil {
		c.saw(a)
	}
	return a, err
}

func (c *wireConn) answer(request string) (a wireAnswer, err error) {
	if _, err := io.WriteString(c, request); err != nil {
		return a, err
	}
	line, err := c.in.ReadString('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 {
		return a, fmt.Errorf("no status line: %q", line)
	}
	if a.status, err = strconv.Atoi(line[9:12]); err != nil {
		return a, err
	}
	length, chunked := -1, false
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return a, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "Content-Length":
			length, err = strconv.Atoi(value)
		case "Transfer-Encoding":
			chunked = value == "chunked"
		case "Location":
			a.location = value
		}
		if err != nil {
			return a, err
		}
	}
	if chunked {
		a.body, err = c.chunks()
		return a, err
	}
	if length < 0 {
		return a, errors.New("an answer without an end")
	}
	a.body = make([]byte, length)
	_, err = io.ReadFull(c.in, a.body)
	return a, err
}

// chunks reads a chunked body (RFC 9112 section 7.1).
func (c *wireConn) chunks() (body []byte, err error) {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
		if err != nil {
			return nil, err
		}
		piece := make([]byte, size+2) // with the line's end
		if _, err := io.ReadFull(c.in, piece); err != nil || size == 0 {
			return body, err
		}
		body = append(body, piece[:size]...)
	}
}

// under runs work total times over a number of connections and returns the
// first error.
func under(base string, connections, total int, work func(c *wireConn, n int) error) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	errs := make(chan error, connections)
	for range connections {
		wg.Go(func() {
			c, err := dialWire(base)
			if err != nil {
				errs <- err
				return
			}
			defer func() { _ = c.Close() }()
			for {
				n := int(next.Add(1))
				if n > total {
					return
				}
				if err := work(c, n); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}
