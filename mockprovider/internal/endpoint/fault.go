package endpoint

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// before applies the faults that struck a request. It reports false when there
// are none that answer, and the endpoint is to be served as usual; serve runs
// the endpoint, with an error it must answer with if one is given.
func (i *Issuer) before(w *recorder, r *http.Request, x *journal.Exchange, struck []fault.Fault, serve func(http.ResponseWriter, *oauthError)) bool {
	var late []fault.Fault
	for n := range struck {
		f := &struck[n]
		x.Fault(f.ID, f.String())
		switch why := f.NeedsHTTP1(); {
		case why != "" && r.ProtoMajor > 1:
			x.Note("the fault did not strike: " + why)
			http.Error(w, "The fault "+f.ID+" needs HTTP/1.1, and this request came over HTTP/2: "+why+".", http.StatusHTTPVersionNotSupported)
			return true
		case f.After() || needsAnswer(f):
			late = append(late, *f)
		case f.Delay != nil:
			if i.Clock.Sleep(r.Context(), i.Faults.Draw(f.Delay)) != nil {
				return true // the client is gone
			}
		case f.Error != nil, f.Refuse != "":
			e := i.fromFault(x, f)
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
func needsAnswer(f *fault.Fault) bool {
	return f.Connection == "truncate" || f.Connection == "slow" || f.Connection == "reset_mid_body" || f.Wire != nil
}

// after does the work, and then lets the faults strike the answer.
func (i *Issuer) after(w *recorder, r *http.Request, x *journal.Exchange, late []fault.Fault, serve func(http.ResponseWriter, *oauthError)) {
	answer := &buffer{header: w.Header().Clone()} // what other origins may read is there already
	serve(answer, nil)
	answer.WriteHeader(http.StatusOK) // of a handler that wrote nothing
	for n := range late {
		switch f := &late[n]; {
		case f.Delay != nil:
			if i.Clock.Sleep(r.Context(), i.Faults.Draw(f.Delay)) != nil {
				return
			}
		case f.Error != nil, f.Refuse != "":
			e := i.fromFault(x, f)
			answer = &buffer{header: w.Header().Clone()}
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
	case f.Wire != nil:
		send(w, x, f.Wire, answer)
	default:
		i.disconnect(w, r, x, f.Connection, answer)
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
