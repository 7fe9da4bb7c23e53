package grant

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ory/fosite/token/jwt"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Sign makes a JWT of a type with the active key of alg. Every token the issuer
// signs passes here, so the faults that falsify tokens are laid on here, after
// the truthful claims are known: artifact is the name such a fault gives in `on`.
func (e *Engine) Sign(ctx context.Context, artifact protocol.Artifact, alg protocol.Algorithm, typ string, claims map[string]any) (string, error) {
	return e.sign(ctx, artifact, alg, typ, claims, nil)
}

// sign is Sign, which writes the truthful claims to truth where a fault changes the
// token. An empty typ is left out of the header.
func (e *Engine) sign(ctx context.Context, artifact protocol.Artifact, alg protocol.Algorithm, typ string, claims map[string]any, truth *string) (string, error) {
	k, err := e.Keys.Active(alg)
	if err != nil {
		return "", err
	}
	x := exchange.From(ctx)
	struck := e.Faults.On(artifact, x)
	if len(struck) == 0 {
		return sealJWT(k, k.Header(typ), claims)
	}
	if truth != nil {
		*truth = encodeClaims(claims)
	}
	token := &effect.Token{Header: map[string]any{"alg": string(alg), "kid": k.Kid}, Claims: claims}
	if typ != "" {
		token.Header["typ"] = typ
	}
	for _, f := range struck {
		x.Fault(f.ID, f.String())
		effect.FalsifyToken(f.Tamper, token, e.Clock.Now())
	}
	if token.Raw != "" {
		return token.Raw, nil
	}
	return e.falsify(k, token.Header, token.Claims, token.Signature, token.SigningKey)
}

// sealJWT signs claims under an encoded header.
func sealJWT(k *keys.Key, header string, claims map[string]any) (string, error) {
	c, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	// One buffer holds the whole token: header.claims.signature.
	out := make([]byte, 0, len(header)+enc.EncodedLen(len(c))+2+enc.EncodedLen(256))
	out = append(append(out, header...), '.')
	out = enc.AppendEncode(out, c)
	sig, err := k.Sign(out)
	if err != nil {
		return "", err
	}
	return string(enc.AppendEncode(append(out, '.'), sig)), nil
}

// openJWT checks a JWT's signature against the issuer's own keys, also retired
// ones, and returns its claims.
func (e *Engine) openJWT(token string) (header, claims map[string]any, err error) {
	parts, err := jwtParts(token)
	if err != nil {
		return nil, nil, fmt.Errorf("not a JWT: %w", err)
	}
	if header, err = jsonPart(parts[0]); err != nil {
		return nil, nil, fmt.Errorf("the members of the JOSE header %w", err)
	}
	if claims, err = jsonPart(parts[1]); err != nil {
		return nil, nil, fmt.Errorf("the claims %w", err)
	}
	kid, _ := header["kid"].(string)
	k, ok := e.Keys.ByKid(kid)
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
func (e *Engine) verifyAccessToken(ctx context.Context, a *record.HeldAccess, token string, now time.Time) error {
	_, claims, err := e.openJWT(token)
	if err != nil {
		return err
	}
	var truth map[string]any
	if a.Claims != "" {
		_ = json.Unmarshal([]byte(a.Claims), &truth) // it was written here
	}
	asConfigured := func(name string) bool { return truth != nil && claims[name] == truth[name] }
	if !e.isOwnIssuer(ctx, claims["iss"]) && !asConfigured("iss") {
		return errors.New("the access token names another issuer")
	}
	if exp, ok := claims["exp"].(float64); (!ok || float64(now.Unix()) >= exp) && !asConfigured("exp") {
		return errors.New("the access token has expired by its own exp")
	}
	return nil
}

// Hint reads an id_token_hint (OIDC Core section 3.1.2.1): signed by this
// issuer, by whatever key it had then; it may have expired.
func (e *Engine) Hint(ctx context.Context, token string) (map[string]any, error) {
	_, claims, err := e.openJWT(token)
	if err != nil {
		return nil, err
	}
	if !e.isOwnIssuer(ctx, claims["iss"]) {
		return nil, errors.New("it was issued by another issuer")
	}
	return claims, nil
}

// hintDecoder lets fosite read an id_token_hint with the issuer's own keys. The
// other methods of a jwt.Signer are not used by what is composed here.
type hintDecoder struct {
	jwt.Signer
	engine *Engine
}

func (d *hintDecoder) Decode(ctx context.Context, token string) (*jwt.Token, error) {
	claims, err := d.engine.Hint(ctx, token)
	if err != nil {
		return nil, err
	}
	return &jwt.Token{Claims: claims}, nil
}

// falsify signs a token whose header a fault has changed, and does to its
// signature what the fault asks.
func (e *Engine) falsify(k *keys.Key, header, claims map[string]any, signature fault.Signature, rogue string) (string, error) {
	k, err := e.otherKey(k, header, signature, rogue)
	if err != nil {
		return "", err
	}
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	token, err := sealJWT(k, base64.RawURLEncoding.EncodeToString(h), claims)
	if err != nil {
		return "", err
	}
	dot := strings.LastIndexByte(token, '.')
	input, good := token[:dot], token[dot+1:]
	switch {
	case signature == "none", signature == "stripped":
		return input + ".", nil
	case signature == "hs256_public_key":
		return withMAC(input, k.PublicPEM()), nil
	case signature == "hs256_wrong_secret":
		return withMAC(input, []byte("a secret that no client has")), nil
	case rogue == "symmetric":
		return withMAC(input, keys.Published()), nil
	}
	bad, err := damageSignature(good, signature)
	if err != nil {
		return "", err
	}
	return input + "." + bad, nil
}

// damageSignature is a signature that a fault has changed.
func damageSignature(good string, signature fault.Signature) (string, error) {
	sig, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		return "", err
	}
	switch signature {
	case "corrupt":
		sig[len(sig)/2] ^= 0x01
	case "zero": // CVE-2022-21449
		clear(sig)
	case "der":
		sig, err = keys.DER(sig)
	}
	return base64.RawURLEncoding.EncodeToString(sig), err
}

// removeAlgorithm says that a token is not signed. What the fault itself says of the
// algorithm stays.
func removeAlgorithm(header map[string]any, k *keys.Key) {
	if header["alg"] == string(k.Alg) {
		header["alg"] = "none"
	}
	delete(header, "kid")
}

// rogueKey is a key of a kind that no client may accept.
func (e *Engine) rogueKey(k *keys.Key, header map[string]any, kind string) (*keys.Key, error) {
	made, _, err := e.Keys.Rogue(kind, k.Alg)
	if err != nil {
		return nil, err
	}
	header["kid"] = made.Kid
	if kind == "symmetric" {
		header["alg"] = string(protocol.HS256)
	}
	return made, nil
}

// otherKey is the key that a fault has a token signed with, and what the header
// says about it.
func (e *Engine) otherKey(k *keys.Key, header map[string]any, signature fault.Signature, rogue string) (*keys.Key, error) {
	if rogue != "" {
		return e.rogueKey(k, header, rogue)
	}
	stranger := e.Keys.Foreign(k.Alg)
	switch signature {
	case "none": // RFC 8725 section 3.1
		removeAlgorithm(header, k)
	case "hs256_public_key", "hs256_wrong_secret": // RFC 8725 section 2.1
		header["alg"] = string(protocol.HS256)
	case "foreign_key":
		return stranger, nil
	case "embedded_jwk": // RFC 7515 section 4.1.3
		header["jwk"], header["kid"] = stranger.JWK(), stranger.Kid
		return stranger, nil
	case "jku": // section 4.1.2
		header["jku"], header["kid"] = e.Address+"/canary/jwks", stranger.Kid
		return stranger, nil
	case "x5u": // section 4.1.5
		header["x5u"], header["kid"] = e.Address+"/canary/x5u", stranger.Kid
		return stranger, nil
	case "kid_url":
		header["kid"] = e.Address + "/canary/jwks"
		return stranger, nil
	case "x5c": // section 4.1.6
		der, err := stranger.Certificate(e.Clock.Now())
		header["x5c"], header["kid"] = []string{base64.StdEncoding.EncodeToString(der)}, stranger.Kid
		return stranger, err
	}
	return k, nil
}

func withMAC(input string, secret []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
