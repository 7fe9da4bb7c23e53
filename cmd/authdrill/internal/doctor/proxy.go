package doctor

import (
	"net"
	"net/url"
	"strings"
)

func (e *examination) proxies() {
	variable, proxy := "", ""
	for _, name := range []string{strings.ToUpper(e.url.Scheme) + "_PROXY", e.url.Scheme + "_proxy", "ALL_PROXY", "all_proxy"} {
		if v, ok := e.Lookup(name); ok && v != "" && proxy == "" {
			variable, proxy = name, v
		}
	}
	host := e.url.Hostname()
	switch {
	case proxy == "":
		e.ok("proxy", "no proxy is set for "+host)
	case e.excluded(host):
		e.ok("proxy", variable+" is set, and NO_PROXY leaves out "+host)
	case isLoopback(host):
		e.warn("proxy", variable+" sends requests to "+shownProxy(proxy)+", those for "+host+" too with Python, curl and Java", "export NO_PROXY=localhost,127.0.0.1,::1")
	default:
		e.warn("proxy", variable+" sends requests for "+host+" to "+shownProxy(proxy), "export NO_PROXY="+host+", if the proxy does not reach it")
	}
}

func (e *examination) excluded(host string) bool {
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		list, _ := e.Lookup(name)
		for entry := range strings.SplitSeq(list, ",") {
			entry = strings.ToLower(strings.TrimSpace(entry))
			if h, _, err := net.SplitHostPort(entry); err == nil {
				entry = h
			}
			domain := strings.TrimPrefix(strings.TrimPrefix(entry, "*"), ".")
			if entry == "*" || domain != "" && (strings.EqualFold(host, domain) || strings.HasSuffix(strings.ToLower(host), "."+domain)) {
				return true
			}
			if _, network, err := net.ParseCIDR(entry); err == nil && network.Contains(net.ParseIP(host)) {
				return true
			}
		}
	}
	return false
}

func shownProxy(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Host
	}
	return "a proxy"
}
