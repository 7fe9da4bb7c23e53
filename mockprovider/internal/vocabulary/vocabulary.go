package vocabulary

import (
	"math/bits"
	"strings"
	"sync"
)

// Words is a registered vocabulary: names that may be keys of an open mapping.
type Words struct {
	Names  []string
	Types  map[string]string // JSON type of the value, "" if it varies
	Closed bool              // no other name may be a key
	All    string            // JSON type of every value, whatever its name
	Deep   bool              // guards mappings within the mapping too

	plain  []string // the names folded
	folded bool     // the case does not matter
}

// The vocabularies are parsed at their first use and never change.
var (
	claimWords      = sync.OnceValue(func() *Words { return parseWords(claims) })
	paramWords      = sync.OnceValue(func() *Words { return parseWords(parameters) })
	responseWords   = sync.OnceValue(func() *Words { return parseWords(responses, claims, metadata) })
	metadataWords   = sync.OnceValue(func() *Words { w := parseWords(metadata); w.Closed = true; return w })
	clientWords     = sync.OnceValue(func() *Words { return parseWords(registration, "client_id\nclient_secret") })
	headerWords     = sync.OnceValue(func() *Words { w := parseWords(headers); w.folded, w.All = true, "string"; return w })
	joseHeaderWords = sync.OnceValue(func() *Words { return parseWords(joseHeaders) })
	bodyWords       = sync.OnceValue(func() *Words { return parseWords(parameters, registration) })
	requestWords    = sync.OnceValue(func() *Words { w := parseWords(claimsRequest, claims); w.Deep = true; return w })
	keySetWords     = sync.OnceValue(func() *Words { w := parseWords(keySets, joseHeaders); w.Deep = true; return w })
	anyWords        = sync.OnceValue(func() *Words { return parseWords(responses, claims, metadata, joseHeaders, keySets) })
)

// Of returns the registered names that guard an open mapping, nil for an unknown
// vocabulary. They are never written:
//
//	claim        RFC 7519, OIDC Core, Back-Channel Logout, RFC 9068 and customary claims
//	oauth-param  request parameters of OAuth and OpenID Connect
//	response     members of token, introspection, error, userinfo and metadata responses
//	metadata     RFC 8414 and OIDC Discovery members; no other key is allowed
//	client       RFC 7591 client metadata
//	header       HTTP header fields, in any case
//	jose-header  JOSE header parameters
//	any          all members of documents and tokens
//	request-body members of JSON requests: parameters and RFC 7591 client metadata
//	claims-request the claims parameter, at every depth (OIDC Core section 5.5)
//	key-set      JWK Sets, at every depth (RFC 7517)
//
// A key that is not among them may be used, unless it is so close to one that
// it is most likely a slip; a key in quotes is always taken as it is.
func Of(name string) *Words {
	switch name {
	case "claim":
		return claimWords()
	case "oauth-param":
		return paramWords()
	case "response":
		return responseWords()
	case "metadata":
		return metadataWords()
	case "client":
		return clientWords()
	case "header":
		return headerWords()
	case "jose-header":
		return joseHeaderWords()
	case "request-body":
		return bodyWords()
	case "claims-request":
		return requestWords()
	case "key-set":
		return keySetWords()
	case "any":
		return anyWords()
	}
	return nil
}

// parseWords reads tables of one name a line, with the JSON type of its value.
// A name with two types in two tables may have either.
func parseWords(tables ...string) *Words {
	w := &Words{Types: map[string]string{}}
	for _, line := range strings.Split(strings.Join(tables, "\n"), "\n") {
		name, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || name[0] == '#' {
			continue
		}
		had, twice := w.Types[name]
		if twice && had != typ {
			typ = ""
		}
		if !twice {
			w.Names, w.plain = append(w.Names, name), append(w.plain, Fold(name))
		}
		w.Types[name] = strings.TrimSpace(typ)
	}
	return w
}

// Slip finds the registered name that key is within a slip or two of. JSON has
// no way to insist on a short name by quoting it, so only its case is looked at.
func (w *Words) Slip(key string, insist bool) (string, bool) {
	best, at := "", 3
	folded, letters := Fold(key), lettersOf(key)
	for i, name := range w.Names {
		if w.plain[i] == folded {
			return name, !w.folded || len(name) != len(key)
		}
		allowed := 1
		switch {
		case len(name) >= 7:
			allowed = 2
		case len(name) <= 4 && insist:
			continue
		}
		// A slip takes one letter out of a name and puts one in at most.
		if abs(len(name)-len(key)) > allowed || bits.OnesCount64(letters^lettersOf(name)) > 2*allowed {
			continue
		}
		if n := Distance(key, name); n <= allowed && n < at {
			best, at = name, n
		}
	}
	return best, best != ""
}

// lettersOf is the set of the bytes of a name, to tell quickly those that are
// far from each other.
func lettersOf(name string) uint64 {
	var set uint64
	for i := range len(name) {
		set |= 1 << (name[i] & 63)
	}
	return set
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
