package redact

import (
	"regexp"
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
	if n != nil {
		s.learnNode(n, false)
	}
}

// learnNode adds the credentials below a node, and what it holds if it is one
// itself: a text, a variable's value, or the list of an axis.
func (s *Secrets) learnNode(n *strict.Node, secret bool) {
	if text := n.Text; secret && n.Kind == strict.Scalar && !isReference(text) {
		s.Learn(strings.TrimPrefix(text, "literal:"))
	}
	for _, e := range n.Entries {
		name := e.Key.Text
		s.learnNode(e.Value, journal.Credential(name) || secret && (name == "value" || name == "default"))
	}
	for _, item := range n.Items {
		s.learnNode(item, secret)
	}
}

// member is a name and its value in a line of a file that may not be well-formed.
var member = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[:=]\s*("(?:[^"\\]|\\.)*|'[^']*|[^\s"'{}\[\]][^\s,{}\[\]]*)`)

// HideIn takes the secrets out of problems of documents, which quote their lines:
// also the credentials that only the documents have, or, where one cannot be
// read, a line that has one.
func (s *Secrets) HideIn(problems strict.Problems, documents ...*strict.Node) strict.Problems {
	if len(problems) == 0 {
		return nil
	}
	known := s.Clone()
	for _, n := range documents {
		known.LearnDocument(n)
	}
	for _, p := range problems {
		for _, m := range member.FindAllStringSubmatch(p.Source, -1) {
			if text := strings.TrimLeft(m[2], `"'`); journal.Credential(m[1]) && !isReference(text) {
				known.Learn(strings.TrimPrefix(text, "literal:"))
			}
		}
	}
	return Value(known, problems)
}

func isReference(text string) bool {
	return slices.ContainsFunc([]string{"$", "env:", "file:", "awssecretsmanager:"}, func(begin string) bool { return strings.HasPrefix(text, begin) })
}
