package ui

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"reflect"
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
			harmless(t, name == "form_post", w.Header().Get("Content-Security-Policy"), w.Body.Bytes())
		})
	}
}

func harmless(t *testing.T, scripted bool, policy string, page []byte) {
	t.Helper()
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s: %s", part, policy)
		}
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
