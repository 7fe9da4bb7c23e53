package witness

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Provider is what the provider must have been asked, from when the stimulus is
// armed until the last step.
type Provider struct {
	Requests    Requests `json:"requests,omitzero" doc:"how many requests reach its endpoints"`
	Second      Requests `json:"second,omitzero" doc:"how many requests reach the endpoints of the second provider, from the beginning"`
	Gap         any      `json:"gap,omitempty" match:"true" of:"string" doc:"time between two token requests" example:"{$gte: 2s}"`
	RedirectURI string   `json:"redirect_uri,omitempty" enum:"own" doc:"own: every redirect_uri that is asked for is the app's own, and no scope is asked for that it does not ask for by itself"`
	Leaks       any      `json:"leaks,omitempty" match:"true" of:"integer" doc:"requests of the canary address that carry a code, a token or a secret"`
}

// Requests counts requests by endpoint.
type Requests struct {
	Authorization any `json:"authorization_endpoint,omitempty" match:"true" of:"integer" doc:"authorization requests"`
	Token         any `json:"token_endpoint,omitempty" match:"true" of:"integer" doc:"token requests"`
	Refresh       any `json:"refresh,omitempty" match:"true" of:"integer" doc:"token requests with grant_type refresh_token"`
	RefusedCodes  any `json:"refused_codes,omitempty" match:"true" of:"integer" doc:"token requests with a code that the provider refuses, such as one that was redeemed before"`
	UserInfo      any `json:"userinfo_endpoint,omitempty" match:"true" of:"integer" doc:"userinfo requests"`
	JWKS          any `json:"jwks_uri,omitempty" match:"true" of:"integer" doc:"fetches of the key set"`
	Discovery     any `json:"discovery,omitempty" match:"true" of:"integer" doc:"fetches of the metadata"`
	Revocation    any `json:"revocation_endpoint,omitempty" match:"true" of:"integer" doc:"revocation requests"`
	Resource      any `json:"resource,omitempty" match:"true" of:"integer" doc:"requests of the protected API"`
	Canary        any `json:"canary,omitempty" match:"true" of:"integer" doc:"requests of the canary host; 0 where canary is judged"`
}

// IsZero reports whether no requests are counted.
func (r Requests) IsZero() bool { return r == Requests{} }

// judge counts requests, and holds them to the rule of the entry.
func (x *Provider) judge(j *Judgement, e *Evidence, canary bool) {
	entries := e.Exchanges
	for _, c := range countersOf(x.Requests) {
		if c.want == nil {
			continue
		}
		n := c.count(entries)
		if !match.OK(c.want, n) {
			j.addUnmet(result.FailRobustness, rule{provider, "provider.requests." + c.key, 0}, "%s, where %s is right", countInWords(n, c.name), describeExpected(c.want))
		} else {
			j.addNote(provider, "%s", countInWords(n, c.name))
		}
	}
	if canary {
		for _, e := range entries {
			if e.Endpoint == protocol.Canary {
				j.addUnmet(result.FailSecurity, rule{provider, "browser.canary", e.Seq}, "the canary address was asked: %s %s", e.Method, e.Path)
			}
		}
	}
	for _, c := range countersOf(x.Second) {
		if n := c.count(e.SecondExchanges); c.want != nil && !match.OK(c.want, n) {
			j.addUnmet(result.FailSecurity, rule{provider, "provider.second." + c.key, 0}, "%s of the second provider, where %s is right", countInWords(n, c.name), describeExpected(c.want))
		}
	}
	if x.RedirectURI == "own" {
		judgeRedirectURI(j, e)
	}
	if x.Leaks != nil {
		if n := countLeaks(entries); !match.OK(x.Leaks, n) {
			j.addUnmet(result.FailSecurity, rule{provider, "provider.leaks", 0}, "%s with a code, a token or a secret went to an address that is not the provider's", countInWords(n, "request"))
		}
	}
	if x.Gap != nil {
		for _, gap := range timesBetween(entries) {
			if !match.OK(x.Gap, gap.String()) {
				j.addUnmet(result.FailRobustness, rule{provider, "provider.gap", 0}, "the token endpoint was asked again after %s, where %s is right", gap, describeExpected(x.Gap))
			}
		}
	}
	if check := lintRules()[e.LintRule]; check != nil {
		if ok, saw := check(entries); !ok {
			j.addUnmet(result.FailSecurity, rule{provider, "lint", 0}, "%s", saw)
		} else {
			j.addNote(provider, "%s", saw)
		}
	}
}

// judgeRedirectURI sees whether an authorization request was bent.
func judgeRedirectURI(j *Judgement, e *Evidence) {
	for _, x := range e.Exchanges {
		if x.Endpoint != protocol.AuthorizationEndpoint {
			continue
		}
		u, err := url.Parse(x.Params.Get("redirect_uri"))
		if err != nil || !e.IsAppURL(u) {
			j.addUnmet(result.FailSecurity, rule{provider, "provider.redirect_uri", x.Seq}, "the app asked to be answered at %s", x.Params.Get("redirect_uri"))
		}
		if slices.Contains(strings.Fields(x.Params.Get("scope")), "admin") {
			j.addUnmet(result.FailSecurity, rule{provider, "provider.redirect_uri", x.Seq}, "the app asked for the scope admin, because its login page was told to")
		}
	}
}

// counter counts one kind of request.
type counter struct {
	key    string
	name   string // in words
	want   any
	counts func(*journal.Entry) bool
}

func (c *counter) count(entries []*journal.Entry) int {
	n := 0
	for _, e := range entries {
		if c.counts(e) {
			n++
		}
	}
	return n
}

func countersOf(r Requests) []counter {
	at := func(endpoint protocol.Endpoint) func(*journal.Entry) bool {
		return func(e *journal.Entry) bool { return e.Endpoint == endpoint }
	}
	return []counter{
		{"authorization_endpoint", "authorization request", r.Authorization, at(protocol.AuthorizationEndpoint)},
		{"token_endpoint", "token request", r.Token, at(protocol.TokenEndpoint)},
		{"refresh", "refresh", r.Refresh, func(e *journal.Entry) bool {
			return e.Endpoint == protocol.TokenEndpoint && e.Params.Get("grant_type") == "refresh_token"
		}},
		{"refused_codes", "refused token request", r.RefusedCodes, func(e *journal.Entry) bool {
			return e.Endpoint == protocol.TokenEndpoint && e.Params.Get("grant_type") == "authorization_code" && e.Error != ""
		}},
		{"userinfo_endpoint", "userinfo request", r.UserInfo, at(protocol.UserinfoEndpoint)},
		{"jwks_uri", "key set fetch", r.JWKS, at(protocol.JWKSURI)},
		{"discovery", "metadata fetch", r.Discovery, at(protocol.Discovery)},
		{"revocation_endpoint", "revocation request", r.Revocation, at(protocol.RevocationEndpoint)},
		{"resource", "API request", r.Resource, at(protocol.Resource)},
		{"canary", "canary request", r.Canary, at(protocol.Canary)},
	}
}

// timesBetween returns the times between a token request and the one before.
func timesBetween(entries []*journal.Entry) []time.Duration {
	var out []time.Duration
	var last time.Time
	for _, e := range entries {
		if e.Endpoint != protocol.TokenEndpoint {
			continue
		}
		if !last.IsZero() {
			out = append(out, e.Time.Sub(last))
		}
		last = e.Time
	}
	return out
}

// countLeaks counts the requests of the canary that carry credentials or tokens.
func countLeaks(entries []*journal.Entry) int {
	n := 0
	for _, e := range entries {
		if e.Endpoint != protocol.Canary {
			continue
		}
		carried := e.Headers["Authorization"] != ""
		for _, name := range []string{"code", "code_verifier", "client_secret", "client_assertion", "refresh_token", "access_token"} {
			carried = carried || e.Params.Has(name)
		}
		if carried {
			n++
		}
	}
	return n
}
