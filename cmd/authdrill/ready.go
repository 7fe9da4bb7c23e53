package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const defaultIssuer = "http://127.0.0.1:9400"

// readyVerb waits for a provider: the line before the first test in a script.
func readyVerb() verb {
	issuer, timeout := defaultIssuer, 10*time.Second
	return verb{
		name: "ready", group: "helpers",
		summary: "wait until a provider answers",
		flags: func(f *flags) {
			f.text(&issuer, "issuer", "URL", "the provider to wait for")
			f.duration(&timeout, "timeout", "DURATION", "how long to wait")
		},
		run: func(ctx context.Context, c *call) error {
			if err := checkURL("issuer", issuer); err != nil {
				return err
			}
			bounded, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			err := untilReady(bounded, strings.TrimSuffix(issuer, "/"))
			switch {
			case ctx.Err() != nil:
				return interrupted(ctx)
			case err != nil:
				return environmental("start one with authdrill serve, or wait longer with --timeout 1m", "%s is not ready after %s: %s", issuer, timeout, err)
			}
			c.print("%s", strings.TrimSuffix(issuer, "/"))
			return nil
		},
	}
}

// untilReady asks for the discovery document until it is the issuer's own. The
// error is the last answer's.
func untilReady(ctx context.Context, issuer string) error {
	var last error
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if err := askReady(ctx, issuer); err == nil {
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

func askReady(ctx context.Context, issuer string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return rootOf(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var document struct{ Issuer string }
	switch err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&document); {
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("discovery answers %s", resp.Status)
	case err != nil:
		return fmt.Errorf("its discovery document is no JSON")
	case document.Issuer != issuer: // OIDC Discovery section 4.3
		return fmt.Errorf("it calls itself %s", document.Issuer)
	}
	return nil
}
