package redact

import (
	"regexp"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
)

// LearnSetup adds the secrets of a setup's clients and the passwords of its
// users. The example client's is none: the source publishes it.
func (s *Secrets) LearnSetup(from setup.Setup) {
	for id, c := range from.Clients {
		if c != nil && c.Secret != setup.ClientSecret {
			s.LearnCredentials(id, c.Secret)
		}
		if c != nil {
			for _, key := range credential.InKeys(c.JWKS) {
				s.Learn(key)
			}
		}
	}
	for login, u := range from.Users {
		if u != nil {
			s.LearnCredentials(login, u.Password)
		}
	}
}

// learnDocument adds the credentials that a document has under their names, for a
// document with problems: they quote its lines. What only says where a credential
// is kept is none itself.
func (s *Secrets) learnDocument(n *strict.Node) {
	if n != nil {
		credential.Each(n, isCredential, s.Learn)
	}
}

// isCredential reports whether a file has a credential under a name, also where
// that is a slip, which the problem about it shows with its line.
func isCredential(name string) bool {
	_, slip := strict.Nearest(name, []string{"client_secret", "password"})
	return slip || mask.IsCredential(name)
}

// member is a name and its value in a line of a file that may not be well-formed.
var member = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[:=]\s*("(?:[^"\\]|\\.)*|'[^']*|[^\s"'{}\[\]][^\s,{}\[\]]*)`)

// LearnLine adds the credentials in a line of a file: under their names, also in
// JSON in quotes, and in URLs and forms.
func (s *Secrets) LearnLine(line string) {
	s.learnLine(line)
	if inner, layers := unescapeLayers(line, 1); layers > 0 {
		s.learnLine(inner.text)
	}
}

func (s *Secrets) learnLine(line string) {
	for _, m := range member.FindAllStringSubmatch(line, -1) {
		if text := strings.TrimLeft(m[2], `"'*&!`); isCredential(m[1]) && !credential.IsReference(text) {
			s.Learn(strings.TrimPrefix(text, "literal:"))
		}
	}
	for _, text := range mask.SecretsIn(line) {
		s.Learn(text)
	}
}

// longestEnd is how many bytes at the end of a line are looked through for a name
// whose value goes on below.
const longestEnd = 4 << 10

// name is a name of a line that ends there, or whose value may go on below.
var name = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*:\s*(["']?)([^"']*)$`)

// LearnLines adds the lines of an unreadable file that may belong to a credential:
// those that are indented below its name, and those until its closing quote.
func (s *Secrets) LearnLines(file string) {
	column, quote := -1, ""
	for line := range strings.Lines(file) {
		text := strings.TrimSpace(line)
		at := strings.Index(line, text)
		switch item, isItem := strings.CutPrefix(text, "- "); {
		case text == "":
			continue
		case column >= 0 && (quote != "" || at > column || isItem && at == column):
			s.Learn(text)
			s.Learn(strings.Trim(item, `"'`))
			if quote != "" && strings.Contains(text, quote) {
				column, quote = -1, ""
			}
			continue
		}
		column, quote = -1, ""
		tail := line[max(0, len(line)-longestEnd):]
		if !strings.Contains(tail, ":") {
			continue // no name: matching every letter of a long text is slow
		}
		if m := name.FindStringSubmatchIndex(tail); m != nil && isCredential(tail[m[2]:m[3]]) {
			column, quote = len(line)-len(tail)+m[2], tail[m[4]:m[5]]
		}
	}
}

// HideIn takes the secrets out of problems of documents, which quote their lines:
// also the credentials that only the documents have, or, where one cannot be
// read, a line that has one.
func (s *Secrets) HideIn(problems strict.Problems, documents ...*strict.Node) strict.Problems {
	if len(problems) == 0 {
		return nil
	}
	known := &Secrets{}
	known.Add(s)
	for _, n := range documents {
		known.learnDocument(n)
	}
	for _, p := range problems {
		known.LearnLine(p.Source)
		for _, text := range mask.SecretsIn(p.Message) {
			known.Learn(text)
		}
	}
	return Value(known, problems)
}
