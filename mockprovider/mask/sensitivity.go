// Package mask puts tags in the place of secrets: of what has a secret name, and of
// what looks like a token where no name says what it is. Two tags are the same
// where the secrets are, so that a journal can be followed without them. Begin with
// Tag, and with Value for everything that is JSON.
//
// It is not an API to build on.
package mask

import (
	"bytes"

	"github.com/authdrill/authdrill/mockprovider/internal/tag"
)

// Tag shortens a secret to a stable tag: enough to see that two are the same, not
// enough to use one.
func Tag(secret string) string { return tag.Of(secret) }

// Digest is the tag of a secret without its first characters: for what somebody
// chose, such as a password, of which they say more than of what is random.
func Digest(secret string) string { return tag.Digest(secret) }

// sensitivity is how a value is treated because of the name it has.
type sensitivity uint8

const (
	readable  sensitivity = iota
	shortened             // a code or a token: kept for verify, shown as a tag
	unkept                // a credential that outlives the exchange: only its tag is kept
)

// IsSecret reports whether a parameter, member, header field or variable of that
// name holds something that must be shortened before a person sees it. Case,
// separators and a number at the end make no difference: client_secret,
// clientSecret, Client-Secret and client_secret2 are one name.
func IsSecret(name string) bool { return sensitivityOf(name) != readable }

// IsCredential reports whether something of that name is a secret that outlives
// the exchange, such as a password: it must not even be kept.
func IsCredential(name string) bool { return sensitivityOf(name) == unkept }

// The words of secret names, without case and separators. A name is secret if it
// equals a word of the first lists, ends with one of the second, or contains one
// of the third and does not end with a word that describes the secret:
// client_secret_expires_at is a time.
var (
	exactlyUnkept    = wordSet("authorization", "proxyauthorization", "cookie", "setcookie", "pin", "otp", "totp", "pass", "userpass", "dbpass", "securityanswer")
	exactlyShortened = wordSet("code", "authcode", "authorizationcode", "bearer", "otpcode", "totpcode", "mfacode", "smscode", "devicecode", "codeverifier", "idtokenhint", "request", "csrf", "xsrf")

	unkeptEndings    = wordBytes("pwd", "passcode", "apikey", "privatekey", "signingkey", "encryptionkey", "accesskey", "credential", "credentials")
	shortenedEndings = wordBytes("token", "tokens", "assertion", "jwt", "sessionid", "sessid")

	unkeptParts  = wordBytes("secret", "password", "passwd", "passphrase")
	descriptions = wordBytes("type", "types", "endpoint", "alg", "method", "methods", "supported", "uri", "url", "name", "enc", "length", "policy",
		"required", "enabled", "lifetime", "expiry", "expiresin", "expiresat", "expires", "changedat", "updatedat", "createdat", "issuedat")
)

func wordSet(all ...string) map[string]bool {
	out := make(map[string]bool, len(all))
	for _, word := range all {
		out[word] = true
	}
	return out
}

func wordBytes(all ...string) [][]byte {
	out := make([][]byte, len(all))
	for n, word := range all {
		out[n] = []byte(word)
	}
	return out
}

// longestName is how much of a name is looked at: its end, which says what the
// value is.
const longestName = 64

// sensitivityOf looks a name up. It allocates nothing, and is quick for the usual
// names: it is asked for every parameter of every request.
func sensitivityOf(name string) sensitivity {
	switch name {
	case "grant_type", "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
		"prompt", "token_type_hint", "client_assertion_type", "login_hint", "max_age", "acr_values", "login", "consent":
		return readable
	case "code", "code_verifier", "refresh_token", "access_token", "id_token", "token", "client_assertion", "id_token_hint", "device_code", "csrf":
		return shortened
	case "client_secret", "password":
		return unkept
	}
	var buffer [longestName]byte
	at := len(buffer)
	for i := len(name) - 1; i >= 0 && at > 0; i-- {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= '0' && c <= '9' && at == len(buffer):
			continue // a number at the end
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		default:
			continue
		}
		at--
		buffer[at] = c
	}
	word := buffer[at:]
	switch {
	case exactlyUnkept[string(word)], oneOf(unkeptEndings, word, atEnd):
		return unkept
	case exactlyShortened[string(word)], oneOf(shortenedEndings, word, atEnd):
		return shortened
	case oneOf(unkeptParts, word, anywhere) && !oneOf(descriptions, word, atEnd):
		return unkept
	}
	return readable
}

// position is where in a name a word must be.
type position uint8

const (
	atEnd position = iota
	anywhere
)

// oneOf reports whether a name has one of the words at a position. A function in
// place of the position would put the name on the heap.
func oneOf(all [][]byte, name []byte, at position) bool {
	for _, word := range all {
		if at == atEnd && bytes.HasSuffix(name, word) || at == anywhere && bytes.Contains(name, word) {
			return true
		}
	}
	return false
}
