package grant

import (
	"context"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// verifySecretJWT judges a client secret that the client has made, by the key it
// has registered. Of a client without one the signature stays unverified, and
// the journal says so: an app signs with a key that the real provider gave it.
func (e *Engine) verifySecretJWT(ctx context.Context, c *store.Client, want *persona.SecretJWT, secret string) (refusal string) {
	read, err := readForeign(secret, jose.SignatureAlgorithm(want.Alg))
	if err != nil {
		return "The client secret cannot be used: " + err.Error() + "."
	}
	if read.header.KeyID == "" {
		return "The header of the client secret has no kid."
	}
	if len(c.JWKS) == 0 && c.JWKSURI == "" {
		journal.From(ctx).Note("the signature of the client secret was not verified: register the key it is made with as the client's jwks")
	} else if _, refusal = e.verifySignature(ctx, c, read); refusal != "" {
		return refusal
	}
	claims, err := readAssertion(read.claims)
	if err != nil {
		return "The claims of the client secret cannot be used: " + oneLine(err) + "."
	}
	return e.judgeSecretJWT(ctx, c, want, claims)
}

func (e *Engine) judgeSecretJWT(ctx context.Context, c *store.Client, want *persona.SecretJWT, claims assertionClaims) (refusal string) {
	forUs := false
	for _, aud := range claims.Audience {
		forUs = forUs || e.issued(ctx, aud)
	}
	switch {
	case claims.Issuer == "":
		return "The client secret has no iss."
	case claims.Subject != c.ID:
		return "sub of the client secret must be the client_id."
	case !forUs:
		return "aud of the client secret must be " + e.rules().Address + "."
	case claims.Expires == nil:
		return "The client secret has no exp."
	case !e.onSomeClock(claims.timely):
		return "The client secret has expired, or is not valid yet."
	case want.Lifetime > 0 && !e.onSomeClock(func(now time.Time) bool { return claims.ends(now, want.Lifetime.D()) }):
		return "exp of the client secret is further ahead than " + want.Lifetime.String() + "."
	}
	return ""
}
