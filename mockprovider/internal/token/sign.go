package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Sign makes a JWT of a type with the active key of alg. Every token the issuer
// signs passes here, so the faults that falsify tokens are laid on here, after
// the truthful claims are known: artifact is the name such a fault gives in `on`.
func (m *Maker) Sign(ctx context.Context, artifact protocol.Artifact, alg protocol.Algorithm, typ string, claims map[string]any) (string, error) {
	return m.SignTruth(ctx, artifact, alg, typ, claims, nil)
}

// SignTruth is Sign, which writes the truthful claims to truth where a fault changes the
// token. An empty typ is left out of the header.
func (m *Maker) SignTruth(ctx context.Context, artifact protocol.Artifact, alg protocol.Algorithm, typ string, claims map[string]any, truth *string) (string, error) {
	k, err := m.keys.Active(alg)
	if err != nil {
		return "", err
	}
	x := exchange.From(ctx)
	struck := m.state.Faults.On(artifact, x)
	if len(struck) == 0 {
		return jwt.Seal(k, k.Header(typ), claims)
	}
	if truth != nil {
		*truth = EncodeClaims(claims)
	}
	token := &effect.Token{Header: map[string]any{"alg": string(alg), "kid": k.Kid}, Claims: claims}
	if typ != "" {
		token.Header["typ"] = typ
	}
	for _, f := range struck {
		x.Fault(f.ID, f.String())
		effect.FalsifyToken(f.Tamper, token, m.state.Clock.Now())
	}
	if token.Raw != "" {
		return token.Raw, nil
	}
	return jwt.Forger{Keys: m.keys, Clock: m.state.Clock, Address: m.Own().Address}.Falsify(k, token.Header, token.Claims, token.Signature, token.SigningKey)
}

// OpenJWT checks a JWT's signature against the issuer's own keys, also retired
// ones, and returns its claims.
func (m *Maker) OpenJWT(token string) (header, claims map[string]any, err error) {
	parts, err := jwt.Parts(token)
	if err != nil {
		return nil, nil, fmt.Errorf("not a JWT: %w", err)
	}
	if header, err = jwt.Part(parts[0]); err != nil {
		return nil, nil, fmt.Errorf("the members of the JOSE header %w", err)
	}
	if claims, err = jwt.Part(parts[1]); err != nil {
		return nil, nil, fmt.Errorf("the claims %w", err)
	}
	kid, _ := header["kid"].(string)
	k, ok := m.keys.ByKid(kid)
	if !ok {
		return nil, nil, fmt.Errorf("signed with the key %q, which this issuer does not have", kid)
	}
	sig, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || header["alg"] != string(k.Alg) || keys.Verify(k, []byte(parts[0]+"."+parts[1]), sig) != nil {
		return nil, nil, errors.New("the signature does not fit")
	}
	return header, claims, nil
}

// verifyAccessToken is what a resource server checks of a JWT access token
// (RFC 9068 section 4). What is configured is right, however odd.
func (m *Maker) verifyAccessToken(ctx context.Context, a *record.HeldAccess, token string, now time.Time) error {
	_, claims, err := m.OpenJWT(token)
	if err != nil {
		return err
	}
	var truth map[string]any
	if a.Claims != "" {
		_ = json.Unmarshal([]byte(a.Claims), &truth) // it was written here
	}
	asConfigured := func(name string) bool { return truth != nil && claims[name] == truth[name] }
	if !m.IsOwnIssuer(ctx, claims["iss"]) && !asConfigured("iss") {
		return errors.New("the access token names another issuer")
	}
	if exp, ok := claims["exp"].(float64); (!ok || float64(now.Unix()) >= exp) && !asConfigured("exp") {
		return errors.New("the access token has expired by its own exp")
	}
	return nil
}

// Hint reads an id_token_hint (OIDC Core section 3.1.2.1): signed by this
// issuer, by whatever key it had then; it may have expired.
func (m *Maker) Hint(ctx context.Context, token string) (map[string]any, error) {
	_, claims, err := m.OpenJWT(token)
	if err != nil {
		return nil, err
	}
	if !m.IsOwnIssuer(ctx, claims["iss"]) {
		return nil, errors.New("it was issued by another issuer")
	}
	return claims, nil
}
