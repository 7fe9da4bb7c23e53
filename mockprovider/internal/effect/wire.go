package effect

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// wire sends the true answer otherwise than servers usually do.
type wire fault.Wire

func (w *wire) needsHTTP1() string {
	switch {
	case w.Version != "":
		return "wire.version is the answer in HTTP/" + w.Version + " (RFC 9112 section 2.3)"
	case w.LengthOff != 0:
		return "wire.length_off is a lie about where the answer ends, and in HTTP/2 the frames say where (RFC 9113 section 8.1.1)"
	}
	return needsField("wire.headers", w.Headers)
}

func (w *wire) needsAnswer() bool { return true }
func (w *wire) answers() bool     { return true }

func (w *wire) strike(t Target) {
	a := t.Answer()
	a.Status = cmp.Or(w.Status, a.Status)
	a.Body = encoded(a.Header, a.Body, w.Encode)
	a.Header.Del("Content-Length") // the encoded body has another
	for name, value := range w.Headers {
		if strings.EqualFold(name, "Set-Cookie") {
			a.Header.Add(name, value)
			continue
		}
		a.Header.Set(name, value)
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
func (w *wire) sendInformational(a *Answer, t Target) {
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
func (w *wire) sendTrailers(a *Answer, t Target) {
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
