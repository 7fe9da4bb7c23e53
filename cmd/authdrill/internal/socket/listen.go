// Package socket opens the ports of the command, on loopback unless other machines may
// reach them, and knows which host names are this machine's.
package socket

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
)

// Dialable is the address at which this machine reaches a server that listens on a host.
func Dialable(host string, addr net.Addr) string {
	_, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// Unbracketed returns an IPv6 address without the brackets that it has in a URL.
func Unbracketed(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok && net.ParseIP(inner) != nil {
			return inner
		}
	}
	return host
}

// CheckReach refuses an address that other machines reach, unless that was allowed.
func CheckReach(host string, anywhere bool) error {
	if Loopback(host) || anywhere {
		return nil
	}
	return failure.Usage("use --host 127.0.0.1, or add --allow-non-loopback if other machines must reach it",
		"%s is not a loopback address, and this server signs in anybody as anybody", host)
}

// Listen opens a port, on loopback unless that was allowed otherwise.
func Listen(host string, port int, flag string, anywhere bool) (net.Listener, error) {
	if err := CheckReach(host, anywhere); err != nil {
		return nil, err
	}
	if port < 0 || port > 65535 {
		return nil, failure.Usage("", "invalid --%s %d: want a port between 0 and 65535", flag, port)
	}
	network := "tcp"
	if host == "0.0.0.0" {
		network = "tcp4" // Go would listen on IPv6 too
	}
	l, err := net.Listen(network, net.JoinHostPort(host, strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, failure.Environmental(fmt.Sprintf("choose another with --%s N, or --%s 0 for a free one", flag, flag), "port %d on %s is in use", port, host)
	case err != nil:
		return nil, failure.Environmental("name an address of this machine with --host, such as 127.0.0.1", "cannot listen on %s: %s", net.JoinHostPort(host, strconv.Itoa(port)), failure.RootOf(err))
	}
	return l, nil
}

// CheckHost holds a text to what an address to listen on may be.
func CheckHost(text string) error {
	host := Unbracketed(text)
	if net.ParseIP(host) == nil && (strings.ContainsAny(host, "/:@?#[] \t") || host == "") {
		return fmt.Errorf("invalid address %q: want an IP address or a host name, without a scheme and a port, such as 127.0.0.1", text)
	}
	return nil
}

// Loopback reports whether a host is this machine only.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsLocalName reports whether a host name is always this machine's (RFC 6761 section
// 6.3). One with a port is not taken apart: it is not.
func IsLocalName(name string) bool {
	name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "*."))
	return Loopback(strings.Trim(name, "[]")) || strings.HasSuffix(name, ".localhost") && !strings.ContainsAny(name, ":[]")
}

// RemoteNames are the names that are not local.
func RemoteNames(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), IsLocalName)
}

// Lower returns host names in lower case.
func Lower(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ToLower(n)
	}
	return out
}
