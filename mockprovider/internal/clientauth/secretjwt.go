package clientauth

import (
	"context"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// verifySecretJWT judges a client secret that the client has made, by the key it
// has registered. Of a client without one the signature stays unverified, and
// the journal says so: an app signs with a key that the real provider gave it.
func (g *Registry) verifySecretJWT(ctx context.Context, c *store.Client, want *dialectfile.SecretJWT, secret string) (refusal string) {
	read, err := jwt.ReadForeign(secret, jose.SignatureAlgorithm(want.Alg))
	if err != nil {
		return "The client secret cannot be used: " + err.Error() + "."
	}
	if read.Header.KeyID == "" {
		return "The header of the client secret has no kid."
	}
	if len(c.JWKS) == 0 && c.JWKSURI == "" {
		exchange.From(ctx).Note("the signature of the client secret was not verified: register the key it is made with as the client's jwks")
	} else if _, refusal = g.VerifySignature(ctx, c, read); refusal != "" {
		return refusal
	}
	claims, err := ReadAssertion(read.Claims)
	if err != nil {
		return "The claims of the client secret cannot be used: " + OneLine(err) + "."
	}
	return g.judgeSecretJWT(ctx, c, want, claims)
}

func (g *Registry) judgeSecretJWT(ctx context.Context, c *store.Client, want *dialectfile.SecretJWT, claims Assertion) (refusal string) {
	forUs := false
	for _, aud := range claims.Audience {
		forUs = forUs || g.names.IsOwnIssuer(ctx, aud)
	}
	switch {
	case claims.Issuer == "":
		return "The client secret has no iss."
	case claims.Subject != c.ID:
		return "sub of the client secret must be the client_id."
	case !forUs:
		return "aud of the client secret must be " + g.names.Rules().Address + "."
	case claims.Expires == nil:
		return "The client secret has no exp."
	case !g.OnSomeClock(claims.IsTimely):
		return "The client secret has expired, or is not valid yet."
	case want.Lifetime > 0 && !g.OnSomeClock(func(now time.Time) bool { return claims.ExpiresWithin(now, want.Lifetime.D()) }):
		return "exp of the client secret is further ahead than " + want.Lifetime.String() + "."
	}
	return ""
}
