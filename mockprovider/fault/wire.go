package fault

import (
	"errors"
	"net/http"
)

// Wire sends the true answer otherwise than servers usually do: what is legal
// must not disturb a client, and what is a lie must not bring it down.
type Wire struct {
	Version       string            `json:"version,omitempty" enum:"1.0" doc:"answer in HTTP/1.0: no length, and the end of the connection is the end of the body (RFC 9112 section 6.3)"`
	Informational int               `json:"informational,omitempty" min:"100" max:"199" doc:"send this status first, like 100 or 103, and then the answer (RFC 9110 section 15.2)"`
	Trailers      map[string]string `json:"trailers,omitempty" vocab:"header" doc:"send the body in chunks, and these fields behind it (RFC 9110 section 6.5)"`
	Headers       map[string]string `json:"headers,omitempty" vocab:"header" doc:"response headers to add (RFC 9110 section 6.3)"`
	HeaderPad     int               `json:"header_pad,omitempty" min:"1" max:"1048576" doc:"a further header of so many bytes (RFC 9110 section 5.4)"`
	Encode        Encoding          `json:"encode,omitempty" doc:"the body in this encoding; gzip_lie: said to be compressed, and not; bom: UTF-8 with a byte order mark (RFC 9110 section 8.4, RFC 8259 section 8.1)"`
	GoAway        bool              `json:"goaway,omitempty" doc:"announce while the answer is under way that the connection ends after it: GOAWAY of HTTP/2, Connection close of HTTP/1.1 (RFC 9113 section 6.8, RFC 9112 section 9.6)"`
	LengthOff     int               `json:"length_off,omitempty" min:"-1048576" max:"1048576" doc:"how many bytes the announced length is too long or, below 0, too short (RFC 9112 section 6.3)"`
}

func (w *Wire) describe() string { return "wire " + inJSON(w) }

func (w *Wire) check(*Fault) error {
	raw := 0
	for _, set := range []bool{w.Version != "", w.Informational != 0, len(w.Trailers) > 0, w.LengthOff != 0, w.GoAway} {
		if set {
			raw++
		}
	}
	switch {
	case raw > 1:
		return errors.New("wire writes an answer in one way: keep one of version, informational, trailers, goaway and length_off")
	case raw == 0 && len(w.Headers) == 0 && w.HeaderPad == 0 && w.Encode == "":
		return errors.New("wire is empty: say version, informational, trailers, headers, header_pad, encode, goaway or length_off")
	case w.Informational == 101:
		return errors.New("informational: 101 ends HTTP on the connection (RFC 9110 section 15.2.2): use 100, 102 or 103")
	}
	return nil
}

func (w *Wire) needsHTTP1() string {
	switch {
	case w.Version != "":
		return "wire.version is the answer in HTTP/" + w.Version + " (RFC 9112 section 2.3)"
	case w.LengthOff != 0:
		return "wire.length_off is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	}
	return needsField("wire.headers", w.Headers)
}

func (w *Wire) needsAnswer() bool { return true }
func (w *Wire) answers() bool     { return true }

func (w *Wire) strike(t Target) {
	a := t.Answer()
	a.Body = encoded(a.Header, a.Body, w.Encode)
	a.Header.Del("Content-Length") // the encoded body has another
	for name, value := range w.Headers {
		a.Header.Add(name, value)
	}
	padHeader(a.Header, w.HeaderPad)
	switch {
	case w.Version != "":
		a.send = sendHTTP10
	case w.LengthOff != 0:
		a.send = announcing(max(0, len(a.Body)+w.LengthOff))
	case w.Informational > 0:
		a.send = w.sendInformational
	case w.GoAway:
		a.send = sendGoAway
	case len(w.Trailers) > 0:
		a.send = w.sendTrailers
	}
}

func sendHTTP10(a *Answer, t Target) {
	t.Record(a.Status, a.Header)
	disconnect(t, a.http10(a.Body), nil)
}

// sendInformational sends an interim answer first (RFC 9110 section 15.2).
func (w *Wire) sendInformational(a *Answer, t Target) {
	t.Record(a.Status, a.Header)
	t.Writer().WriteHeader(w.Informational)
	a.sendWhole(t)
}

// sendGoAway announces the end of the connection with the header of the answer.
func sendGoAway(a *Answer, t Target) {
	t.Record(a.Status, a.Header)
	a.Header.Set("Connection", "close") // which is GOAWAY in HTTP/2
	t.Writer().WriteHeader(a.Status)
	flush(t)
	_, _ = t.Writer().Write(a.Body)
}

// sendTrailers sends fields behind the body (RFC 9110 section 6.5).
func (w *Wire) sendTrailers(a *Answer, t Target) {
	for name := range w.Trailers {
		a.Header.Add("Trailer", name)
	}
	a.sendWhole(t)
	flush(t) // a body that is sent before its end is sent in chunks
	for name, value := range w.Trailers {
		a.Header.Set(name, value)
	}
}

// flush sends what was written so far.
func flush(t Target) { _ = http.NewResponseController(t.Writer()).Flush() }
