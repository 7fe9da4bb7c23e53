package clientauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Assertion are the claims of a client assertion (RFC 7523 section 3).
type Assertion struct {
	Issuer, Subject, ID string
	Audience            []string
	Expires             *float64
	NotBefore           *float64
	Issued              *float64
}

// ReadAssertion reads the claims of an assertion. Those it does not know may be
// anything.
func ReadAssertion(c jwt.Claims) (a Assertion, err error) {
	for name, onto := range map[string]*string{"iss": &a.Issuer, "sub": &a.Subject, "jti": &a.ID} {
		text, wrong := c.Text(name)
		err = errors.Join(err, wrong)
		*onto = text
	}
	for name, onto := range map[string]**float64{"exp": &a.Expires, "nbf": &a.NotBefore, "iat": &a.Issued} {
		date, wrong := c.Date(name)
		err = errors.Join(err, wrong)
		*onto = date
	}
	var wrong error
	a.Audience, wrong = c.Audience()
	err = errors.Join(err, wrong)
	if len(a.ID) > longestJTI {
		err = errors.Join(err, fmt.Errorf("jti has %d bytes, want at most %d", len(a.ID), longestJTI))
	}
	return a, err
}

const (
	assertionSkew = 60 * time.Second // the client's clock may be off by this much

	LongestAssertion = 365 * 24 * time.Hour // that an assertion may be valid for
	longestJTI       = 256                  // bytes: it is compared, never shown
	shortestKey      = 32                   // bytes of the secret that an assertion is signed with
)

// verifyAssertion judges a client assertion. It returns the authentication
// method that it amounts to, or why it is refused.
func (g *Registry) verifyAssertion(ctx context.Context, c *store.Client, assertion string) (method protocol.AuthMethod, refusal string) {
	read, err := jwt.ReadForeign(assertion, Algorithms()...)
	if err != nil {
		return "", "The client assertion cannot be used: " + err.Error() + "."
	}
	if alg := protocol.Algorithm(read.Header.Algorithm); c.AuthSigningAlg != "" && c.AuthSigningAlg != alg {
		return "", "The client is registered to sign assertions with " + string(c.AuthSigningAlg) + " and used " + string(alg) + "."
	}
	if !capability.Supports(g.state.Persona(), "token_endpoint_auth_signing_alg_values_supported", read.Header.Algorithm) {
		return "", "This provider takes no assertions signed with " + exchange.Quoted(read.Header.Algorithm) + ": its metadata do not list it."
	}
	if method, refusal = g.VerifySignature(ctx, c, read); refusal != "" {
		return "", refusal
	}
	claims, err := ReadAssertion(read.Claims)
	if err != nil {
		return "", "The claims of the client assertion cannot be used: " + OneLine(err) + "."
	}
	if refusal := g.judgeAssertion(ctx, c, claims); refusal != "" {
		return "", refusal
	}
	return method, ""
}

// Algorithms are those that a client may sign an assertion with.
func Algorithms() []jose.SignatureAlgorithm {
	var out []jose.SignatureAlgorithm
	for _, name := range protocol.Values[protocol.Algorithm]("") {
		out = append(out, jose.SignatureAlgorithm(name))
	}
	return out
}

// OneLine is an error that may be joined of several, in a fixed order.
func OneLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// judgeAssertion checks the claims one by one (RFC 7523 section 3).
func (g *Registry) judgeAssertion(ctx context.Context, c *store.Client, claims Assertion) (refusal string) {
	meant := g.Audiences(ctx)
	switch {
	case claims.Issuer != c.ID || claims.Subject != c.ID:
		return "iss and sub of the client assertion must both be the client_id."
	case !slices.ContainsFunc(claims.Audience, func(aud string) bool { return slices.Contains(meant, aud) || g.isAliasAudience(ctx, aud) }):
		return "aud of the client assertion must be " + strings.Join(meant, " or ") + ", not " + exchange.Quoted(strings.Join(claims.Audience, " ")) + "."
	case claims.Expires == nil:
		return "The client assertion has no exp."
	case claims.ID == "":
		return "The client assertion has no jti."
	case !g.OnSomeClock(claims.IsTimely):
		return "The client assertion has expired, or is not valid yet."
	case !g.OnSomeClock(func(now time.Time) bool { return claims.IsTimely(now) && claims.ExpiresWithin(now, LongestAssertion) }):
		return "exp of the client assertion is further ahead than " + LongestAssertion.String() + "."
	}
	if !g.FirstUse("jti:"+c.ID+":"+claims.ID, claims) {
		return "The client assertion was used before: each needs its own jti."
	}
	exchange.From(ctx).Decide("client_assertion", true, "verified", "RFC 7523 section 3")
	return ""
}

// Audiences are those of a client assertion: the issuer, the token endpoint (RFC 7523
// section 3), and the endpoint that is asked, where that is the one for pushed
// requests (RFC 9126 section 2) or the provider is a real one's imitation.
func (g *Registry) Audiences(ctx context.Context) []string {
	meant := []protocol.Endpoint{protocol.TokenEndpoint}
	if asked := exchange.From(ctx).Endpoint(); asked == protocol.PushedAuthorizationRequestEndpoint || asked != protocol.TokenEndpoint && g.state.Persona().Dialect != nil {
		meant = append(meant, asked)
	}
	return g.names.Dialect().Audiences(g.names.At(ctx), meant...)
}

// isAliasAudience reports whether an audience is right under another name of the
// provider than that of the request.
func (g *Registry) isAliasAudience(ctx context.Context, aud string) bool {
	return slices.ContainsFunc(g.names.AliasesOf(aud), func(address string) bool { return slices.Contains(g.Audiences(g.names.Under(ctx, address)), aud) })
}

// FirstUse remembers an assertion until it is over on each clock that it may be
// judged by: moving the issuer's does not make it new. It is one step: of any
// number of uses at once one is the first.
func (g *Registry) FirstUse(key string, a Assertion) bool {
	now := g.EarliestTime()
	until := time.Unix(int64(*a.Expires), 0).Add(assertionSkew + time.Second)
	return g.state.Store.FirstUse(key, until, now)
}

// EarliestTime is the earlier of the issuer's time and the machine's.
func (g *Registry) EarliestTime() time.Time {
	now, wall := g.state.Clock.Now(), g.machineTime()
	if wall.Before(now) {
		return wall
	}
	return now
}

func (a Assertion) IsTimely(now time.Time) bool {
	at := float64(now.Unix())
	skew := assertionSkew.Seconds()
	return at < *a.Expires+skew && (a.NotBefore == nil || at >= *a.NotBefore-skew) && (a.Issued == nil || at >= *a.Issued-skew)
}

// ExpiresWithin reports whether the assertion expires within a time of now.
func (a Assertion) ExpiresWithin(now time.Time, within time.Duration) bool {
	return *a.Expires <= float64(now.Unix())+within.Seconds()+assertionSkew.Seconds()
}

// OnSomeClock asks by the issuer's time and, where its clock runs, by the
// machine's: a client under test that makes its own assertions lives in real time,
// also when the issuer was moved ahead of it.
func (g *Registry) OnSomeClock(holds func(now time.Time) bool) bool {
	now, frozen := g.state.Clock.State()
	return holds(now) || !frozen && holds(g.machineTime())
}

// machineTime is the machine's time.
func (g *Registry) machineTime() time.Time { return clock.Machine() }

// unverifiedSubject reads sub of an assertion to know whose keys to check it
// with.
func unverifiedSubject(assertion string) (string, error) {
	parts, err := jwt.Parts(assertion)
	if err != nil {
		return "", err
	}
	c, err := jwt.Part(parts[1])
	if err != nil {
		return "", fmt.Errorf("its claims %w", err)
	}
	return c.Text("sub")
}
