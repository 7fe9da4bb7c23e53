package persona_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// TestTunnel: a client that changes no URL, and has only a proxy set, meets the
// personas under the real host names, and nobody else.
func TestTunnel(t *testing.T) {
	google, err := persona.Named("google")
	if err != nil {
		t.Fatal(err)
	}
	names := append([]string{"localhost"}, google.Dialect.Hosts()...)
	ca, err := certificate.New(time.Unix(1_800_000_000, 0), names...)
	if err != nil {
		t.Fatal(err)
	}
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: "https://localhost", Authority: ca, Defaults: setup.Setup{Provider: google}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: host, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _, _ = host.Close(), server.Close() })

	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), Time: func() time.Time { return time.Unix(1_800_000_000, 0) }}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	for _, address := range []string{"https://accounts.google.com/.well-known/openid-configuration", "https://www.googleapis.com/oauth2/v3/certs"} {
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", address, resp.Status, body)
		}
		if strings.HasSuffix(address, "openid-configuration") {
			shows(t, string(body), `"issuer":"https://accounts.google.com"`, `"token_endpoint":"https://oauth2.googleapis.com/token"`)
		}
	}
	if resp, err := client.Get("https://example.com/"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("another host: %v %v", resp, err)
	}
	for _, target := range []string{"127.0.0.1:22", "localhost:443", "127.0.0.1:80", "[::1]:22", "example.com:22", "accounts.google.com:22", "accounts.google.com:80", listener.Addr().String()} {
		if status := connect(t, listener.Addr().String(), target); status != http.StatusForbidden {
			t.Errorf("CONNECT %s: %d", target, status)
		}
	}
	_ = host.Close()
	transport.CloseIdleConnections()
	if resp, err := client.Get("https://accounts.google.com/"); err == nil {
		t.Errorf("after Close: %s", resp.Status)
	}
}

// TestNoTunnel: without personas over TLS, nothing is a proxy.
func TestNoTunnel(t *testing.T) {
	p := mockprovider.Start(t)
	for _, target := range []string{"127.0.0.1:22", "localhost:443", "accounts.google.com:443", strings.TrimPrefix(p.Issuer(), "http://")} {
		if status := connect(t, strings.TrimPrefix(p.Issuer(), "http://"), target); status != http.StatusMethodNotAllowed && status != http.StatusForbidden {
			t.Errorf("CONNECT %s: %d", target, status)
		}
	}
}

// connect asks a proxy for a tunnel, and returns the status of its answer.
func connect(t *testing.T, proxy, target string) int {
	t.Helper()
	conn, err := net.Dial("tcp", proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "CONNECT "+target+" HTTP/1.1\r\nHost: "+target+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}
