package selector

import (
	"net/http"
	"strings"
	"testing"
)

const (
	documentInJSON = `{"id": 12345678901234567890, "user": {"id": "u7", "teams": [{"name": "red"}]}, "a.b": "dotted", "https://app.example/id": "n1"}`
	documentInHTML = `<!doctype html><title>Me</title><meta name="user" content="m3"><main><h1>Hello, <b id="user">Alice &amp; Co</b></h1><p class="name">alice</p></main><input name="account" value="f4">`
)

func TestSelectorFindsValue(t *testing.T) {
	for _, test := range []struct{ selector, page, want string }{
		{"id", documentInJSON, "12345678901234567890"},
		{"user.id", documentInJSON, "u7"},
		{"user.teams.0.name", documentInJSON, "red"},
		{"a.b", documentInJSON, "dotted"},
		{"https://app.example/id", documentInJSON, "n1"},
		{"user", documentInJSON, `{"id":"u7","teams":[{"name":"red"}]}`},
		{"user.teams.1.name", documentInJSON, ""},
		{"user.id.more", documentInJSON, ""},
		{"absent", documentInJSON, ""},
		{"#user", documentInHTML, "Alice & Co"},
		{".name", documentInHTML, "alice"},
		{"main h1", documentInHTML, "Hello, Alice & Co"},
		{"h1", documentInHTML, "Hello, Alice & Co"},
		{"p.name", documentInHTML, "alice"},
		{"input[name=account]", documentInHTML, "f4"},
		{"meta[name=user]", documentInHTML, "m3"},
		{"#absent", documentInHTML, ""},
		{"id", documentInHTML, ""},
		{`/class="name">(\w+)/`, documentInHTML, "alice"},
		{`/"id": "(u\d)"/`, documentInJSON, "u7"},
		{`/absent(.)/`, documentInHTML, ""},
		{"X-User:", documentInHTML, "h9"},
		{"x-user:", documentInJSON, "h9"},
		{"X-Other:", documentInHTML, ""},
	} {
		s, err := Parse(test.selector)
		if err != nil {
			t.Errorf("%s: %v", test.selector, err)
			continue
		}
		header := http.Header{"X-User": {"h9"}, "Content-Type": {"application/json"}}
		if test.page == documentInHTML {
			header.Set("Content-Type", "text/html; charset=utf-8")
		}
		if got := s.Find(header, []byte(test.page)); got != test.want {
			t.Errorf("%s gives %q, want %q", test.selector, got, test.want)
		}
	}
}

func TestWrongSelectorIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":          "it is empty: want a member of the JSON",
		"#":         `"#" is not a CSS selector`,
		"main h1 >": `want one such as "#user"`,
		"/id=(\\d+": "does not end: write a slash before and after it",
		"/(/":       "want the syntax of RE2",
		"/id=/":     "has no group: put parentheses around the value",
		"/":         "does not end",
		"X User:":   `"X User" is not the name of a header: want one such as X-User:`,
		":":         "is not the name of a header",
		"a[b=":      "is not a CSS selector",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is refused with %v, want %q", text, err, want)
		}
	}
}

func TestOnlyElementNeedsHTML(t *testing.T) {
	for text, want := range map[string]bool{"#user": true, "main h1": true, "id": false, "/(.)/": false, "X-User:": false} {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if s.NeedsHTML() != want {
			t.Errorf("%s needs HTML: %t, want %t", text, s.NeedsHTML(), want)
		}
	}
}
