package doctor

import (
	"context"
	"errors"
	"net"
	"strings"
)

func (e *examination) hostPort() string {
	port := e.url.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[e.url.Scheme]
	}
	return net.JoinHostPort(e.url.Hostname(), port)
}

func (e *examination) connect() bool {
	host, conn := e.url.Hostname(), net.Conn(nil)
	ctx, cancel := context.WithTimeout(e.ctx, e.Timeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", e.hostPort())
	if err != nil {
		e.unreachable(err)
		return false
	}
	_ = conn.Close()
	e.ok("address", e.hostPort()+" takes connections")
	e.families()
	if e.url.Scheme == "https" {
		return e.handshake(host)
	}
	return true
}

func (e *examination) unreachable(err error) {
	e.dead = true
	host := e.url.Hostname()
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		e.fail("address", "the name "+host+" cannot be looked up from here: "+dns.Err, "in a container use the name of the service, and start authdrill with --allow-host "+host+"; on this machine use 127.0.0.1")
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		e.fail("address", e.hostPort()+" does not answer within "+e.Timeout.String(), "check the port that is published, and the firewall")
	case isLoopback(host):
		e.fail("address", "nothing listens at "+e.hostPort(), "start it with authdrill serve; in a container 127.0.0.1 is the container itself")
	default:
		e.fail("address", e.hostPort()+" refuses connections", "authdrill listens on 127.0.0.1 only, unless it is started with --host 0.0.0.0 --allow-non-loopback --allow-host "+host)
	}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

func (e *examination) families() {
	if !strings.EqualFold(e.url.Hostname(), "localhost") {
		return
	}
	_, port, _ := net.SplitHostPort(e.hostPort())
	var closed []string
	for _, ip := range []string{"127.0.0.1", "::1"} {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip, port), e.Timeout)
		if err != nil {
			closed = append(closed, ip)
			continue
		}
		_ = conn.Close()
	}
	if len(closed) == 1 {
		e.warn("localhost", "localhost is two addresses, and nothing listens at "+net.JoinHostPort(closed[0], port), "use the address that answers, "+map[string]string{"::1": "127.0.0.1", "127.0.0.1": "[::1]"}[closed[0]]+", in your app and as the issuer")
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") || ip != nil && ip.IsLoopback()
}
