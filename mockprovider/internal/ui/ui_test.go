package ui

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile is what a field may hold that somebody else chose.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>javascript:alert(1)`

// fill puts the hostile string into every string of a view, however deep.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
		if v.Type().Elem().Kind() == reflect.Struct { // both faces of what a flag shows
			for i := range v.Index(1).NumField() {
				if f := v.Index(1).Field(i); f.Kind() == reflect.Bool {
					f.SetBool(false)
				}
			}
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{hostile: hostile, "csrf": hostile}))
	}
}

func filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem())
	return v
}

// Whatever stands in a page, nothing of it runs, and its policy says so too.
func TestNothingHostileRuns(t *testing.T) {
	p := New()
	for name, show := range map[string]func(*httptest.ResponseRecorder){
		"sign in":  func(w *httptest.ResponseRecorder) { p.SignIn(w, filled[SignIn]()) },
		"consent":  func(w *httptest.ResponseRecorder) { p.Consent(w, filled[Consent]()) },
		"error":    func(w *httptest.ResponseRecorder) { p.Error(w, 400, filled[Error]()) },
		"device":   func(w *httptest.ResponseRecorder) { p.Device(w, 200, filled[Device]()) },
		"message":  func(w *httptest.ResponseRecorder) { p.Message(w, filled[Message]()) },
		"sign out": func(w *httptest.ResponseRecorder) { p.SignOut(w, filled[SignOut]()) },
		"home":     func(w *httptest.ResponseRecorder) { p.Home(w, filled[Home]()) },
		"console":  func(w *httptest.ResponseRecorder) { p.Console(w, filled[Console]()) },
		"form_post": func(w *httptest.ResponseRecorder) {
			p.FormPost(w, "http://app.test/cb?"+hostile, url.Values{"state": {hostile}, hostile: {"x"}})
		},
		"form_post to a script": func(w *httptest.ResponseRecorder) { p.FormPost(w, "JavaScript:alert(1)", url.Values{"code": {"1"}}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			show(w)
			if strings.Contains(w.Body.String(), "cannot be shown") {
				t.Fatal(w.Body)
			}
			for header, want := range map[string]string{
				"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(header); got != want {
					t.Errorf("%s: %q", header, got)
				}
			}
			if denied := w.Header().Get("X-Frame-Options") == "DENY"; denied == (name == "form_post") {
				t.Errorf("a page around it is denied: %v", denied)
			}
			harmless(t, name == "form_post", w.Header().Get("Content-Security-Policy"), w.Body.Bytes())
		})
	}
}

func harmless(t *testing.T, scripted bool, policy string, page []byte) {
	t.Helper()
	for _, part := range []string{"default-src 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s: %s", part, policy)
		}
	}
	if strings.Contains(policy, "frame-ancestors 'none'") == scripted {
		t.Errorf("which pages may be around it: %s", policy)
	}
	if strings.Contains(policy, "script-src") != scripted || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	lang, title, headings := "", 0, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "style":
			directive := map[string]string{"script": "script-src ", "style": "style-src "}[n.Data]
			if !strings.Contains(policy, directive+hash(n.FirstChild.Data)) {
				t.Errorf("the policy does not name this %s: %s", n.Data, n.FirstChild.Data)
			}
		case "img", "iframe", "object", "embed", "base", "link", "svg":
			t.Errorf("there is a <%s>", n.Data)
		case "title":
			title++
		case "h1":
			headings++
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on") || a.Key == "style":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" || a.Key == "action" || a.Key == "src" || a.Key == "formaction":
				if u, err := url.Parse(a.Val); err == nil && u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			case a.Key == "lang" && n.Data == "html":
				lang = a.Val
			}
		}
	}
	if lang != "en" || title != 1 || headings != 1 {
		t.Errorf("lang %q, %d titles, %d main headings", lang, title, headings)
	}
}

// The face of a user is the first letter of the login, also one of two bytes,
// and of none.
func TestFace(t *testing.T) {
	for _, login := range []string{"ümit", "李", ""} {
		w := httptest.NewRecorder()
		New().SignIn(w, SignIn{Users: []User{{Login: login, Name: "N"}}})
		if !strings.Contains(w.Body.String(), `aria-hidden="true">`+string([]rune(login + "\x00")[:min(1, len(login))])+`</span>`) {
			t.Errorf("%q: %s", login, w.Body)
		}
	}
}

// accessibleName is what a reader of screens calls a button (accname-1.2): its label,
// else its text without what is hidden.
func accessibleName(n *html.Node) string {
	for _, a := range n.Attr {
		switch {
		case a.Key == "aria-label" && a.Val != "":
			return a.Val
		case a.Key == "aria-hidden" && a.Val == "true":
			return ""
		case a.Key == "value" && n.Data == "input":
			return a.Val
		}
	}
	text := ""
	if n.Type == html.TextNode {
		text = n.Data
	}
	for c := range n.ChildNodes() {
		text += accessibleName(c)
	}
	return strings.Join(strings.Fields(text), " ")
}

func isButton(n *html.Node) bool {
	kind := ""
	for _, a := range n.Attr {
		if a.Key == "type" || a.Key == "role" {
			kind = a.Val
		}
	}
	return n.Type == html.ElementNode && (n.Data == "button" || n.Data == "summary" || n.Data == "input" && (kind == "submit" || kind == "button") || kind == "button")
}

// TestButtonsHaveNamesOfTheirOwn: no two buttons of a page are called the same, and
// every field has a name.
func TestButtonsHaveNamesOfTheirOwn(t *testing.T) {
	p := New()
	users := []User{
		{Login: "sam", Name: "Sam Smith", Email: "sam@example.com"}, {Login: "sam2", Name: "Sam Smith", Email: "sam@example.com"},
		{Login: "sam3", Name: "Sam Smith", Password: true}, {Login: "sam4", Name: "Sam Smith", Password: true, Disabled: true},
		{Login: "sam5", Name: "sam5"}, {Login: "sam@example.com", Name: "Sam Smith", Email: "sam@example.com"},
	}
	for name, show := range map[string]func(*httptest.ResponseRecorder){
		"sign in": func(w *httptest.ResponseRecorder) {
			p.SignIn(w, SignIn{Users: users, New: NewUser{Offered: true}, Search: Search{Offered: true, Found: 30, Previous: "/a", Next: "/b"}})
		},
		"consent":   func(w *httptest.ResponseRecorder) { p.Consent(w, Consent{Scopes: []Scope{{Name: "a"}, {Name: "b"}}}) },
		"device":    func(w *httptest.ResponseRecorder) { p.Device(w, 200, Device{}) },
		"sign out":  func(w *httptest.ResponseRecorder) { p.SignOut(w, SignOut{}) },
		"log in":    func(w *httptest.ResponseRecorder) { p.LogIn(w, LogIn{}) },
		"form_post": func(w *httptest.ResponseRecorder) { p.FormPost(w, "http://app.test/cb", url.Values{"a": {"1", "2"}}) },
		"home":      func(w *httptest.ResponseRecorder) { p.Home(w, Home{Users: users}) },
		"error":     func(w *httptest.ResponseRecorder) { p.Error(w, 400, Error{}) },
		"message":   func(w *httptest.ResponseRecorder) { p.Message(w, Message{}) },
		"console": func(w *httptest.ResponseRecorder) {
			same := Entry{Time: "12:00:00", Method: "POST", Path: "/token", Status: 200}
			first, second := same, same
			first.Seq, second.Seq = 1, 2
			p.Console(w, Console{Users: users, Faults: []Fault{{ID: "fault-1", What: "x"}, {ID: "fault-2", What: "x"}}, Entries: []Entry{first, second}})
		},
	} {
		w := httptest.NewRecorder()
		show(w)
		root, err := html.Parse(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range unnamed(root) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// unnamed finds buttons of one name, or of none, and fields without one.
func unnamed(root *html.Node) (problems []string) {
	seen, labelled := map[string]bool{}, map[string]bool{}
	attr := func(n *html.Node, key string) string {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	for n := range root.Descendants() {
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
	}
	for n := range root.Descendants() {
		field := n.Data == "textarea" || n.Data == "select" || n.Data == "input" && attr(n, "type") != "hidden"
		switch name := accessibleName(n); {
		case n.Type != html.ElementNode:
		case isButton(n) && (name == "" || seen[name]):
			problems = append(problems, "two buttons are called "+strconv.Quote(name)+", or one has no name")
		case isButton(n):
			seen[name] = true
		case field && attr(n, "aria-label") == "" && (attr(n, "id") == "" || !labelled[attr(n, "id")]) && (n.Parent == nil || n.Parent.Data != "label"):
			problems = append(problems, "the field "+attr(n, "name")+" has no name")
		}
		if tab := attr(n, "tabindex"); tab != "" {
			problems = append(problems, "the keyboard meets things in the order "+tab)
		}
	}
	return problems
}

func TestUnnamedCatches(t *testing.T) {
	root, err := html.Parse(strings.NewReader(`<button>Go</button><button aria-label="Go">On</button><button><i aria-hidden="true">x</i></button><input name="q"><summary>Go</summary><textarea id="a"></textarea><label for="b">B</label><input id="b">`))
	if err != nil {
		t.Fatal(err)
	}
	if got := unnamed(root); len(got) != 5 {
		t.Errorf("%q", got)
	}
}
