package endpoint

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf16"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// respond gives the answer that a fault spells out.
func respond(w *recorder, x *journal.Exchange, a *fault.Respond) {
	body, contentType := bodyOf(a)
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	body = encoded(w.Header(), body, a.Encode)
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	if a.HeaderPad > 0 {
		w.Header().Set("X-Padding", strings.Repeat("x", a.HeaderPad))
	}
	if a.ContentLength != nil {
		// A server does not let a handler lie about this: the bytes are written past it.
		answer := &buffer{header: w.Header().Clone(), status: a.StatusCode()}
		x.End(a.StatusCode(), answer.header)
		cut(w, answer.head(*a.ContentLength, body), nil)
		return
	}
	if a.Pad > 0 {
		x.End(a.StatusCode(), w.Header()) // the client may not read to the end
	}
	w.WriteHeader(a.StatusCode())
	_, _ = w.Write(body)
	pad(w, a.Pad)
}

// bodyOf is the body of an answer, and what it says it is.
func bodyOf(a *fault.Respond) (body []byte, contentType string) {
	switch {
	case a.JSON != nil:
		body, _ = json.Marshal(a.JSON) // it came from JSON or YAML
		return body, "application/json"
	case a.Body != nil:
		return []byte(*a.Body), "text/plain; charset=utf-8"
	case a.Nest > 0:
		return append(bytes.Repeat([]byte{'['}, a.Nest), bytes.Repeat([]byte{']'}, a.Nest)...), "application/json"
	}
	return nil, ""
}

// encoded writes a body as UTF-16 with a byte order mark (RFC 8259 section 8.1
// forbids it), as UTF-8 with one, or compressed.
func encoded(h http.Header, body []byte, as string) []byte {
	var out bytes.Buffer
	switch as {
	case "utf-16":
		h.Set("Content-Type", "application/json; charset=utf-16")
		out.Write([]byte{0xfe, 0xff})
		for _, unit := range utf16.Encode([]rune(string(body))) {
			_ = binary.Write(&out, binary.BigEndian, unit) // a buffer takes everything
		}
	case "bom":
		out.Write(append([]byte{0xef, 0xbb, 0xbf}, body...))
	case "gzip":
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(&out)
		_, _ = z.Write(body) // likewise
		_ = z.Close()
	case "gzip_lie":
		h.Set("Content-Encoding", "gzip")
		return body
	default:
		return body
	}
	return out.Bytes()
}

// pad writes n spaces, as far as the client reads them.
func pad(w http.ResponseWriter, n int) {
	chunk := bytes.Repeat([]byte{' '}, 32<<10)
	for n > 0 {
		written, err := w.Write(chunk[:min(n, len(chunk))])
		if err != nil {
			return
		}
		n -= written
	}
}
