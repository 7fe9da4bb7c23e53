package main

import (
	"net"

	"github.com/authdrill/authdrill/mockprovider"
)

// addressFlags say under which URLs the provider is known.
type addressFlags struct {
	baseURL        string
	issuerFromHost bool
	trustProxy     proxies
	allowHost      []string
}

func (a *addressFlags) define(f *flags) {
	f.text(&a.baseURL, "base-url", "URL", "issuer identifier, where it is not http://HOST:PORT; with --issuer-from-host where browsers are sent")
	f.boolean(&a.issuerFromHost, "issuer-from-host", "let each host name that is answered to be an issuer of its own, with the port of the request")
	f.set.Var(&a.trustProxy, "trust-proxy", "believe Forwarded and X-Forwarded-Host, -Proto, -Port and -Prefix of a proxy; without NETWORK of one on loopback or in a private network")
	f.holder["trust-proxy"] = "[NETWORK]"
	f.list(&a.allowHost, "allow-host", "NAME", "answer to this host name too; may be repeated")
}

// base is the issuer identifier: what a program on this machine would dial.
func (a *addressFlags) base(scheme, host string, addr net.Addr) string {
	if a.baseURL != "" {
		return a.baseURL
	}
	return scheme + dialable(host, addr)
}

// options are those of a host that answers under these URLs.
func (a *addressFlags) options(base string) mockprovider.HostOptions {
	o := mockprovider.HostOptions{
		BaseURL: base, AllowedHosts: lower(a.allowHost), TrustedProxies: a.trustProxy,
		IssuerFromHost: a.issuerFromHost, IssuerFromProxy: a.baseURL == "",
	}
	if a.issuerFromHost {
		o.BrowserURL = a.baseURL
	}
	return o
}
