package strict

import (
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// words is a registered vocabulary: names that may be keys of an open mapping.
type words struct {
	names  []string
	plain  []string          // the names folded
	types  map[string]string // JSON type of the value, "" if it varies
	closed bool              // no other name may be a key
	folded bool              // the case does not matter
	all    string            // JSON type of every value, whatever its name
	deep   bool              // guards mappings within the mapping too
}

// Vocabulary returns the registered names that guard an open mapping, nil for
// an unknown vocabulary:
//
//	claim        RFC 7519, OIDC Core, Back-Channel Logout, RFC 9068 and customary claims
//	oauth-param  request parameters of OAuth and OpenID Connect
//	response     members of token, introspection, error, userinfo and metadata responses
//	metadata     RFC 8414 and OIDC Discovery members; no other key is allowed
//	client       RFC 7591 client metadata
//	header       HTTP header fields, in any case
//	jose-header  JOSE header parameters
//	any             all members of documents and tokens
//	request-body    members of JSON requests: parameters and RFC 7591 client metadata
//	claims-request  the claims parameter, at every depth (OIDC Core section 5.5)
//	key-set         JWK Sets, at every depth (RFC 7517)
//
// A key that is not among them may be used, unless it is so close to one that
// it is most likely a slip; a key in quotes is always taken as it is.
func Vocabulary(name string) []string {
	if w := vocabularyOf(name); w != nil {
		return slices.Clone(w.names)
	}
	return nil
}

// The vocabularies are parsed at their first use and never change.
var (
	claimWords      = sync.OnceValue(func() *words { return parseWords(claims) })
	paramWords      = sync.OnceValue(func() *words { return parseWords(parameters) })
	responseWords   = sync.OnceValue(func() *words { return parseWords(responses, claims, metadata) })
	metadataWords   = sync.OnceValue(func() *words { w := parseWords(metadata); w.closed = true; return w })
	clientWords     = sync.OnceValue(func() *words { return parseWords(registration, "client_id\nclient_secret") })
	headerWords     = sync.OnceValue(func() *words { w := parseWords(headers); w.folded, w.all = true, "string"; return w })
	joseHeaderWords = sync.OnceValue(func() *words { return parseWords(joseHeaders) })
	bodyWords       = sync.OnceValue(func() *words { return parseWords(parameters, registration) })
	requestWords    = sync.OnceValue(func() *words { w := parseWords(claimsRequest, claims); w.deep = true; return w })
	keySetWords     = sync.OnceValue(func() *words { w := parseWords(keySets, joseHeaders); w.deep = true; return w })
	anyWords        = sync.OnceValue(func() *words { return parseWords(responses, claims, metadata, joseHeaders, keySets) })
)

func vocabularyOf(name string) *words {
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
func parseWords(tables ...string) *words {
	w := &words{types: map[string]string{}}
	for _, line := range strings.Split(strings.Join(tables, "\n"), "\n") {
		name, typ, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || name[0] == '#' {
			continue
		}
		had, twice := w.types[name]
		if twice && had != typ {
			typ = ""
		}
		if !twice {
			w.names, w.plain = append(w.names, name), append(w.plain, fold(name))
		}
		w.types[name] = strings.TrimSpace(typ)
	}
	return w
}

// typeOf is the JSON type the value of a key has in an expectation.
func (w *words) typeOf(key string, t tags) string {
	if w == nil || t.match != "true" {
		return ""
	}
	if w.all != "" {
		return w.all
	}
	return w.types[key]
}

// known reports whether the key of value may stand in its mapping.
func (d *decoder) known(value *Node, w *words) bool {
	if w == nil {
		return true
	}
	key := value.key
	if _, ok := w.types[key.Text]; ok {
		return true
	}
	if w.closed {
		d.unknown(value, w.names)
		return false
	}
	if key.style == free || key.style == quoted && !d.isJSON(key) {
		return true
	}
	near, ok := w.slip(key.Text, d.isJSON(key))
	if !ok {
		return true
	}
	p := value.KeyProblem(NearMiss, `did you mean "`+near+`"?`+escapeHint(d.isJSON(key)), "%q is so close to a registered name that it is taken for a slip", key.Text)
	p.Path = pathOf(value.parent)
	d.Report(p)
	return false
}

func escapeHint(json bool) string {
	if json {
		return ""
	}
	return " If not, put the key in quotes"
}

func (d *decoder) isJSON(n *Node) bool { return n.doc.json }

// Slip returns the registered name of a vocabulary that name is so close to,
// without being one, that it is most likely meant.
func Slip(vocabulary, name string) (string, bool) {
	w := vocabularyOf(vocabulary)
	if w == nil {
		return "", false
	}
	if _, ok := w.types[name]; ok {
		return "", false
	}
	return w.slip(name, false)
}

// slip finds the registered name that key is within a slip or two of. JSON has
// no way to insist on a short name by quoting it, so only its case is looked at.
func (w *words) slip(key string, insist bool) (string, bool) {
	best, at := "", 3
	folded, letters := fold(key), lettersOf(key)
	for i, name := range w.names {
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
