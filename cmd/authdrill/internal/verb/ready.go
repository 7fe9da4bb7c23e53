package verb

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
)

const defaultIssuer = "http://127.0.0.1:9400"

// readyVerb waits for a provider: the line before the first test in a script.
func readyVerb() verb {
	issuer, timeout := "", 10*time.Second
	return verb{
		name: "ready", group: "helpers",
		summary: "wait until a provider answers",
		example: "authdrill serve & authdrill ready && npm test",
		flags: func(f *setting.Flags) {
			f.Text(&issuer, "issuer", "URL", "the provider to wait for, by the name that it has; default the one of this machine, by whatever name, at the port of AUTHDRILL_PORT or the settings")
			f.Duration(&timeout, "timeout", "DURATION", "how long to wait")
		},
		run: func(ctx context.Context, c *call) error {
			if timeout <= 0 {
				return failure.Usage("--timeout 10s", "invalid timeout %s: want a positive duration", timeout)
			}
			ask := askIssuer
			if issuer == "" {
				address, err := servedHere(c)
				if err != nil {
					return err
				}
				issuer, ask = "http://"+address, askHealth
			}
			if err := setting.CheckIssuer("issuer", issuer); err != nil {
				return err
			}
			bounded, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			err := untilReady(bounded, strings.TrimSuffix(issuer, "/"), ask)
			switch {
			case ctx.Err() != nil:
				return signals.Interrupted(ctx)
			case err != nil:
				return failure.Environmental("start one with authdrill serve, or wait longer with --timeout 1m", "%s is not ready after %s: %s", issuer, timeout, err)
			}
			c.Print("%s", strings.TrimSuffix(issuer, "/"))
			return nil
		},
	}
}

// servedHere returns where serve listens on this machine with the same environment and
// settings.
func servedHere(c *call) (string, error) {
	f := setting.NewFlags()
	f.Secrets, f.Lookup = c.Secrets, c.env
	p := &site.Flags{Port: defaultPort}
	p.Define(f)
	if err := f.Environment(c.env, nil, nil); err != nil {
		return "", err
	}
	if err := setting.ReadFlags(p.Config, f); err != nil {
		return "", err
	}
	return socket.Dialable(socket.Unbracketed(p.Host), &net.TCPAddr{Port: p.Port}), nil
}

// untilReady asks until a provider answers. The error is the last answer's.
func untilReady(ctx context.Context, issuer string, ask func(context.Context, string) error) error {
	var last error
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if err := ask(ctx, issuer); err == nil {
			return nil
		} else if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-ticker.C:
		}
	}
}

// askHealth asks a server for its health, which it tells under any host name.
func askHealth(ctx context.Context, base string) error {
	status, _, err := fetchAnswer(ctx, base+"/healthz")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("/healthz answers %d %s", status, http.StatusText(status))
	}
	return err
}

// askIssuer asks for the discovery document, which has to be the issuer's own. A
// provider that is imitated may have none: its health is then enough.
func askIssuer(ctx context.Context, issuer string) error {
	status, body, err := fetchAnswer(ctx, issuer+"/.well-known/openid-configuration")
	if err != nil {
		return err
	}
	var document struct{ Issuer string }
	switch err := json.Unmarshal(body, &document); {
	case status == http.StatusNotFound && askHealth(ctx, issuer) == nil:
		return nil
	case status != http.StatusOK:
		return fmt.Errorf("discovery answers %d %s", status, http.StatusText(status))
	case err != nil:
		return fmt.Errorf("its discovery document is not JSON")
	case document.Issuer != issuer: // OIDC Discovery section 4.3
		return fmt.Errorf("it calls itself %s", document.Issuer)
	}
	return nil
}

func fetchAnswer(ctx context.Context, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, failure.RootOf(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, body, err
}
