package report

import (
	"strings"

	"github.com/authdrill/authdrill/scenarios/clause"
)

// resolve reads what cites a clause, in either way of writing: RFC6749#4.1.2 as
// scenario files have it, RFC 6749 section 4.1.2 or OIDC Core 3.1.3.7 (6) as
// the provider and the client have it. It reports whether it understood.
func resolve(cited string) (clause.Clause, bool) {
	if c, ok := exact(cited); ok {
		return c, true
	}
	words := strings.Fields(strings.ReplaceAll(cited, "§", " "))
	if len(words) < 2 {
		return "", false
	}
	var document string
	switch words[0] {
	case "RFC":
		document = "RFC" + words[1]
	case "OIDC", "OpenID":
		document = "OIDC." + words[1]
	case "OAuth":
		document = "OAuth." + words[1]
	default:
		return "", false
	}
	words = words[2:]
	if len(words) > 0 && (words[0] == "section" || words[0] == "sections" || words[0] == "appendix") {
		words = words[1:]
	}
	text := document
	if len(words) > 0 {
		text += "#" + strings.Trim(words[0], ".,;")
	}
	return exact(text)
}

// exact reads a clause as scenario files have it. Most texts are refused by
// their first letters, without the pattern.
func exact(cited string) (clause.Clause, bool) {
	if !strings.HasPrefix(cited, "RFC") && !strings.HasPrefix(cited, "O") || strings.Contains(cited, " ") {
		return "", false
	}
	var c clause.Clause
	err := c.UnmarshalText([]byte(cited))
	return c, err == nil
}

// clauseText is a clause as a reader writes it: RFC 6749 §4.1.2. What is not
// a clause stays as it is, and so does what says more than one, like the item (6)
// of a list.
func clauseText(cited string) string {
	if c, ok := exact(cited); ok {
		return c.String()
	}
	text := strings.ReplaceAll(strings.ReplaceAll(cited, " section ", " §"), " sections ", " §")
	return Printable(text)
}

// clauseURL is where a clause can be read, empty for what is not a clause.
func clauseURL(cited string) string {
	c, ok := resolve(cited)
	if !ok {
		return ""
	}
	url := c.URL()
	// The OpenID Foundation's pages name their sections in this way.
	if _, section, found := strings.Cut(string(c), "#"); found && !strings.Contains(url, "#") {
		url += "#rfc.section." + section
	}
	return url
}

// clauses are clauses as readers write them, in one line.
func clauses(cited []string) string {
	out := make([]string, len(cited))
	for i, c := range cited {
		out[i] = clauseText(c)
	}
	return strings.Join(out, ", ")
}
