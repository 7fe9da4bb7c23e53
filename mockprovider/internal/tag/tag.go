// Package tag puts tags in the place of secrets, and of what looks like a token. Two
// tags are the same where the secrets are, so that a journal can be followed without
// them. Begin with Of for a secret, and with Words for a text that may have some.
package tag

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// shortest is how long a secret is at least that may be told from others by its
// tag.
const shortest = 5

// Of shortens a secret to a stable tag: enough to see that two are the same,
// not enough to use one. A JWT's tag leaves the signature out, which some
// algorithms make anew each time.
func Of(secret string) string {
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
	text := Of(secret)
	if at := strings.Index(text, "…"); at > 0 {
		return text[at:]
	}
	return text
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
	return scheme + " " + Of(rest)
}
