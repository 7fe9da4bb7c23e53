package grant

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
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// assertionClaims are the claims of a client assertion (RFC 7523 section 3).
type assertionClaims struct {
	Issuer, Subject, ID string
	Audience            []string
	Expires             *float64
	NotBefore           *float64
	Issued              *float64
}

// readAssertion reads the claims of an assertion. Those it does not know may be
// anything.
func readAssertion(c jwt.Claims) (a assertionClaims, err error) {
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

	longestAssertion = 365 * 24 * time.Hour // that an assertion may be valid for
	longestJTI       = 256                  // bytes: it is compared, never shown
	shortestKey      = 32                   // bytes of the secret that an assertion is signed with
)

// verifyAssertion judges a client assertion. It returns the authentication
// method that it amounts to, or why it is refused.
func (e *Engine) verifyAssertion(ctx context.Context, c *store.Client, assertion string) (method protocol.AuthMethod, refusal string) {
	read, err := jwt.ReadForeign(assertion, assertionAlgorithms()...)
	if err != nil {
		return "", "The client assertion cannot be used: " + err.Error() + "."
	}
	if alg := protocol.Algorithm(read.Header.Algorithm); c.AuthSigningAlg != "" && c.AuthSigningAlg != alg {
		return "", "The client is registered to sign assertions with " + string(c.AuthSigningAlg) + " and used " + string(alg) + "."
	}
	if !capability.Supports(e.Persona(), "token_endpoint_auth_signing_alg_values_supported", read.Header.Algorithm) {
		return "", "This provider takes no assertions signed with " + exchange.Quoted(read.Header.Algorithm) + ": its metadata do not list it."
	}
	if method, refusal = e.verifySignature(ctx, c, read); refusal != "" {
		return "", refusal
	}
	claims, err := readAssertion(read.Claims)
	if err != nil {
		return "", "The claims of the client assertion cannot be used: " + oneLine(err) + "."
	}
	if refusal := e.judgeAssertion(ctx, c, claims); refusal != "" {
		return "", refusal
	}
	return method, ""
}

// assertionAlgorithms are those that a client may sign an assertion with.
func assertionAlgorithms() []jose.SignatureAlgorithm {
	var out []jose.SignatureAlgorithm
	for _, name := range protocol.Values[protocol.Algorithm]("") {
		out = append(out, jose.SignatureAlgorithm(name))
	}
	return out
}

// oneLine is an error that may be joined of several, in a fixed order.
func oneLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// verifyMAC says why a JWT is not signed with the client's secret, if it is not.
func verifyMAC(c *store.Client, read *jwt.Foreign) (refusal string) {
	if n := len(c.Secret); n > 0 && n < shortestKey {
		return fmt.Sprintf("The client secret has %d bytes, and a key of HS256 at least %d (RFC 7518 section 3.2).", n, shortestKey)
	}
	if err := read.Verify([]byte(c.Secret)); err != nil || c.Secret == "" {
		return "The signature of the client assertion does not fit the client secret."
	}
	return ""
}

// verifySignature verifies that the client has signed a JWT.
func (e *Engine) verifySignature(ctx context.Context, c *store.Client, read *jwt.Foreign) (method protocol.AuthMethod, refusal string) {
	if read.Header.Algorithm == string(protocol.HS256) {
		return protocol.ClientSecretJWT, verifyMAC(c, read)
	}
	set, err := e.clientKeys(ctx, c)
	if err != nil {
		return "", "The keys of the client cannot be had: " + err.Error()
	}
	for _, k := range set.Keys {
		if other := read.Header.KeyID != "" && k.KeyID != "" && k.KeyID != read.Header.KeyID; other || k.Use == "enc" {
			continue
		}
		if err := read.Verify(k.Public()); err == nil {
			return protocol.PrivateKeyJWT, ""
		}
	}
	return "", "The signature of the client assertion fits no key of the client."
}

// judgeAssertion checks the claims one by one (RFC 7523 section 3).
func (e *Engine) judgeAssertion(ctx context.Context, c *store.Client, claims assertionClaims) (refusal string) {
	meant := e.audiences(ctx)
	switch {
	case claims.Issuer != c.ID || claims.Subject != c.ID:
		return "iss and sub of the client assertion must both be the client_id."
	case !slices.ContainsFunc(claims.Audience, func(aud string) bool { return slices.Contains(meant, aud) || e.isAliasAudience(ctx, aud) }):
		return "aud of the client assertion must be " + strings.Join(meant, " or ") + ", not " + exchange.Quoted(strings.Join(claims.Audience, " ")) + "."
	case claims.Expires == nil:
		return "The client assertion has no exp."
	case claims.ID == "":
		return "The client assertion has no jti."
	case !e.onSomeClock(claims.areTimely):
		return "The client assertion has expired, or is not valid yet."
	case !e.onSomeClock(func(now time.Time) bool { return claims.areTimely(now) && claims.expireWithin(now, longestAssertion) }):
		return "exp of the client assertion is further ahead than " + longestAssertion.String() + "."
	}
	if !e.firstUse("jti:"+c.ID+":"+claims.ID, claims) {
		return "The client assertion was used before: each needs its own jti."
	}
	exchange.From(ctx).Decide("client_assertion", true, "verified", "RFC 7523 section 3")
	return ""
}

// audiences are those of a client assertion: the issuer, the token endpoint (RFC 7523
// section 3), and the endpoint that is asked, where that is the one for pushed
// requests (RFC 9126 section 2) or the provider is a real one's imitation.
func (e *Engine) audiences(ctx context.Context) []string {
	meant := []protocol.Endpoint{protocol.TokenEndpoint}
	if asked := exchange.From(ctx).Endpoint(); asked == protocol.PushedAuthorizationRequestEndpoint || asked != protocol.TokenEndpoint && e.Persona().Dialect != nil {
		meant = append(meant, asked)
	}
	return e.Dialect().Audiences(e.At(ctx), meant...)
}

// isAliasAudience reports whether an audience is right under another name of the
// provider than that of the request.
func (e *Engine) isAliasAudience(ctx context.Context, aud string) bool {
	return slices.ContainsFunc(e.AliasesOf(aud), func(address string) bool { return slices.Contains(e.audiences(e.Under(ctx, address)), aud) })
}

// firstUse remembers an assertion until it is over on each clock that it may be
// judged by: moving the issuer's does not make it new. It is one step: of any
// number of uses at once one is the first.
func (e *Engine) firstUse(key string, a assertionClaims) bool {
	now := e.earliestTime()
	until := time.Unix(int64(*a.Expires), 0).Add(assertionSkew + time.Second)
	return e.Store.FirstUse(key, until, now)
}

// earliestTime is the earlier of the issuer's time and the machine's.
func (e *Engine) earliestTime() time.Time {
	now, wall := e.now(), e.machineTime()
	if wall.Before(now) {
		return wall
	}
	return now
}

// Sweep forgets what has expired on the issuer's clock, and the assertions that are
// over on each clock. It returns how many records that were.
func (e *Engine) Sweep() int { return e.Store.Sweep(e.now(), e.earliestTime()) }

func (a assertionClaims) areTimely(now time.Time) bool {
	at := float64(now.Unix())
	skew := assertionSkew.Seconds()
	return at < *a.Expires+skew && (a.NotBefore == nil || at >= *a.NotBefore-skew) && (a.Issued == nil || at >= *a.Issued-skew)
}

// expireWithin reports whether the assertion expires within a time of now.
func (a assertionClaims) expireWithin(now time.Time, within time.Duration) bool {
	return *a.Expires <= float64(now.Unix())+within.Seconds()+assertionSkew.Seconds()
}

// onSomeClock asks by the issuer's time and, where its clock runs, by the
// machine's: a client under test that makes its own assertions lives in real time,
// also when the issuer was moved ahead of it.
func (e *Engine) onSomeClock(holds func(now time.Time) bool) bool {
	now, frozen := e.Clock.State()
	return holds(now) || !frozen && holds(e.machineTime())
}

// machineTime is the machine's time.
func (e *Engine) machineTime() time.Time { return clock.Machine() }

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

// verifySecretJWT judges a client secret that the client has made, by the key it
// has registered. Of a client without one the signature stays unverified, and
// the journal says so: an app signs with a key that the real provider gave it.
func (e *Engine) verifySecretJWT(ctx context.Context, c *store.Client, want *dialectfile.SecretJWT, secret string) (refusal string) {
	read, err := jwt.ReadForeign(secret, jose.SignatureAlgorithm(want.Alg))
	if err != nil {
		return "The client secret cannot be used: " + err.Error() + "."
	}
	if read.Header.KeyID == "" {
		return "The header of the client secret has no kid."
	}
	if len(c.JWKS) == 0 && c.JWKSURI == "" {
		exchange.From(ctx).Note("the signature of the client secret was not verified: register the key it is made with as the client's jwks")
	} else if _, refusal = e.verifySignature(ctx, c, read); refusal != "" {
		return refusal
	}
	claims, err := readAssertion(read.Claims)
	if err != nil {
		return "The claims of the client secret cannot be used: " + oneLine(err) + "."
	}
	return e.judgeSecretJWT(ctx, c, want, claims)
}

func (e *Engine) judgeSecretJWT(ctx context.Context, c *store.Client, want *dialectfile.SecretJWT, claims assertionClaims) (refusal string) {
	forUs := false
	for _, aud := range claims.Audience {
		forUs = forUs || e.IsOwnIssuer(ctx, aud)
	}
	switch {
	case claims.Issuer == "":
		return "The client secret has no iss."
	case claims.Subject != c.ID:
		return "sub of the client secret must be the client_id."
	case !forUs:
		return "aud of the client secret must be " + e.Rules().Address + "."
	case claims.Expires == nil:
		return "The client secret has no exp."
	case !e.onSomeClock(claims.areTimely):
		return "The client secret has expired, or is not valid yet."
	case want.Lifetime > 0 && !e.onSomeClock(func(now time.Time) bool { return claims.expireWithin(now, want.Lifetime.D()) }):
		return "exp of the client secret is further ahead than " + want.Lifetime.String() + "."
	}
	return ""
}
