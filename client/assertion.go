package client

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

// credentials is how the client proves who it is: the secret, where x/oauth2 is
// to put it, and the parameters of an assertion. The style is always set: with
// the style unknown, x/oauth2 sends every request that fails a second time, and
// a code with it.
func (c *Client) credentials() (secret string, style oauth2.AuthStyle, assertion url.Values, err error) {
	switch c.cfg.AuthMethod {
	case "client_secret_basic": // RFC 6749 section 2.3.1
		return c.cfg.ClientSecret, oauth2.AuthStyleInHeader, nil, nil
	case "client_secret_post":
		return c.cfg.ClientSecret, oauth2.AuthStyleInParams, nil, nil
	case "client_secret_jwt", "private_key_jwt": // OIDC Core 9
		assertion, err = c.assertion()
		return "", oauth2.AuthStyleInParams, assertion, err
	}
	return "", oauth2.AuthStyleInParams, nil, nil // none: only the client_id
}

// assertion makes a client assertion (RFC 7523 section 3): only for the issuer, used
// once, and good for a minute.
func (c *Client) assertion() (url.Values, error) {
	id, err := c.randomToken()
	if err != nil {
		return nil, err
	}
	now := c.cfg.Now()
	claims, err := json.Marshal(map[string]any{
		"iss": c.cfg.ClientID, "sub": c.cfg.ClientID, "aud": c.op.assertionAudience(),
		"jti": id, "iat": now.Unix(), "exp": now.Unix() + 60,
	})
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(c.signingKey(), (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, reject("client_assertion", "RFC 7523 section 3", "a key that can sign", err.Error())
	}
	jws, err := signer.Sign(claims)
	if err != nil {
		return nil, reject("client_assertion", "RFC 7523 section 3", "a key that can sign", err.Error())
	}
	compact, err := jws.CompactSerialize()
	return url.Values{
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {compact},
	}, err
}

// assertionAudience returns who a client assertion is for.
func (c *Client) assertionAudience() string { return c.cfg.Issuer }

func (c *Client) signingKey() jose.SigningKey {
	if c.cfg.AuthMethod == "client_secret_jwt" || c.cfg.SigningKey == nil {
		return jose.SigningKey{Algorithm: jose.HS256, Key: []byte(c.cfg.ClientSecret)}
	}
	k := *c.cfg.SigningKey
	alg := jose.SignatureAlgorithm(k.Algorithm)
	if alg == "" {
		switch key := k.Key.(type) {
		case *ecdsa.PrivateKey:
			alg = map[int]jose.SignatureAlgorithm{256: jose.ES256, 384: jose.ES384, 521: jose.ES512}[key.Params().BitSize]
		case ed25519.PrivateKey:
			alg = jose.EdDSA
		default:
			alg = jose.RS256
		}
	}
	return jose.SigningKey{Algorithm: alg, Key: k}
}

// capture is a transport that hands a request to a function and fails.
type capture func(*http.Request)

// RoundTrip takes the request.
func (f capture) RoundTrip(req *http.Request) (*http.Response, error) {
	f(req)
	return nil, errCaptured
}
