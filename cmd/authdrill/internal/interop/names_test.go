package interop

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// realNames is a provider that is met under the real host names of its persona, by
// whoever is told of the proxy and trusts the authority.
type realNames struct {
	op        *mockprovider.Provider
	authority *certificate.Authority
	proxy     string   // its host and port
	env       []string // leads a process of any language there
	wire      *http.Transport
}

func underRealNames(t *testing.T, defaults setup.Setup) realNames {
	t.Helper()
	authority, trust := trusted(t, append([]string{"localhost"}, defaults.Provider.Dialect.Hosts()...)...)
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: "https://localhost", Authority: authority, Defaults: defaults})
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := &http.Server{Handler: host, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }() // ends with Close
	proxy := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	wire := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool()}, Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "https" {
			return proxy, nil
		}
		return nil, nil // the app itself
	}}
	op, _ := host.Issuer("")
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		_, _ = host.Close(), server.Close()
		if t.Failed() {
			t.Logf("the journal of %s\n%s", defaults.Provider.Name, op.Journal().Text())
		}
	})
	env := append(trust, "HTTPS_PROXY="+proxy.String(), "https_proxy="+proxy.String(),
		"JAVA_PROXY=-Dhttps.proxyHost="+proxy.Hostname()+" -Dhttps.proxyPort="+proxy.Port())
	return realNames{op: op, authority: authority, proxy: proxy.Host, env: env, wire: wire}
}
