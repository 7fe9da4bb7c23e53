package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Respond is an answer given instead of the provider's own.
type Respond struct {
	Status  int               `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default 200"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"response headers"`
	JSON    any               `json:"json,omitempty" vocab:"any" oneof:"body,optional" doc:"body as JSON"`
	Body    *string           `json:"body,omitempty" oneof:"body,optional" doc:"body as text"`

	Nest          int      `json:"nest,omitempty" min:"1" max:"10000000" oneof:"body,optional" doc:"body of so many JSON lists, one within the other"`
	Pad           int      `json:"pad,omitempty" min:"1" max:"1073741824" doc:"spaces behind the body, so many bytes"`
	Encode        Encoding `json:"encode,omitempty" doc:"the body in this encoding; bom: UTF-8 with a byte order mark; gzip_lie: said to be compressed, and not"`
	ContentLength *int     `json:"content_length,omitempty" min:"0" doc:"what the answer says of its length, where that is not true"`
	HeaderPad     int      `json:"header_pad,omitempty" min:"1" max:"1048576" doc:"a further header of so many bytes"`
}

// statusCode is the HTTP status to answer with.
func (r *Respond) statusCode() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

func (r *Respond) describe() string { return fmt.Sprintf("respond %d", r.statusCode()) }

func (r *Respond) check(*Fault) error {
	if r.JSON != nil && r.Body != nil {
		return errors.New("respond has one body: keep either json or body")
	}
	return nil
}

func (r *Respond) needsHTTP1() string {
	if r.ContentLength != nil {
		return "respond.content_length is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	}
	return needsField("respond.headers", r.Headers)
}

func (r *Respond) needsAnswer() bool { return false }
func (r *Respond) answers() bool     { return true }

func (r *Respond) strike(t Target) {
	a := t.Replace()
	body, contentType := r.body()
	if contentType != "" {
		a.Header.Set("Content-Type", contentType)
	}
	a.Status, a.Body = r.statusCode(), encoded(a.Header, body, r.Encode)
	for name, value := range r.Headers {
		a.Header.Set(name, value)
	}
	padHeader(a.Header, r.HeaderPad)
	switch {
	case r.ContentLength != nil:
		a.send = announcing(*r.ContentLength)
	case r.Pad > 0:
		a.send = padded(r.Pad)
	}
}

// body returns the body of the answer, and its media type.
func (r *Respond) body() (body []byte, contentType string) {
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

// padded sends an answer with n spaces behind the body, as far as the client
// reads them.
func padded(n int) func(*Answer, Target) {
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
