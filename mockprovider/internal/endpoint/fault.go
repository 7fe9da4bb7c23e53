package endpoint

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// patience is how long a connection that hangs or drips takes, on the issuer's
// clock: longer than a client should wait.
const patience = 30 * time.Second

// before applies the faults that struck a request. It reports false when there
// are none that answer, and the endpoint is to be served as usual; serve runs
// the endpoint, with an error it must answer with if one is given.
func (i *Issuer) before(w *recorder, r *http.Request, x *journal.Exchange, struck []fault.Fault, serve func(http.ResponseWriter, *oauthError)) bool {
	var late []fault.Fault
	for n := range struck {
		f := &struck[n]
		x.Fault(f.ID, f.String())
		switch {
		case f.After() || needsAnswer(f):
			late = append(late, *f)
		case f.Delay != nil:
			if i.Clock.Sleep(r.Context(), i.Faults.Draw(f.Delay)) != nil {
				return true // the client is gone
			}
		case f.Error != nil:
			e := fromFault(f.Error)
			if len(late) == 0 {
				serve(w, e)
				return true
			}
		default:
			i.strike(w, r, x, f, nil)
			return true
		}
	}
	if len(late) == 0 {
		return false
	}
	i.after(w, r, x, late, serve)
	return true
}

// needsAnswer reports whether a fault falsifies the true answer's bytes, so
// that the work must be done first.
func needsAnswer(f *fault.Fault) bool { return f.Connection == "truncate" || f.Connection == "slow" }

// after does the work, and then lets the faults strike the answer.
func (i *Issuer) after(w *recorder, r *http.Request, x *journal.Exchange, late []fault.Fault, serve func(http.ResponseWriter, *oauthError)) {
	answer := &buffer{header: http.Header{}}
	serve(answer, nil)
	for n := range late {
		switch f := &late[n]; {
		case f.Delay != nil:
			if i.Clock.Sleep(r.Context(), i.Faults.Draw(f.Delay)) != nil {
				return
			}
		case f.Error != nil:
			e := fromFault(f.Error)
			answer = &buffer{header: http.Header{}}
			i.fail(answer, nil, e)
		default:
			i.strike(w, r, x, f, answer)
			return
		}
	}
	answer.copyTo(w)
}

// strike answers instead of the endpoint, or breaks the connection. answer is
// the true one where the work was done. The exchange is written down before the
// client can notice, so that what the client does next comes after it.
func (i *Issuer) strike(w *recorder, r *http.Request, x *journal.Exchange, f *fault.Fault, answer *buffer) {
	switch {
	case f.Respond != nil:
		respond(w, x, f.Respond)
	case f.Connection == "slow":
		i.drip(w, r, x, answer)
	case f.Connection == "hang":
		_ = i.Clock.Sleep(r.Context(), patience)
		x.End(0, nil)
		cut(w, nil, false)
	case f.Connection == "truncate":
		half := answer.body.Bytes()[:answer.body.Len()/2]
		x.End(answer.status, answer.header)
		cut(w, answer.head(answer.body.Len(), half), false)
	case f.Connection == "garbage":
		x.End(0, nil)
		cut(w, []byte("\x16\x03\x01 this is not HTTP \x00\xff\r\n\r\n"), false)
	default:
		x.End(0, nil)
		cut(w, nil, f.Connection == "reset")
	}
}

// drip sends the true answer in eight pieces over the whole of patience. On a
// clock that stands still the time passes at once, before the first piece:
// otherwise it would be chance how far it got before the client gave up.
func (i *Issuer) drip(w *recorder, r *http.Request, x *journal.Exchange, answer *buffer) {
	const pieces = 8
	pause := patience / pieces
	if i.Clock.State().Frozen {
		pause = 0
		_ = i.Clock.Sleep(r.Context(), patience)
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	body := answer.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.End(answer.status, answer.header)
	w.WriteHeader(answer.status)
	for n := range pieces {
		_, _ = w.Write(body[len(body)*n/pieces : len(body)*(n+1)/pieces])
		_ = http.NewResponseController(w).Flush()
		if i.Clock.Sleep(r.Context(), pause) != nil {
			return
		}
	}
}

// cut writes raw bytes to the connection and closes it, with a TCP reset if
// asked. The exchange then has no status.
func cut(w *recorder, raw []byte, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection to take over: abort the stream
	}
	defer conn.Close()
	if len(raw) > 0 {
		_, _ = conn.Write(raw)
	}
	if !reset {
		return
	}
	switch c := conn.(type) {
	case *net.TCPConn:
		_ = c.SetLinger(0)
	case interface{ Reset() error }:
		_ = c.Reset()
	}
}

// buffer holds an answer back.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}

func (b *buffer) copyTo(w http.ResponseWriter) {
	for name, values := range b.header {
		w.Header()[name] = values
	}
	w.WriteHeader(max(b.status, http.StatusOK))
	_, _ = w.Write(b.body.Bytes())
}

// head is the answer on the wire, announcing length bytes of body.
func (b *buffer) head(length int, body []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", b.status, http.StatusText(b.status))
	b.header.Set("Content-Length", strconv.Itoa(length))
	b.header.Set("Connection", "close")
	_ = b.header.Write(&out)
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// set lays a tampering over a document.
func (i *Issuer) set(document map[string]any, t *fault.Tamper) {
	fault.Apply(document, t.Set, i.Clock.Now())
}
