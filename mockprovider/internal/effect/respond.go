package effect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// respond gives an answer instead of the provider's own.
type respond fault.Respond

func (r *respond) needsHTTP1() string {
	if r.ContentLength != nil {
		return "respond.content_length is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	}
	return needsField("respond.headers", r.Headers)
}

func (r *respond) needsAnswer() bool { return false }
func (r *respond) answers() bool     { return true }

func (r *respond) strike(t Target) {
	a := t.Replace()
	body, contentType := r.body()
	if contentType != "" {
		a.Header.Set("Content-Type", contentType)
	}
	a.Status, a.Body = cmp.Or(r.Status, http.StatusOK), encoded(a.Header, body, r.Encode)
	for name, value := range r.Headers {
		a.Header.Set(name, value)
	}
	padHeader(a.Header, r.HeaderPad)
	switch {
	case r.ContentLength != nil:
		a.send = announcing(*r.ContentLength)
	case r.Pad > 0:
		a.send = padBody(r.Pad)
	}
}

// body returns the body of the answer, and its media type.
func (r *respond) body() (body []byte, contentType string) {
	switch {
	case r.JSON != nil:
		body, _ = json.Marshal(r.JSON) // it came from JSON or YAML
		return body, "application/json"
	case r.Body != nil:
		return []byte(*r.Body), "text/plain; charset=utf-8"
	case r.Nest > 0:
		return append(bytes.Repeat([]byte{'['}, r.Nest), bytes.Repeat([]byte{']'}, r.Nest)...), "application/json"
	}
	return nil, ""
}

// announcing sends an answer that announces length bytes of body, whatever it
// has. A server does not let a handler lie about this: the bytes are written past
// it.
func announcing(length int) func(*Answer, Target) {
	return func(a *Answer, t Target) {
		t.Record(a.Status, a.Header)
		disconnect(t, a.http1(length, a.Body), nil)
	}
}

// padBody sends an answer with n spaces behind the body, as far as the client
// reads them.
func padBody(n int) func(*Answer, Target) {
	return func(a *Answer, t Target) {
		a.sendWhole(t)
		chunk := bytes.Repeat([]byte{' '}, 32<<10)
		for n > 0 {
			written, err := t.Writer().Write(chunk[:min(n, len(chunk))])
			if err != nil {
				return
			}
			n -= written
		}
	}
}

// padHeader adds a header field of n bytes.
func padHeader(h http.Header, n int) {
	if n > 0 {
		h.Set("X-Padding", strings.Repeat("x", n))
	}
}
