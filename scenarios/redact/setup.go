package redact

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// LearnSetup adds the secrets of a setup's clients and the passwords of its
// users. The example client's is none: the source publishes it.
func (s *Secrets) LearnSetup(from setup.Setup) {
	for id, c := range from.Clients {
		if c != nil && c.Secret != setup.ClientSecret {
			s.LearnCredentials(id, c.Secret)
		}
	}
	for login, u := range from.Users {
		if u != nil {
			s.LearnCredentials(login, u.Password)
		}
	}
}

// LearnDocument adds the credentials that a document has under their names, for a
// document with problems: they quote its lines. What only says where a credential
// is kept is none itself.
func (s *Secrets) LearnDocument(n *strict.Node) {
	if n == nil {
		return
	}
	for _, e := range n.Entries {
		if text := e.Value.Text; journal.Credential(e.Key.Text) && e.Value.Kind == strict.Scalar && !isReference(text) {
			s.Learn(strings.TrimPrefix(text, "literal:"))
		}
		s.LearnDocument(e.Value)
	}
	for _, item := range n.Items {
		s.LearnDocument(item)
	}
}

func isReference(text string) bool {
	return slices.ContainsFunc([]string{"$", "env:", "file:", "awssecretsmanager:"}, func(begin string) bool { return strings.HasPrefix(text, begin) })
}
