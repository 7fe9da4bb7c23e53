package client

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// checkResponse judges an authorization response before anything in it is used:
// first whether it answers this request at all, then what it says.
func (c *Client) checkResponse(ctx context.Context, a *Authorization, p url.Values) error {
	m, err := c.Discover(ctx)
	if err != nil {
		return err
	}
	for _, check := range []func() error{
		func() error { return c.checkDuplicates(p) },
		func() error { return c.checkState(a, p) },
		func() error { return c.checkIss(m, p) },
		func() error { return c.checkOnce(a) },
		func() error { return c.checkError(p) },
		func() error { return c.checkParts(a, p) },
		func() error { return c.checkKnown(p) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkDuplicates: a parameter is there once. Of two, the provider and the
// client might each mean the other one (RFC 6749 section 3.1).
func (c *Client) checkDuplicates(p url.Values) error {
	var names []string
	for name, values := range p {
		if len(values) > 1 {
			names = append(names, name)
		}
	}
	if len(names) == 0 || c.has(DuplicateParamsAccepted) {
		return nil
	}
	name := slices.Min(names)
	return reject("duplicates", "RFC 6749 section 3.1", "one "+shown(name), fmt.Sprintf("%d", len(p[name])))
}

// checkState: the response belongs to the browser that asked (RFC 6749 section 10.12).
func (c *Client) checkState(a *Authorization, p url.Values) error {
	state, present := p.Get("state"), p.Has("state")
	switch {
	case !c.uses(UseState) || c.has(StateUnchecked):
		return nil
	case !present && a.State == "":
		return nil // none was sent
	case !present && c.has(StateMissingAccepted):
		return nil
	case !present:
		return reject("state", "RFC 6749 section 10.12", short(a.State), "none")
	case a.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) != 1:
		return reject("state", "RFC 6749 section 10.12", short(a.State), showShort(state))
	}
	return nil
}

// checkIss: the response is of the provider that was asked. It must say so if
// the provider promises to (RFC 9207 section 2.4), and whenever it says so it must be
// true. Comparing is byte for byte.
func (c *Client) checkIss(m *Metadata, p url.Values) error {
	iss, present := p.Get("iss"), p.Has("iss")
	switch {
	case !c.uses(UseIss) || c.has(IssUnchecked):
		return nil
	case !present && m.IssParameterSupported && !c.has(IssMissingAccepted):
		return reject("iss", "RFC 9207 section 2.4", c.cfg.Issuer, "none")
	case present && iss != c.cfg.Issuer:
		return reject("iss", "RFC 9207 section 2.4", c.cfg.Issuer, shown(iss))
	}
	return nil
}

// checkOnce: a pending login is answered once, and in time. What failed until
// here may have been a stranger's, and uses nothing up.
func (c *Client) checkOnce(a *Authorization) error {
	if age := c.cfg.Now().Sub(a.Created); age > c.cfg.LoginTimeout && !c.has(LoginNeverExpires) {
		return reject("login_timeout", "RFC 6749 section 10.12", "an answer within "+c.cfg.LoginTimeout.String(), "one after "+age.Round(time.Second).String())
	}
	if !c.replays() && a.used.Swap(true) {
		return reject("replay", "RFC 9700 section 4.7", "a first response", "another to the same request")
	}
	return nil
}

// checkError: an error is one, also beside a code (RFC 6749 section 4.1.2.1).
func (c *Client) checkError(p url.Values) error {
	if !p.Has("error") || c.has(ErrorIgnored) && p.Get("code") != "" {
		return nil
	}
	e := &OAuthError{Code: p.Get("error"), Description: p.Get("error_description"), URI: p.Get("error_uri")}
	return refused("authorization_response", "RFC 6749 section 4.1.2.1", e, nil)
}

// checkParts: what the response type promises is there (RFC 6749 section 4.1.2, OAuth
// 2.0 Multiple Response Types 5). What it does not promise is not even read.
func (c *Client) checkParts(a *Authorization, p url.Values) error {
	for _, part := range strings.Fields(a.ResponseType) {
		name, spec := part, "RFC 6749 section 4.1.2"
		switch part {
		case "token":
			name, spec = "access_token", "RFC 6749 section 4.2.2"
		case "id_token":
			spec = "OIDC Core 3.2.2.5"
		case "none":
			continue
		}
		if p.Get(name) == "" && !c.has(CodeMissingSent) {
			return reject(name, spec, "in the response", "none")
		}
	}
	return nil
}

// checkKnown: what a client does not know it must ignore (RFC 6749 section
// 4.1.2), so that this refuses something only with a bug.
func (c *Client) checkKnown(p url.Values) error {
	if !c.has(UnknownParamsRefused) {
		return nil
	}
	for name := range p {
		if !slices.Contains([]string{"code", "state", "iss", "id_token", "access_token", "token_type", "expires_in", "scope", "session_state"}, name) {
			return reject("authorization_response", "RFC 6749 section 4.1.2", "no parameter "+shown(name), "one")
		}
	}
	return nil
}

// replays reports whether a response is taken as often as it comes.
func (c *Client) replays() bool { return c.has(ResponseReplayed) }
