package site

import (
	"net"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider"
)

// addressFlags say under which URLs the provider is known.
type addressFlags struct {
	BaseURL        string
	issuerFromHost bool
	trustProxy     setting.Proxies
	AllowHost      []string
}

func (a *addressFlags) define(f *setting.Flags) {
	f.Text(&a.BaseURL, "base-url", "URL", "issuer identifier, where it is not http://HOST:PORT; with --issuer-from-host where browsers are sent")
	f.Boolean(&a.issuerFromHost, "issuer-from-host", "let each host name that is answered to be an issuer of its own, with the port of the request")
	f.Set.Var(&a.trustProxy, "trust-proxy", "believe Forwarded and X-Forwarded-Host, -Proto, -Port and -Prefix of a proxy; without NETWORK of one on loopback or in a private network")
	f.Set.Lookup("trust-proxy").NoOptDefVal = "true"
	f.Holder["trust-proxy"] = "[NETWORK]"
	f.List(&a.AllowHost, "allow-host", "NAME", "answer to this host name too; may be repeated")
}

// Base is the issuer identifier: what a program on this machine would dial.
func (a *addressFlags) Base(scheme, host string, addr net.Addr) string {
	if a.BaseURL != "" {
		return a.BaseURL
	}
	return scheme + socket.Dialable(host, addr)
}

// options are those of a host that answers under these URLs.
func (a *addressFlags) options(base string) mockprovider.Options {
	o := mockprovider.Options{
		BaseURL: base, AllowedHosts: socket.Lower(a.AllowHost), TrustedProxies: a.trustProxy,
		IssuerFromHost: a.issuerFromHost, IssuerFromProxy: a.BaseURL == "",
	}
	if a.issuerFromHost {
		o.BrowserURL = a.BaseURL
	}
	return o
}
