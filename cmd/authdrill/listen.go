package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func dialable(host string, addr net.Addr) string {
	_, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// unbracketed returns an IPv6 address without the brackets that it has in a URL.
func unbracketed(host string) string {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok && net.ParseIP(inner) != nil {
			return inner
		}
	}
	return host
}

// checkReach refuses an address that other machines reach, unless that was allowed.
func checkReach(host string, anywhere bool) error {
	if loopback(host) || anywhere {
		return nil
	}
	return usage("use --host 127.0.0.1, or add --allow-non-loopback if other machines must reach it",
		"%s is not a loopback address, and this server signs in anybody as anybody", host)
}

// listen opens a port, on loopback unless that was allowed otherwise.
func listen(host string, port int, flag string, anywhere bool) (net.Listener, error) {
	if err := checkReach(host, anywhere); err != nil {
		return nil, err
	}
	if port < 0 || port > 65535 {
		return nil, usage("", "--%s %d: a port is between 0 and 65535", flag, port)
	}
	network := "tcp"
	if host == "0.0.0.0" {
		network = "tcp4" // Go would listen on IPv6 too
	}
	l, err := net.Listen(network, net.JoinHostPort(host, strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, environmental(fmt.Sprintf("choose another with --%s N, or --%s 0 for a free one", flag, flag), "port %d on %s is in use", port, host)
	case err != nil:
		return nil, environmental("name an address of this machine with --host, such as 127.0.0.1", "cannot listen on %s: %s", net.JoinHostPort(host, strconv.Itoa(port)), rootOf(err))
	}
	return l, nil
}

// checkHost holds a text to what an address to listen on may be.
func checkHost(text string) error {
	host := unbracketed(text)
	if net.ParseIP(host) == nil && (strings.ContainsAny(host, "/:@?#[] \t") || host == "") {
		return fmt.Errorf("invalid address %q: want an IP address or a host name, without a scheme and a port, such as 127.0.0.1", text)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// isLocalName reports whether a host name is always this machine's (RFC 6761 section
// 6.3). One with a port is not taken apart: it is not.
func isLocalName(name string) bool {
	name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "*."))
	return loopback(strings.Trim(name, "[]")) || strings.HasSuffix(name, ".localhost") && !strings.ContainsAny(name, ":[]")
}

// remoteNames are the names that are not local.
func remoteNames(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), isLocalName)
}

func lower(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ToLower(n)
	}
	return out
}
