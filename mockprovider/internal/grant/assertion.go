package grant

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// assertionClaims are the claims of a client assertion (RFC 7523 section 3).
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	Issued    *float64 `json:"iat"`
	ID        string   `json:"jti"`
}

// audience is one text or a list of them (RFC 7519 section 4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(a))
}

const (
	assertionSkew = 60 * time.Second // the client's clock may be off by this much

	longestAssertion = 365 * 24 * time.Hour // for which its jti is remembered
	manyAssertions   = 4096                 // remembered before those that are over are looked for
)

// verifyAssertion judges a client assertion. It returns the authentication
// method that it amounts to, or why it is refused.
func (e *Engine) verifyAssertion(ctx context.Context, c *store.Client, assertion string) (method, refusal string) {
	signed, err := jose.ParseSignedCompact(assertion, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA, jose.HS256})
	if err != nil || len(signed.Signatures) != 1 {
		return "", "The client assertion is no JWT signed with RS256, PS256, ES256, EdDSA or HS256."
	}
	header := signed.Signatures[0].Protected
	if c.AuthSigningAlg != "" && c.AuthSigningAlg != header.Algorithm {
		return "", "The client is registered to sign assertions with " + c.AuthSigningAlg + " and used " + header.Algorithm + "."
	}
	payload, method, refusal := e.openAssertion(ctx, c, signed, header)
	if refusal != "" {
		return "", refusal
	}
	var claims assertionClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return "", "The claims of the client assertion cannot be read: " + err.Error()
	}
	if refusal := e.judgeAssertion(ctx, c, claims); refusal != "" {
		return "", refusal
	}
	return method, ""
}

func (e *Engine) openAssertion(ctx context.Context, c *store.Client, signed *jose.JSONWebSignature, header jose.Header) (payload []byte, method, refusal string) {
	if header.Algorithm == string(jose.HS256) {
		payload, err := signed.Verify([]byte(c.Secret))
		if err != nil || c.Secret == "" {
			return nil, "", "The signature of the client assertion does not fit the client secret."
		}
		return payload, "client_secret_jwt", ""
	}
	set, err := e.clientKeys(ctx, c)
	if err != nil {
		return nil, "", "The keys of the client cannot be had: " + err.Error()
	}
	for _, k := range set.Keys {
		if header.KeyID != "" && k.KeyID != "" && k.KeyID != header.KeyID || k.Use == "enc" {
			continue
		}
		if payload, err := signed.Verify(k.Public()); err == nil {
			return payload, "private_key_jwt", ""
		}
	}
	return nil, "", "The signature of the client assertion fits no key of the client."
}

// judgeAssertion checks the claims one by one (RFC 7523 section 3).
func (e *Engine) judgeAssertion(ctx context.Context, c *store.Client, claims assertionClaims) (refusal string) {
	now := e.now()
	meant := []string{e.Issuer, e.TokenEndpoint}
	if journal.From(ctx).Endpoint() == "pushed_authorization_request_endpoint" {
		meant = append(meant, e.PAREndpoint) // RFC 9126 section 2
	}
	switch {
	case claims.Issuer != c.ID || claims.Subject != c.ID:
		return "iss and sub of the client assertion must both be the client_id."
	case !slices.ContainsFunc(claims.Audience, func(aud string) bool { return slices.Contains(meant, aud) }):
		return "aud of the client assertion must be " + strings.Join(meant, " or ") + ", not " + quoted(strings.Join(claims.Audience, " ")) + "."
	case claims.Expires == nil:
		return "The client assertion has no exp."
	case claims.ID == "":
		return "The client assertion has no jti."
	case !claims.timely(now) && !e.timelyOnTheWall(claims):
		return "The client assertion has expired, or is not valid yet."
	}
	if !e.firstUse("jti:"+c.ID+":"+claims.ID, claims) {
		return "The client assertion was used before: each needs its own jti."
	}
	journal.From(ctx).Decide("client_assertion", true, "verified", "RFC 7523 section 3")
	return ""
}

// firstUse remembers an assertion for as long as it is timely, on each clock that
// it is judged by: moving the issuer's does not make it new.
func (e *Engine) firstUse(key string, claims assertionClaims) bool {
	first := func(table *store.Table[string, struct{}], now time.Time) bool {
		left := min(*claims.Expires-float64(now.Unix())+assertionSkew.Seconds(), longestAssertion.Seconds())
		return table.PutNew(key, struct{}{}, now.Add(time.Duration(left)*time.Second), now)
	}
	fresh := first(&e.Store.Used, e.now())
	if e.timelyOnTheWall(claims) {
		wall := e.wall()
		if e.usedOnTheWall.Len() > manyAssertions {
			e.usedOnTheWall.Sweep(wall)
		}
		fresh = first(&e.usedOnTheWall, wall) && fresh
	}
	return fresh
}

func (a assertionClaims) timely(now time.Time) bool {
	at := float64(now.Unix())
	skew := assertionSkew.Seconds()
	return at < *a.Expires+skew && (a.NotBefore == nil || at >= *a.NotBefore-skew) && (a.Issued == nil || at >= *a.Issued-skew)
}

// timelyOnTheWall judges by the machine's time where the issuer's clock runs:
// a client under test that makes its own assertions lives in real time, also
// when the issuer was moved ahead of it.
func (e *Engine) timelyOnTheWall(a assertionClaims) bool {
	return !e.Clock.State().Frozen && a.timely(e.wall())
}

// wall is the machine's time.
func (e *Engine) wall() time.Time { return clock.Running().Now() }

// unverifiedSubject reads sub of an assertion to know whose keys to check it
// with.
func unverifiedSubject(assertion string) string {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return ""
	}
	claims, err := decodePart(parts[1])
	if err != nil {
		return ""
	}
	sub, _ := claims["sub"].(string)
	return sub
}
