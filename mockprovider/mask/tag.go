package mask

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"strings"
)

// shortest is how long a secret is at least that may be told from others by its
// tag.
const shortest = 5

// Tag shortens a secret to a stable tag: enough to see that two are the same,
// not enough to use one. A JWT's tag leaves the signature out, which some
// algorithms make anew each time.
func Tag(secret string) string {
	switch {
	case secret == "":
		return ""
	case len(secret) < shortest:
		return "…" // a digest of so little would give it away
	}
	of, head := secret, ""
	if strings.Count(secret, ".") == 2 && strings.HasPrefix(secret, "eyJ") {
		of, head = secret[:strings.LastIndexByte(secret, '.')], "eyJ"
	} else if len(secret) > 24 {
		head = secret[:4]
	}
	sum := sha256.Sum256([]byte(of))
	return head + "…" + hex.EncodeToString(sum[:4])
}

// Digest is the tag of a secret without its first characters: for what somebody
// chose, such as a password, of which they say more than of what is random.
func Digest(secret string) string {
	tag := Tag(secret)
	if at := strings.Index(tag, "…"); at > 0 {
		return tag[at:]
	}
	return tag
}

// RecordedParams returns parameters as a journal keeps them: the credentials among
// them are tags.
func RecordedParams(v url.Values) url.Values {
	cloned := false
	for name, values := range v {
		if !IsCredential(name) {
			continue
		}
		if !cloned {
			v, cloned = maps.Clone(v), true
		}
		v[name] = tags(name, values)
	}
	return v
}

// tags are those of a parameter's values.
func tags(name string, values []string) []string {
	of := Tag
	if IsCredential(name) {
		of = Digest
	}
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = of(s)
	}
	return out
}

// Authorization replaces the credentials of an Authorization header by their tag.
func Authorization(header string) string {
	scheme, rest, ok := strings.Cut(header, " ")
	if !ok {
		return Digest(header)
	}
	if strings.EqualFold(scheme, "basic") {
		return scheme + " " + Digest(rest)
	}
	return scheme + " " + Tag(rest)
}
