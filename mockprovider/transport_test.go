package mockprovider

import (
	"compress/gzip"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
)

// somewhere starts a provider with a fault on a socket or a pipe, and a client
// that reaches it.
func somewhere(t *testing.T, where string, f fault.Fault) (*Provider, *http.Client) {
	t.Helper()
	if where == "socket" {
		return Start(t, WithClock(clock.Frozen(clock.Epoch())), WithFault(f)), &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	}
	p, _ := op(t, WithFault(f))
	return p, p.HTTPClient()
}

// TestTheTruthSentOtherwise: what is legal on the wire changes nothing of the
// answer, and what is a lie is met as what it is.
func TestTheTruthSentOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		wire  fault.Wire
		check func(r *http.Response, same bool, err error, early []int) bool
	}{
		"HTTP/1.0": {fault.Wire{Version: "1.0"}, func(r *http.Response, same bool, err error, _ []int) bool {
			return same && r.ProtoMinor == 0 && r.ContentLength == -1
		}},
		"trailers": {fault.Wire{Trailers: map[string]string{"X-Checksum": "1"}}, func(r *http.Response, same bool, err error, _ []int) bool {
			return same && len(r.TransferEncoding) == 1 && r.Trailer.Get("X-Checksum") == "1"
		}},
		"100": {fault.Wire{Informational: 100}, func(_ *http.Response, same bool, _ error, early []int) bool {
			return same && len(early) == 1 && early[0] == 100
		}},
		"103": {fault.Wire{Informational: 103}, func(_ *http.Response, same bool, _ error, early []int) bool {
			return same && len(early) == 1 && early[0] == 103
		}},
		"going away": {fault.Wire{GoAway: true}, func(r *http.Response, same bool, _ error, _ []int) bool { return same && r.Close }},
		"headers": {fault.Wire{Headers: map[string]string{"Set-Cookie": "planted=1"}, HeaderPad: 64 << 10}, func(r *http.Response, same bool, _ error, _ []int) bool {
			return same && len(r.Header.Get("X-Padding")) == 64<<10 && len(r.Cookies()) == 1
		}},
		"status": {fault.Wire{Status: 201}, func(r *http.Response, same bool, _ error, _ []int) bool { return same && r.StatusCode == 201 }},
		"type": {fault.Wire{Headers: map[string]string{"Content-Type": "text/plain"}}, func(r *http.Response, same bool, _ error, _ []int) bool {
			return same && len(r.Header["Content-Type"]) == 1 && r.Header.Get("Content-Type") == "text/plain"
		}},
		"form": {fault.Wire{Encode: "form"}, func(r *http.Response, same bool, _ error, _ []int) bool {
			return !same && r.StatusCode == 200 && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
		}},
		"gzip":     {fault.Wire{Encode: "gzip"}, func(r *http.Response, same bool, _ error, _ []int) bool { return same && r.Uncompressed }},
		"no gzip":  {fault.Wire{Encode: "gzip_lie"}, func(_ *http.Response, _ bool, err error, _ []int) bool { return errors.Is(err, gzip.ErrHeader) }},
		"too long": {fault.Wire{LengthOff: 100}, func(_ *http.Response, _ bool, err error, _ []int) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		"too short": {fault.Wire{LengthOff: -100}, func(_ *http.Response, same bool, err error, _ []int) bool {
			return !same && err == nil
		}},
	} {
		for _, where := range []string{"socket", "pipe"} {
			t.Run(name+" on a "+where, func(t *testing.T) {
				p, client := somewhere(t, where, fault.Fault{At: "jwks_uri", Wire: &c.wire})
				var early []int
				ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
					early = append(early, code)
					return nil
				}})
				get := func() (*http.Response, [32]byte, error) {
					req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Issuer()+"/jwks", nil)
					if err != nil {
						t.Fatal(err)
					}
					resp, err := client.Do(req)
					if err != nil {
						return nil, [32]byte{}, err
					}
					defer resp.Body.Close()
					body, err := io.ReadAll(resp.Body)
					return resp, sha256.Sum256(body), err
				}
				resp, got, err := get()
				_, want, after := get()
				if after != nil {
					t.Fatal(after)
				}
				if !c.check(resp, got == want, err, early) {
					t.Errorf("%+v, the same: %v, %v %v", resp, got == want, early, err)
				}
			})
		}
	}
}

// TestABigRequestIsResetToo: what a client had not yet sent when the connection
// broke fails as on a socket.
func TestABigRequestIsResetToo(t *testing.T) {
	for _, where := range []string{"socket", "pipe"} {
		for _, size := range []int{1, 5_000, 500_000} {
			p, client := somewhere(t, where, fault.Fault{At: "registration_endpoint", Connection: "reset"})
			resp, err := client.Post(p.Issuer()+"/register", "application/json", strings.NewReader(`{"client_name": "`+strings.Repeat("x", size)+`"}`))
			if err == nil {
				_ = resp.Body.Close()
			}
			if err == nil || where == "pipe" && !errors.Is(err, syscall.ECONNRESET) { // what a socket says depends on who notices first
				t.Errorf("%d bytes on a %s: %v", size, where, err)
			}
		}
	}
}

// TestWhereNobodyIsInMemory: names that do not resolve, and a port where nobody
// listens, are met without a network.
func TestWhereNobodyIsInMemory(t *testing.T) {
	p, _ := op(t)
	for address, want := range map[string]string{"http://op.invalid/token": "no such host", "http://127.0.0.1:1/token": "connection refused"} {
		resp, err := p.HTTPClient().Get(address)
		if err == nil {
			_ = resp.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestStartWithTLS: a client that checks gets through to a good certificate, and
// to no bad one; a reset and a truncated body are met below TLS as above it.
func TestStartWithTLS(t *testing.T) {
	authority, err := certificate.New(clock.Epoch())
	if err != nil {
		t.Fatal(err)
	}
	p := Start(t, func(o *Options) { o.Authority, o.Logf = authority, func(string, ...any) {} }, WithClock(clock.Frozen(clock.Epoch())))
	if !strings.HasPrefix(p.Issuer(), "https://127.0.0.1:") {
		t.Fatal(p.Issuer())
	}
	try := func() error {
		client := p.HTTPClient()
		defer client.CloseIdleConnections() // the next one shakes hands again
		resp, err := client.Get(p.Issuer() + "/jwks")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return err
	}
	for _, kind := range certificate.Kinds() {
		authority.Use(kind)
		good := slices.Contains([]certificate.Kind{certificate.Good, certificate.ClientCertRequested, certificate.HTTP2}, kind)
		if err := try(); good != (err == nil) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	authority.Use(certificate.Good)
	for kind, want := range map[string]error{"reset": syscall.ECONNRESET, "reset_mid_body": syscall.ECONNRESET, "truncate": io.ErrUnexpectedEOF, "half_close": io.EOF} {
		if _, err := p.Fault(fault.Fault{At: "jwks_uri", Connection: kind}); err != nil {
			t.Fatal(err)
		}
		if err := try(); !errors.Is(err, want) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	authority.Use(certificate.HTTP2)
	h2 := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: authority.Pool(), Time: p.Clock().Now}}}
	for _, away := range []bool{true, false} {
		if _, err := p.Fault(fault.Fault{At: "jwks_uri", Wire: &fault.Wire{GoAway: away, Headers: map[string]string{"X-Away": "1"}}}); err != nil {
			t.Fatal(err)
		}
		resp, err := h2.Get(p.Issuer() + "/jwks")
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); resp.ProtoMajor != 2 || len(body) == 0 || err != nil {
			t.Errorf("HTTP/2, going away: %v: %s, %d bytes, %v", away, resp.Proto, len(body), err)
		}
		_ = resp.Body.Close()
	}
	if _, err := New(func(o *Options) { o.Authority = authority }); err == nil {
		t.Error("New took certificates")
	}
}
