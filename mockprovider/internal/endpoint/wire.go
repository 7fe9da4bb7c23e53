package endpoint

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// send sends the true answer as a fault wants it.
func send(w *recorder, x *journal.Exchange, a *fault.Wire, answer *buffer) {
	h := answer.header
	body := encoded(h, answer.body.Bytes(), a.Encode)
	h.Del("Content-Length") // the encoded one has another
	for name, value := range a.Headers {
		h.Add(name, value)
	}
	if a.HeaderPad > 0 {
		h.Set("X-Padding", strings.Repeat("x", a.HeaderPad))
	}
	x.End(answer.status, h)
	switch {
	case a.Version != "":
		cut(w, answer.old(body), nil)
		return
	case a.LengthOff != 0:
		cut(w, answer.head(max(0, len(body)+a.LengthOff), body), nil)
		return
	case a.Informational > 0:
		w.ResponseWriter.WriteHeader(a.Informational) // past the recorder: the answer is yet to come
	}
	for name := range a.Trailers {
		h.Add("Trailer", name)
	}
	for name, values := range h {
		w.Header()[name] = values
	}
	if a.GoAway {
		w.Header().Set("Connection", "close") // which is GOAWAY in HTTP/2
	}
	w.WriteHeader(answer.status)
	if a.GoAway {
		_ = http.NewResponseController(w).Flush()
	}
	_, _ = w.Write(body)
	if len(a.Trailers) == 0 {
		return
	}
	_ = http.NewResponseController(w).Flush() // a body that is sent before its end is sent in chunks
	for name, value := range a.Trailers {
		w.Header().Set(name, value)
	}
}

// old is the answer on the wire of HTTP/1.0 (RFC 9112 section 6.3): it ends
// where the connection does.
func (b *buffer) old(body []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.0 %d %s\r\n", b.status, http.StatusText(b.status))
	_ = b.header.Write(&out)
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}
