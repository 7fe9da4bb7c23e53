package client

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// checkResponse judges an authorization response before anything in it is used.
func (c *Client) checkResponse(ctx context.Context, a *Authorization, p url.Values) error {
	m, err := c.Discover(ctx)
	if err != nil {
		return err
	}
	return judge(c.tables.response, &check.Reply{
		Params: p, State: a.State, ResponseType: a.ResponseType, Created: a.Created, IssPromised: m.IssParameterSupported,
		Take: func() bool { return !a.Answered.Swap(true) },
	}, nil)
}

// responseTable has the checks of an authorization response: first whether it
// answers this request at all, then what it says.
func (c *Client) responseTable() []check.Row[*check.Reply] {
	return []check.Row[*check.Reply]{
		row("duplicates", "RFC 6749 section 3.1", checkDuplicates),
		row("state", "RFC 6749 section 10.12", c.checkState),
		row("iss", "RFC 9207 section 2.4", c.checkIss),
		row("login_timeout", "RFC 6749 section 10.12", c.checkLoginTimeout),
		row("replay", "RFC 9700 section 4.7", checkReplay),
		row("authorization_response", "RFC 6749 section 4.1.2.1", checkError),
		row("code", "RFC 6749 section 4.1.2", checkParts),
	}
}

// checkDuplicates refuses a parameter that is there twice: the provider and the
// client might each mean another of the two (RFC 6749 section 3.1).
func checkDuplicates(r *check.Reply) check.Finding {
	var names []string
	for name, values := range r.Params {
		if len(values) > 1 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return check.Pass("none")
	}
	name := slices.Min(names)
	return check.Fail("one "+quote(name), fmt.Sprintf("%d", len(r.Params[name])))
}

// checkState requires the state of the browser that began the sign-in (RFC 6749
// section 10.12).
func (c *Client) checkState(r *check.Reply) check.Finding {
	state, present := r.Params.Get("state"), r.Params.Has("state")
	switch {
	case c.cfg.WithoutState:
		return check.NotFor("not used")
	case !present && r.State == "":
		return check.NotFor("none was sent")
	case !present:
		return check.Fail(shorten(r.State), "none")
	case r.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(r.State)) != 1:
		return check.Fail(shorten(r.State), showSecret(state))
	}
	return check.Pass(shorten(state))
}

// checkIss requires that the response is of the provider that was asked. It must
// have an iss if the metadata promises one (RFC 9207 section 2.4); an iss that is
// there must be the issuer, byte for byte.
func (c *Client) checkIss(r *check.Reply) check.Finding {
	iss, present := r.Params.Get("iss"), r.Params.Has("iss")
	switch {
	case c.cfg.WithoutIss:
		return check.NotFor("not used")
	case !present && r.IssPromised:
		return check.Fail(c.cfg.Issuer, "none")
	case present && iss != c.cfg.Issuer:
		return check.Fail(c.cfg.Issuer, quote(iss))
	}
	return check.Pass(iss)
}

// checkLoginTimeout refuses the answer to a sign-in that was begun too long ago.
func (c *Client) checkLoginTimeout(r *check.Reply) check.Finding {
	if age := c.cfg.Now().Sub(r.Created); age > c.cfg.LoginTimeout {
		return check.Fail("an answer within "+c.cfg.LoginTimeout.String(), "one after "+age.Round(time.Second).String())
	}
	return check.Pass("in time")
}

// checkReplay accepts one answer to a pending login. A response that failed an
// earlier check may be of another sender, and does not count.
func checkReplay(r *check.Reply) check.Finding {
	if !r.Take() {
		return check.Fail("a first response", "another to the same request")
	}
	return check.Pass("the first")
}

// checkError refuses a response with an error, even if it has a code too (RFC 6749
// section 4.1.2.1).
func checkError(r *check.Reply) check.Finding {
	p := r.Params
	if !p.Has("error") {
		return check.Pass("no error")
	}
	e := &OAuthError{Code: p.Get("error"), Description: p.Get("error_description"), URI: p.Get("error_uri")}
	return check.Error(rejectOAuth("authorization_response", "RFC 6749 section 4.1.2.1", e, nil))
}

// checkParts requires what the response type promises (RFC 6749 section 4.1.2,
// OAuth 2.0 Multiple Response Types 5). What it does not promise is not read.
func checkParts(r *check.Reply) check.Finding {
	for _, part := range strings.Fields(r.ResponseType) {
		f := check.Fail("in the response", "none")
		f.Name = part
		switch part {
		case "token":
			f.Name, f.Spec = "access_token", "RFC 6749 section 4.2.2"
		case "id_token":
			f.Spec = "OIDC Core 3.2.2.5"
		case "none":
			continue
		}
		if r.Params.Get(f.Name) == "" {
			return f
		}
	}
	return check.Pass("all of " + r.ResponseType)
}
