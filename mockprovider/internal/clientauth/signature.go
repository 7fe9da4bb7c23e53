package clientauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

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

// VerifySignature verifies that the client has signed a JWT.
func (g *Registry) VerifySignature(ctx context.Context, c *store.Client, read *jwt.Foreign) (method protocol.AuthMethod, refusal string) {
	if read.Header.Algorithm == string(protocol.HS256) {
		return protocol.ClientSecretJWT, verifyMAC(c, read)
	}
	set, err := g.clientKeys(ctx, c)
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

// errKeysUnavailable is all that a client learns of a jwks_uri: what answers there,
// and how, would make the provider a port scanner.
var errKeysUnavailable = errors.New("no JWK Set could be fetched from its jwks_uri")

// clientKeys returns a client's public keys. Those behind a jwks_uri are
// fetched each time: a test must see a rotation at once.
func (g *Registry) clientKeys(ctx context.Context, c *store.Client) (*jose.JSONWebKeySet, error) {
	switch {
	case len(c.JWKS) > 0:
		return keySet(c.JWKS)
	case c.JWKSURI == "":
		return nil, errors.New("it has registered neither jwks nor jwks_uri")
	}
	raw, err := g.fetcher.Get(ctx, c.JWKSURI)
	var set *jose.JSONWebKeySet
	if err == nil {
		set, err = keySet(raw)
	}
	if err == nil && len(set.Keys) == 0 {
		err = errors.New("the document has no keys")
	}
	if err != nil {
		exchange.From(ctx).Decide("jwks_uri", false, c.JWKSURI+": "+err.Error(), "RFC 7591 section 2")
		return nil, errKeysUnavailable
	}
	return set, nil
}

func keySet(raw []byte) (*jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, errors.New("its JWK Set cannot be read: " + err.Error())
	}
	return &set, nil
}
