package effect

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// Answer is an HTTP answer that is about to be sent.
type Answer struct {
	Status int
	Header http.Header // of the writer that it is sent to
	Body   []byte

	send func(*Answer, Target) // sends it otherwise than as a whole; nil: as a whole
}

// Send writes the exchange into the journal and sends the answer.
func (a *Answer) Send(t Target) {
	if a.send != nil {
		a.send(a, t)
		return
	}
	a.sendWhole(t)
}

func (a *Answer) sendWhole(t Target) {
	t.Record(a.Status, a.Header)
	w := t.Writer()
	w.WriteHeader(a.Status)
	if len(a.Body) > 0 {
		_, _ = w.Write(a.Body) // the client may have gone
	}
}

// http1 returns the answer as HTTP/1.1 writes it, announcing length bytes of body.
func (a *Answer) http1(length int, body []byte) []byte {
	a.Header.Set("Content-Length", strconv.Itoa(length))
	a.Header.Set("Connection", "close")
	return a.wire("HTTP/1.1", body)
}

// http10 returns the answer as HTTP/1.0 writes it: it ends where the connection
// does (RFC 9112 section 6.3).
func (a *Answer) http10(body []byte) []byte { return a.wire("HTTP/1.0", body) }

func (a *Answer) wire(version string, body []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %d %s\r\n", version, a.Status, http.StatusText(a.Status))
	_ = a.Header.Write(&out) // a buffer takes everything
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}
