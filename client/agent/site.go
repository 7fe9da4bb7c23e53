package agent

import (
	"net"
	"net/url"

	"golang.org/x/net/publicsuffix"
)

// SiteRelation says how two addresses relate to each other, in the words of
// Sec-Fetch-Site. Ports do not part a site, schemes do.
func SiteRelation(from, to *url.URL) string {
	switch {
	case from == nil:
		return "none"
	case from.Scheme == to.Scheme && from.Host == to.Host:
		return "same-origin"
	case from.Scheme == to.Scheme && registrableDomain(from.Hostname()) == registrableDomain(to.Hostname()):
		return "same-site"
	}
	return "cross-site"
}

// registrableDomain is the part of a host name that one owner registers; an address is
// all of it.
func registrableDomain(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return s
	}
	return host
}
