package attack

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// judgeProvider counts requests, and holds them to the rule of the entry.
func (d *drill) judgeProvider(j *judgement) {
	x := &d.entry.Expect
	entries := d.exchanges()
	for _, c := range counted(x.Requests) {
		if c.want == nil {
			continue
		}
		n := 0
		for _, e := range entries {
			if c.counts(e) {
				n++
			}
		}
		if !match.OK(c.want, n) {
			j.complain(d.class(FailRobustness), "provider", "%s, where %s is right", count(n, c.name), describe(c.want))
		} else {
			j.note("provider", "%s", count(n, c.name))
		}
	}
	if x.Canary {
		for _, e := range entries {
			if e.Endpoint == protocol.Canary {
				j.complain(d.class(FailSecurity), "provider", "the canary address was asked: %s %s", e.Method, e.Path)
			}
		}
	}
	if second := d.site.providers[1]; x.Second != nil && second != nil {
		if n := len(second.Journal().Find(journal.Query{Endpoint: protocol.TokenEndpoint})); !match.OK(x.Second, n) {
			j.complain(d.class(FailSecurity), "provider", "%s of the second provider, where %s is right", count(n, "token request"), describe(x.Second))
		}
	}
	if x.Redirect == "own" {
		d.judgeRedirectURI(j, entries)
	}
	if x.Leaks != nil {
		if n := leaks(entries); !match.OK(x.Leaks, n) {
			j.complain(d.class(FailSecurity), "provider", "%s with a code, a token or a secret went to an address that is not the provider's", count(n, "request"))
		}
	}
	if x.Gap != nil {
		for _, gap := range gaps(entries) {
			if !match.OK(x.Gap, gap.String()) {
				j.complain(d.class(FailRobustness), "provider", "the token endpoint was asked again after %s, where %s is right", gap, describe(x.Gap))
			}
		}
	}
	if d.entry.Lint != "" {
		if rule := lints()[d.entry.Lint]; rule != nil {
			ok, saw := rule(entries)
			if !ok {
				j.complain(d.class(FailSecurity), "provider", "%s", saw)
			} else {
				j.note("provider", "%s", saw)
			}
		}
	}
}

// judgeRedirectURI sees whether an authorization request was bent.
func (d *drill) judgeRedirectURI(j *judgement, entries []*journal.Entry) {
	for _, e := range entries {
		if e.Endpoint != protocol.AuthorizationEndpoint {
			continue
		}
		u, err := url.Parse(e.Params.Get("redirect_uri"))
		if err != nil || !d.site.own(u) {
			j.complain(d.class(FailSecurity), "provider", "the app asked to be answered at %s", e.Params.Get("redirect_uri"))
		}
		if slices.Contains(strings.Fields(e.Params.Get("scope")), "admin") {
			j.complain(d.class(FailSecurity), "provider", "the app asked for the scope admin, because its login page was told to")
		}
	}
}

// counter counts one kind of request.
type counter struct {
	name   string
	want   any
	counts func(*journal.Entry) bool
}

func counted(r catalog.Requests) []counter {
	at := func(endpoint protocol.Endpoint) func(*journal.Entry) bool {
		return func(e *journal.Entry) bool { return e.Endpoint == endpoint }
	}
	return []counter{
		{"authorization request", r.Authorization, at(protocol.AuthorizationEndpoint)},
		{"token request", r.Token, at(protocol.TokenEndpoint)},
		{"refresh", r.Refresh, func(e *journal.Entry) bool {
			return e.Endpoint == protocol.TokenEndpoint && e.Params.Get("grant_type") == "refresh_token"
		}},
		{"userinfo request", r.UserInfo, at(protocol.UserinfoEndpoint)},
		{"key set fetch", r.JWKS, at(protocol.JWKSURI)},
		{"metadata fetch", r.Discovery, at(protocol.Discovery)},
		{"revocation request", r.Revocation, at(protocol.RevocationEndpoint)},
		{"API request", r.Resource, at(protocol.Resource)},
		{"canary request", r.Canary, at(protocol.Canary)},
	}
}

// gaps are the times between token requests and the ones before.
func gaps(entries []*journal.Entry) []time.Duration {
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

// leaks counts the requests of the canary that carry what is nobody's business
// there.
func leaks(entries []*journal.Entry) int {
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
