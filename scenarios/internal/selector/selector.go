// Package selector reads one value from an answer of an app, such as the app's own
// name of an account. A selector is the name of a member of the JSON, as user.id; a
// CSS selector; a regular expression between slashes, whose first group is the value;
// or the name of a header with a colon. Begin with Parse.
package selector

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Selector finds a value in an answer. The zero value finds none.
type Selector struct {
	find func(header http.Header, body []byte) string
	html bool
}

// Find returns the value that an answer has, "" if it has none.
func (s *Selector) Find(header http.Header, body []byte) string {
	if s.find == nil {
		return ""
	}
	return s.find(header, body)
}

// NeedsHTML reports whether only an answer in HTML can have the value.
func (s *Selector) NeedsHTML() bool { return s.html }

// memberPath matches the name of a member, and those of members within each other.
var memberPath = regexp.MustCompile(`^[\w$@-]+(\.[\w$@-]+)*$`)

// Parse reads a selector.
func Parse(text string) (*Selector, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, errors.New("it is empty: want a member of the JSON, a CSS selector, /a regular expression/, or, as X-User: does, a header")
	case strings.HasPrefix(text, "/"):
		return parseExpression(text)
	case strings.HasSuffix(text, ":"):
		return parseHeader(strings.TrimSuffix(text, ":"))
	case memberPath.MatchString(text) || strings.Contains(text, "://"):
		return parseMember(text), nil
	}
	element, err := cascadia.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a CSS selector (%w): want one such as \"#user\", or the name of a member of the JSON such as user.id", text, err)
	}
	return &Selector{html: true, find: func(_ http.Header, body []byte) string { return elementText(element, body) }}, nil
}

func parseExpression(text string) (*Selector, error) {
	if len(text) < 3 || !strings.HasSuffix(text, "/") {
		return nil, fmt.Errorf("the regular expression %q does not end: write a slash before and after it, such as /id=(\\d+)/", text)
	}
	expression, err := regexp.Compile(text[1 : len(text)-1])
	if err != nil {
		return nil, fmt.Errorf("%w: want the syntax of RE2, such as /id=(\\d+)/", err)
	}
	if expression.NumSubexp() == 0 {
		return nil, fmt.Errorf("the regular expression %s has no group: put parentheses around the value, such as /id=(\\d+)/", text)
	}
	return &Selector{find: func(_ http.Header, body []byte) string {
		if found := expression.FindSubmatch(body); found != nil {
			return string(found[1])
		}
		return ""
	}}, nil
}

// headerName matches a field name (RFC 9110 section 5.1).
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func parseHeader(name string) (*Selector, error) {
	if !headerName.MatchString(name) {
		return nil, fmt.Errorf("%q is not the name of a header: want one such as X-User: with its colon", name)
	}
	return &Selector{find: func(header http.Header, _ []byte) string { return header.Get(name) }}, nil
}

// parseMember reads the name of a member. On a page in HTML the same text may be the
// name of an element, such as h1 or p.name.
func parseMember(path string) *Selector {
	element, err := cascadia.Parse(path)
	return &Selector{find: func(header http.Header, body []byte) string {
		if strings.HasPrefix(header.Get("Content-Type"), "text/html") && err == nil {
			return elementText(element, body)
		}
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber() // the account may be a number that no float64 holds
		var document any
		if decoder.Decode(&document) != nil {
			return ""
		}
		return memberText(document, path)
	}}
}

// memberText returns a member of a document as text. A member with dots in its name
// is preferred to members within each other.
func memberText(document any, path string) string {
	if object, ok := document.(map[string]any); ok && object[path] != nil {
		return plainText(object[path])
	}
	value := document
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return ""
			}
			value = v[i]
		default:
			return ""
		}
	}
	return plainText(value)
}

func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "" // cannot be: it was JSON before
	}
	return string(text)
}

// elementText returns what the first element of a selector says: its text, or the
// value of a field or of a meta element.
func elementText(element cascadia.Sel, body []byte) string {
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return ""
	}
	found := cascadia.Query(root, element)
	if found == nil {
		return ""
	}
	switch found.Data {
	case "input":
		return attribute(found, "value")
	case "meta":
		return attribute(found, "content")
	}
	var text strings.Builder
	for n := range found.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data + " ")
		}
	}
	return cmp.Or(strings.Join(strings.Fields(text.String()), " "), attribute(found, "value"))
}

func attribute(n *html.Node, name string) string {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return ""
	}
	return n.Attr[i].Val
}
