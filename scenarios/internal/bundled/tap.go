package bundled

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/scenarios/internal/engine"
)

// tap is the transport between a scenario's clients and the provider. It keeps the
// latest answer, and changes the parameters of a request where a step says so.
type tap struct {
	next http.RoundTripper

	mu      sync.Mutex
	to      *engine.Observation
	rewrite map[string]any // parameters of forms to set, or to leave out
	all     bool           // also note what clients fetch in preparation
}

// maxSeen is how much of an answer is remembered.
const maxSeen = 1 << 20

func (t *tap) startNoting(o *engine.Observation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.to, t.rewrite, t.all = o, nil, false
}

func (t *tap) stopNoting() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.to, t.rewrite = nil, nil
}

func (t *tap) noteAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = true
}

func (t *tap) rewriteForms(params map[string]any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rewrite = params
}

// RoundTrip passes a request on and looks at the answer.
func (t *tap) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	rewrite, all := t.rewrite, t.all
	t.mu.Unlock()
	if len(rewrite) > 0 && req.Body != nil && strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		changeParams(form, rewrite)
		changed := form.Encode()
		req = req.Clone(req.Context())
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if !all && (strings.Contains(req.URL.Path, "/.well-known/") || strings.HasSuffix(req.URL.Path, "/jwks")) {
		return resp, nil // preparations: no step is about their answer
	}
	var seen bytes.Buffer
	body := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(body, &limitedBuffer{&seen, maxSeen}), closer(func() error {
		t.noteAnswer(resp, seen.Bytes())
		return body.Close()
	})}
	return resp, nil
}

func (t *tap) noteAnswer(resp *http.Response, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to != nil {
		t.to.NoteAnswer(resp.StatusCode, resp.Header, bytes.Clone(body))
	}
}

type closer func() error

func (c closer) Close() error { return c() }

// limitedBuffer drops what is written beyond its limit.
type limitedBuffer struct {
	w    io.Writer
	left int
}

func (l *limitedBuffer) Write(b []byte) (int, error) {
	n := len(b)
	if len(b) > l.left {
		b = b[:l.left]
	}
	l.left -= len(b)
	_, err := l.w.Write(b)
	return n, err
}
