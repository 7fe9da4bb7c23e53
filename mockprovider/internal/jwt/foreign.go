package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
)

// Bounds of a JWT that comes from outside.
const (
	maxJWT   = 64 << 10 // bytes
	maxDepth = 32       // objects and arrays within each other
)

// Foreign is a JWT that another party made. Its claims may be trusted once Verify has
// succeeded.
type Foreign struct {
	Header jose.Header
	Claims Claims
	signed *jose.JSONWebSignature
}

// Verify checks the signature with a key: a public key, or the bytes of a secret.
func (f *Foreign) Verify(key any) error {
	_, err := f.signed.Verify(key)
	return err
}

// ReadForeign reads a JWT strictly: it must be signed with one of algs, and its
// header and claims must be JSON objects that every reader understands in the same
// way (RFC 8725 sections 2.7 and 3.1).
func ReadForeign(token string, algs ...jose.SignatureAlgorithm) (*Foreign, error) {
	parts, err := Parts(token)
	if err != nil {
		return nil, err
	}
	header, err := Part(parts[0])
	if err != nil {
		return nil, fmt.Errorf("the members of its header %w", err)
	}
	if alg, _ := header["alg"].(string); !slices.Contains(algs, jose.SignatureAlgorithm(alg)) {
		return nil, fmt.Errorf("it is signed with %s, want %s", exchange.Quoted(alg), listed(algs))
	}
	if _, ok := header["crit"]; ok {
		return nil, errors.New("its header has crit, and no extension is supported (RFC 7515 section 4.1.11)")
	}
	c, err := Part(parts[1])
	if err != nil {
		return nil, fmt.Errorf("its claims %w", err)
	}
	signed, err := jose.ParseSignedCompact(token, algs)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, errors.New("it cannot be read as a JWT in compact form (RFC 7515 section 7.1)")
	}
	return &Foreign{signed.Signatures[0].Protected, c, signed}, nil
}

func listed(algs []jose.SignatureAlgorithm) string {
	out := make([]string, len(algs))
	for n, a := range algs {
		out[n] = string(a)
	}
	return strings.Join(out, ", ")
}

// Parts returns the three parts of a JWT, which are base64url.
func Parts(token string) ([]string, error) {
	if len(token) > maxJWT {
		return nil, fmt.Errorf("it has %d bytes, want at most %d", len(token), maxJWT)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("it has %d parts, want 3", len(parts))
	}
	return parts, nil
}

// Part reads the header or the claims of a JWT.
func Part(part string) (Claims, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, errors.New("cannot be read as base64url without padding")
	}
	return jsonObject(raw)
}

// jsonObject reads a JSON object in which no member is named twice, at any depth:
// readers differ in which of the two they take (RFC 8259 section 4, RFC 7519
// section 4). Names count to the letter; encoding/json would take EXP for exp.
func jsonObject(raw []byte) (Claims, error) {
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return nil, errors.New("cannot be read as JSON")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	t, err := d.Token()
	if err != nil || t != json.Delim('{') {
		return nil, errors.New("cannot be read as a JSON object")
	}
	out, err := jsonMembers(d, 1)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// jsonMembers reads the rest of an object.
func jsonMembers(d *json.Decoder, depth int) (map[string]any, error) {
	out := map[string]any{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("cannot be read as a JSON object")
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("have the member %s twice", exchange.Quoted(name))
		}
		if out[name], err = jsonValue(d, depth); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return out, err
}

func jsonValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("cannot be read as JSON: %w", err)
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth++; depth > maxDepth {
		return nil, fmt.Errorf("have more than %d objects and arrays within each other", maxDepth)
	}
	if delim == '{' {
		return jsonMembers(d, depth)
	}
	list := []any{}
	for d.More() {
		item, err := jsonValue(d, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err = d.Token()
	return list, err
}

// Claims are the members of a JWT's claims set.
type Claims map[string]any

// Text returns a claim that must be a string, "" if it is absent.
func (c Claims) Text(name string) (string, error) {
	v, ok := c[name]
	text, isText := v.(string)
	if ok && !isText {
		return "", fmt.Errorf("%s is not a string", name)
	}
	return text, nil
}

// Date returns a NumericDate (RFC 7519 section 2), nil if it is absent. It must lie
// in the years that an issuer's clock goes through.
func (c Claims) Date(name string) (*float64, error) {
	v, ok := c[name]
	if !ok {
		return nil, nil
	}
	seconds, isNumber := v.(float64)
	if !isNumber {
		return nil, fmt.Errorf("%s is not a number of seconds since 1970", name)
	}
	const most = 1e10 // the year 2286: as an integer it is exact
	if !(seconds >= 0 && seconds < most) || clock.Reachable(time.Unix(int64(seconds), 0)) != nil {
		return nil, fmt.Errorf("%s is not an instant between 1970 and 2199", name)
	}
	return &seconds, nil
}

// Audience returns aud: a string, or a list of strings (RFC 7519 section 4.1.3).
func (c Claims) Audience() ([]string, error) {
	switch aud := c["aud"].(type) {
	case nil:
		if _, ok := c["aud"]; !ok {
			return nil, nil
		}
	case string:
		return []string{aud}, nil
	case []any:
		out := make([]string, len(aud))
		for n, v := range aud {
			text, ok := v.(string)
			if !ok {
				return nil, errors.New("aud has an item that is not a string")
			}
			out[n] = text
		}
		return out, nil
	}
	return nil, errors.New("aud is neither a string nor a list of strings")
}
