package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
)

// servedTLS starts serve --tls with some flags, and returns where it is, and the
// folder of its authorities.
func servedTLS(t *testing.T, flags ...string) (readyfile.File, string) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "ready.json")
	cmd := exec.Command("authdrill", append([]string{"serve", "--tls", "--ca-dir", "ca", "--port", "0", "--no-client", "--ready-file", file}, flags...)...)
	cmd.Dir = folder
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	var r readyfile.File
	if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
		t.Fatal("not ready in time")
	}
	return r, filepath.Join(folder, "ca")
}

// trustingClient trusts an authority, and likes HTTP/2 best.
func trustingClient(t *testing.T, authority string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(authority)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// ask returns the answer's protocol, status and body.
func ask(t *testing.T, c *http.Client, method, url, body string) (proto string, status int, text string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Proto, resp.StatusCode, string(all)
}

func TestServeHTTP2(t *testing.T) {
	t.Parallel()
	r, folder := servedTLS(t, "--http2")
	c := trustingClient(t, filepath.Join(folder, "authority.pem"))
	if proto, status, text := ask(t, c, "GET", r.Issuer+"/.well-known/openid-configuration", ""); proto != "HTTP/2.0" || status != 200 || !strings.Contains(text, r.Issuer) {
		t.Errorf("%s %d %s", proto, status, text)
	}
	for fault, reason := range map[string]string{
		`{"at": "jwks_uri", "connection": "reset"}`:                                          "needs HTTP/1.1",
		`{"at": "jwks_uri", "connection": "hang"}`:                                           "RFC 9113",
		`{"at": "jwks_uri", "wire": {"length_off": 10}}`:                                     "wire.length_off",
		`{"at": "jwks_uri", "wire": {"version": "1.0"}}`:                                     "wire.version",
		`{"at": "jwks_uri", "wire": {"headers": {"keep-alive": "x"}}}`:                       "Keep-Alive",
		`{"at": "jwks_uri", "respond": {"status": 200, "body": "x", "content_length": 9}}`:   "respond.content_length",
		`{"at": "jwks_uri", "respond": {"status": 200, "headers": {"connection": "close"}}}`: "Connection",
		`{"documented": "google/refresh-token-revoked"}`:                                     "",
		`{"at": "jwks_uri", "connection": "slow", "times": 1, "skip": 9}`:                    "",
		`{"at": "jwks_uri", "delay": "1ms", "skip": 9}`:                                      "",
	} {
		_, status, text := ask(t, c, "POST", r.Control+"/faults", fault)
		if reason == "" && status >= 300 || reason != "" && (status != 409 || !strings.Contains(text, reason) || !strings.Contains(text, "--http2")) {
			t.Errorf("%s: %d %s", fault, status, text)
		}
	}
	if _, status, text := ask(t, c, "GET", r.Issuer+"/x/net-reset-before-headers/jwks", ""); status != 404 || !strings.Contains(text, "needs HTTP/1.1") {
		t.Errorf("an issuer that does nothing of what it says: %d %s", status, text)
	}
	for wire, shows := range map[string]string{`{"trailers": {"X-Checksum": "0"}}`: "keys", `{"goaway": true}`: "keys", `{"informational": 103}`: "keys", `{"encode": "bom"}`: "\ufeff"} {
		ask(t, c, "POST", r.Control+"/faults", `{"at": "jwks_uri", "wire": `+wire+`}`)
		if proto, status, text := ask(t, c, "GET", r.Issuer+"/jwks", ""); proto != "HTTP/2.0" || status != 200 || !strings.Contains(text, shows) {
			t.Errorf("%s: %s %d %s", wire, proto, status, text)
		}
	}

	// Through the proxy too, under the real host names.
	r, folder = servedTLS(t, "--http2", "--persona", "google")
	c = trustingClient(t, filepath.Join(folder, "google", "authority.pem"))
	c.Transport.(*http.Transport).Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: r.Address})
	if proto, status, text := ask(t, c, "GET", "https://accounts.google.com/.well-known/openid-configuration", ""); proto != "HTTP/2.0" || status != 200 || !strings.Contains(text, `"issuer":"https://accounts.google.com"`) {
		t.Errorf("through the proxy: %s %d %s", proto, status, text)
	}

	r, folder = servedTLS(t)
	c = trustingClient(t, filepath.Join(folder, "authority.pem"))
	if proto, status, _ := ask(t, c, "GET", r.Issuer+"/jwks", ""); proto != "HTTP/1.1" || status != 200 {
		t.Errorf("without the flag: %s %d", proto, status)
	}
}

// TestEitherListener: on one port, over TLS and without, a fault breaks the
// connection and not only the exchange, and one that never says a word does not
// outlive the listener.
func TestEitherListener(t *testing.T) {
	t.Parallel()
	ca, err := certificate.New(clock.Machine())
	if err != nil {
		t.Fatal(err)
	}
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: "https://localhost", Authority: ca})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Close() })
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := socket.AcceptEither(inner, ca.Server())
	server := mockprovider.NewServer(host)
	server.ErrorLog = log.New(io.Discard, "", 0)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	address := inner.Addr().String()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12}}}
	silent, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []string{"http://", "https://"} {
		for kind, want := range map[string]error{"reset": syscall.ECONNRESET, "reset_mid_body": syscall.ECONNRESET, "half_close": io.EOF} {
			ask(t, client, "POST", scheme+address+"/_/api/faults", `{"at": "jwks_uri", "connection": "`+kind+`"}`)
			resp, err := client.Get(scheme + address + "/jwks")
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if !errors.Is(err, want) {
				t.Errorf("%s %s: %v, want %v", scheme, kind, err, want)
			}
			if _, status, _ := ask(t, client, "GET", scheme+address+"/jwks", ""); status != 200 {
				t.Errorf("%s after %s: %d", scheme, kind, status)
			}
		}
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if n, err := silent.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("a silent connection outlives the listener")
	}
	_ = silent.Close()
}

// TestParallelExecTLS: processes that make the authority of one folder at once
// all succeed, and each command trusts its provider.
func TestParallelExecTLS(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for range 2 { // made, and found
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				cmd := exec.Command("authdrill", "exec", "--tls", "--ca-dir", "ca", "--", "authdrill", "env", "--issuer", "https://127.0.0.1:1", "--ca-dir", "ca")
				cmd.Dir = folder
				if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "SSL_CERT_FILE='"+filepath.Join(folder, "ca", "bundle.pem")) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		all.Wait()
	}
	trustingClient(t, filepath.Join(folder, "ca", "authority.pem"))
	left, err := filepath.Glob(filepath.Join(folder, "ca", "*"))
	if err != nil || len(left) != 3 {
		t.Errorf("in the folder are %v, %v", left, err)
	}
	if hidden, _ := filepath.Glob(filepath.Join(folder, "ca", ".*")); len(hidden) > 0 {
		t.Errorf("left behind: %v", hidden)
	}
}
