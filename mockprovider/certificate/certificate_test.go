package certificate_test

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/certificate"
)

// TestOnlyTheGoodOnesAreTrusted: over real sockets, a client that checks gets
// through to the good leaf, and to no bad one.
func TestOnlyTheGoodOnesAreTrusted(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	authority, err := certificate.New(now, "127.0.0.1", "localhost")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	go func() { _ = server.Serve(tls.NewListener(listener, authority.Server())) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	sessions := tls.NewLRUClientSessionCache(8) // of a client that would rather resume one
	for _, kind := range certificate.Kinds() {
		authority.Use(kind)
		client := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{RootCAs: authority.Pool(), Time: func() time.Time { return now }, ClientSessionCache: sessions},
		}}
		resp, err := client.Get("https://" + listener.Addr().String())
		if err == nil {
			_ = resp.Body.Close()
		}
		if good := slices.Contains([]certificate.Kind{certificate.Good, certificate.ClientCertRequested, certificate.HTTP2}, kind); good != (err == nil) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
