package jwt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Forger signs tokens as an attacker would, or an issuer with a bug.
type Forger struct {
	Keys    *keys.Ring
	Clock   *clock.Clock
	Address string // of the provider, where its canary is
}

// Falsify signs a token whose header a fault has changed, and does to its
// signature what the fault asks.
func (f Forger) Falsify(k *keys.Key, header, claims map[string]any, signature fault.Signature, rogue string) (string, error) {
	k, err := f.otherKey(k, header, signature, rogue)
	if err != nil {
		return "", err
	}
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	token, err := Seal(k, base64.RawURLEncoding.EncodeToString(h), claims)
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
	case signature == "hs256_public_jwk":
		return withMAC(input, k.PublicJWK()), nil
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
func (f Forger) rogueKey(k *keys.Key, header map[string]any, kind string) (*keys.Key, error) {
	made, _, err := f.Keys.Rogue(kind, k.Alg)
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
func (f Forger) otherKey(k *keys.Key, header map[string]any, signature fault.Signature, rogue string) (*keys.Key, error) {
	if rogue != "" {
		return f.rogueKey(k, header, rogue)
	}
	stranger := f.Keys.Foreign(k.Alg)
	switch signature {
	case "none": // RFC 8725 section 3.1
		removeAlgorithm(header, k)
	case "hs256_public_key", "hs256_public_jwk", "hs256_wrong_secret": // RFC 8725 section 2.1
		header["alg"] = string(protocol.HS256)
	case "foreign_key":
		return stranger, nil
	case "previous_key":
		previous, err := f.Keys.Previous(k.Alg)
		if err == nil {
			header["kid"] = previous.Kid
		}
		return previous, err
	case "embedded_jwk": // RFC 7515 section 4.1.3
		header["jwk"], header["kid"] = stranger.JWK(), stranger.Kid
		return stranger, nil
	case "jku": // section 4.1.2
		header["jku"], header["kid"] = f.Address+"/canary/jwks", stranger.Kid
		return stranger, nil
	case "x5u": // section 4.1.5
		header["x5u"], header["kid"] = f.Address+"/canary/x5u", stranger.Kid
		return stranger, nil
	case "kid_url":
		header["kid"] = f.Address + "/canary/jwks"
		return stranger, nil
	case "x5c": // section 4.1.6
		der, err := stranger.Certificate(f.Clock.Now())
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
