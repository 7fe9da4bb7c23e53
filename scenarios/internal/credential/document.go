// Package credential finds what is secret because of the name that it has: in
// documents (Each), in what providers answer (InAnswer), in keys, and among variables.
// Package redact hides what is found.
package credential

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Count returns how many credentials a document has.
func Count(n *strict.Node) int {
	count := 0
	Each(n, mask.IsCredential, func(string) { count++ })
	return count
}

// Each calls found for the credentials below a node, which are the texts under names
// that isNamed accepts, directly or within a mapping or a list. The name of an
// environment variable is not a credential.
func Each(n *strict.Node, isNamed func(name string) bool, found func(text string)) {
	each(n, false, isNamed, found)
}

// each is Each where secret says that the node itself has such a name.
func each(n *strict.Node, secret bool, isNamed func(name string) bool, found func(text string)) {
	if text := n.Text; secret && n.Kind == strict.Scalar && !IsReference(text) {
		found(strings.TrimPrefix(text, "literal:"))
	}
	isKey := slices.ContainsFunc(n.Entries, func(e strict.Entry) bool { return e.Key.Text == "kty" }) // a JWK
	for _, e := range n.Entries {
		name := e.Key.Text
		if secret && e.Value.Kind == strict.Null {
			found(name) // braces around a text make it a name
		}
		each(e.Value, isNamed(name) || isKey && mask.IsPrivateMember(name) || secret && name != "env", isNamed, found)
	}
	for _, item := range n.Items {
		each(item, secret, isNamed, found)
	}
}

// IsReference reports whether a text only says where a credential is kept.
func IsReference(text string) bool {
	return slices.ContainsFunc([]string{"$", "env:", "file:", "awssecretsmanager:"}, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// IsVariable reports whether a variable holds a secret, by its name. What
// files call code or request is seldom one.
func IsVariable(name string) bool {
	return mask.IsSecret(name) && name != "code" && name != "request"
}
