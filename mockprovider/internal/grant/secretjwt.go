package grant

import (
	"context"
	"encoding/json"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// secretJWT is what the persona asks of client secrets that are JWTs, nil where
// a secret is a text.
func (e *Engine) secretJWT() *persona.SecretJWT {
	if d := e.Persona().Dialect; d != nil {
		return d.TokenRequest.SecretJWT
	}
	return nil
}

// verifySecretJWT judges a client secret that the client has made, by the key it
// has registered. Of a client without one the signature stays unverified, and
// the journal says so: an app signs with a key that the real provider gave it.
func (e *Engine) verifySecretJWT(ctx context.Context, c *store.Client, want *persona.SecretJWT, secret string) (refusal string) {
	signed, err := jose.ParseSignedCompact(secret, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(want.Alg)})
	if err != nil || len(signed.Signatures) != 1 {
		return "The client secret is no JWT signed with " + want.Alg + "."
	}
	header := signed.Signatures[0].Protected
	if header.KeyID == "" {
		return "The header of the client secret has no kid."
	}
	payload := signed.UnsafePayloadWithoutVerification()
	if len(c.JWKS) > 0 || c.JWKSURI != "" {
		if payload, _, refusal = e.openAssertion(ctx, c, signed, header); refusal != "" {
			return refusal
		}
	} else {
		journal.From(ctx).Note("the signature of the client secret was not verified: register the key it is made with as the client's jwks")
	}
	var claims assertionClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return "The claims of the client secret cannot be read: " + err.Error()
	}
	return e.judgeSecretJWT(ctx, c, want, claims)
}

func (e *Engine) judgeSecretJWT(ctx context.Context, c *store.Client, want *persona.SecretJWT, claims assertionClaims) (refusal string) {
	forUs := false
	for _, aud := range claims.Audience {
		forUs = forUs || e.issued(ctx, aud)
	}
	now := e.now()
	switch {
	case claims.Issuer == "":
		return "The client secret has no iss."
	case claims.Subject != c.ID:
		return "sub of the client secret must be the client_id."
	case !forUs:
		return "aud of the client secret must be " + e.Persona().Dialect.Issuer + "."
	case claims.Expires == nil:
		return "The client secret has no exp."
	case !claims.timely(now) && !e.timelyOnTheWall(claims):
		return "The client secret has expired, or is not valid yet."
	case want.Lifetime > 0 && !e.soon(*claims.Expires, want.Lifetime.D()):
		return "exp of the client secret is further ahead than " + want.Lifetime.String() + "."
	}
	return ""
}

// soon reports whether an instant is not further ahead than that, by the
// issuer's clock or, where it runs, by the machine's: see timelyOnTheWall.
func (e *Engine) soon(at float64, ahead time.Duration) bool {
	limit := ahead.Seconds() + assertionSkew.Seconds()
	return at <= float64(e.now().Unix())+limit || !e.Clock.State().Frozen && at <= float64(e.wall().Unix())+limit
}
