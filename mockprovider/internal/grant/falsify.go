package grant

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// falsify signs a token whose header a fault has changed, and does to its
// signature what the fault asks.
func (e *Engine) falsify(k *keys.Key, header, claims map[string]any, signature, rogue string) (string, error) {
	k, err := e.otherKey(k, header, signature, rogue)
	if err != nil {
		return "", err
	}
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	token, err := sealed(k, base64.RawURLEncoding.EncodeToString(h), claims)
	if err != nil {
		return "", err
	}
	dot := strings.LastIndexByte(token, '.')
	input, good := token[:dot], token[dot+1:]
	switch signature {
	case "none", "stripped":
		return input + ".", nil
	case "hs256_public_key":
		return withMAC(input, k.PublicPEM()), nil
	case "hs256_wrong_secret":
		return withMAC(input, []byte("nobody's secret, and long enough")), nil
	}
	if rogue == "symmetric" {
		return withMAC(input, keys.Published()), nil
	}
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
		if sig, err = keys.DER(sig); err != nil {
			return "", err
		}
	default:
		return token, nil
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// otherKey is the key that a fault has a token signed with, and what the header
// says about it.
func (e *Engine) otherKey(k *keys.Key, header map[string]any, signature, rogue string) (*keys.Key, error) {
	if rogue != "" {
		made, _, err := e.Keys.Rogue(rogue, k.Alg)
		if err != nil {
			return nil, err
		}
		header["kid"] = made.Kid
		if rogue == "symmetric" {
			header["alg"] = string(protocol.HS256)
		}
		return made, nil
	}
	stranger := e.Keys.Foreign(k.Alg)
	switch signature {
	case "none": // RFC 8725 section 3.1
		if header["alg"] == string(k.Alg) {
			header["alg"] = "none"
		}
		delete(header, "kid")
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
