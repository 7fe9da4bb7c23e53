package check

import (
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
)

// Key is a public key of the provider, with what its JWK says of its use.
type Key struct {
	jose.JSONWebKey
	Ops []string // key_ops (RFC 7517 section 4.3)
}

// Candidate is a key that a signature may have been made with.
type Candidate struct {
	*Key
	Alg string // of the signature
}

// Search is the result of a search for the key of a signature.
type Search struct {
	Alg, Kid string // of the header
	Found    int    // keys that fit
}

// KeySet is a JWK Set as it was read.
type KeySet struct {
	IsList bool // the member keys is a list
	Listed int  // keys in the list
	Usable int  // of these, keys that could be read
}

// ParseKeys reads a JWK Set. A key that is of an unknown type, incomplete or not
// on its curve is passed over, as RFC 7517 section 5 asks. A symmetric key is
// kept, so that a message can name it; no check accepts it.
func ParseKeys(data []byte) []Key {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(data, &set) != nil {
		return nil
	}
	var out []Key
	for _, raw := range set.Keys {
		var k Key
		var more struct {
			Ops []string `json:"key_ops"`
		}
		if k.JSONWebKey.UnmarshalJSON(raw) != nil || json.Unmarshal(raw, &more) != nil {
			continue
		}
		_, secret := k.JSONWebKey.Key.([]byte)
		if !secret {
			k.JSONWebKey = k.JSONWebKey.Public()
		}
		k.Ops = more.Ops
		if secret || k.JSONWebKey.Key != nil && k.Valid() {
			out = append(out, k)
		}
	}
	return out
}
