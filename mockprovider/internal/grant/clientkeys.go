package grant

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// errKeysUnavailable is all that a client learns of a jwks_uri: what answers there,
// and how, would make the provider a port scanner.
var errKeysUnavailable = errors.New("no JWK Set could be fetched from its jwks_uri")

// clientKeys returns a client's public keys. Those behind a jwks_uri are
// fetched each time: a test must see a rotation at once.
func (e *Engine) clientKeys(ctx context.Context, c *store.Client) (*jose.JSONWebKeySet, error) {
	switch {
	case len(c.JWKS) > 0:
		return keySet(c.JWKS)
	case c.JWKSURI == "":
		return nil, errors.New("it has registered neither jwks nor jwks_uri")
	}
	raw, err := e.Fetch.Get(ctx, c.JWKSURI)
	var set *jose.JSONWebKeySet
	if err == nil {
		set, err = keySet(raw)
	}
	if err == nil && len(set.Keys) == 0 {
		err = errors.New("the document has no keys")
	}
	if err != nil {
		journal.From(ctx).Decide("jwks_uri", false, c.JWKSURI+": "+err.Error(), "RFC 7591 section 2")
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
