package webapp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// Hosts is a transport that calls the handlers of some hosts, without a port, and sends
// all other requests with Next.
type Hosts struct {
	Handlers map[string]http.Handler
	Next     http.RoundTripper
	gate     atomic.Pointer[gate] // nil holds nothing
}

func (h *Hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := h.Handlers[r.URL.Host]
	if handler == nil {
		h.gate.Load().waitUntilOpen(r)
		return h.Next.RoundTrip(r)
	}
	in := r.Clone(context.WithoutCancel(r.Context())) // the app goes on after a browser has given up
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &responseRecorder{header: http.Header{}}
	handler.ServeHTTP(w, in)
	w.WriteHeader(http.StatusOK)
	body := w.body.Bytes()
	if r.Method == http.MethodHead {
		body = nil
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

// responseRecorder is what a handler wrote.
type responseRecorder struct {
	header, sent http.Header
	status       int
	body         bytes.Buffer
}

func (a *responseRecorder) Header() http.Header { return a.header }

func (a *responseRecorder) WriteHeader(status int) {
	if a.status == 0 {
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *responseRecorder) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
