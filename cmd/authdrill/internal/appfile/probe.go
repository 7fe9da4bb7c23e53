package appfile

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// probeTimeout is how long the app may take to answer all that it is asked.
const probeTimeout = 5 * time.Second

// probe asks an app on this machine for the usual pages. It finds nothing of an app
// that does not run.
func (d *Description) probe(ctx context.Context) Description {
	_, login := split(d.Login)
	if u, err := url.Parse(login); err != nil || !isLoopback(u.Hostname()) {
		return Description{}
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	p := &prober{ctx: ctx, base: origin(login)}
	absent := p.status("/authdrill/no/such/page")
	if absent == 0 {
		return Description{}
	}
	var found Description
	for _, path := range []string{"/me", "/whoami", "/api/me", "/api/user", "/user", "/userinfo", "/profile", "/account"} {
		if status := p.status(path); status != absent && (status == http.StatusUnauthorized || status == http.StatusForbidden || isRedirect(status)) {
			found.WhoAmI = p.base + path
			break
		}
	}
	for _, path := range []string{"/logout", "/signout", "/sign-out", "/auth/logout", "/oauth2/sign_out"} {
		switch status := p.status(path); {
		case status == absent || status >= 500 || status == http.StatusNotFound:
			continue
		case status == http.StatusMethodNotAllowed:
			found.Logout = "POST " + p.base + path
		default:
			found.Logout = p.base + path
		}
		break
	}
	return found
}

// prober asks an app for pages, without cookies.
type prober struct {
	ctx  context.Context
	base string
}

// status returns how the app answers, 0 if it does not.
func (p *prober) status(path string) int {
	r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return 0
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close() // only the status matters
	return resp.StatusCode
}

func isRedirect(status int) bool { return status >= 300 && status < 400 }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
