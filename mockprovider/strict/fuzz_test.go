package strict_test

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"name: a", "a: &a [*a]", "- 1\n- {x: y}", "? {a: b}\n: c", "name: \"${n}", "steps: [{wait: 1s}]\n---\n...\n", "<<: 1", "a: !!binary x",
		"any: |\n  ${x}\n", "set: {sub: $absent}", "\xef\xbb\xbfname: a", "%TAG ! x\n---\n", "name: \u2028b", "a: 'x\r\ny'", "want: {a: {$matches: '('}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v file
		ps := strict.Read("f", []byte(text), &v, strict.Options{Resolve: func(name string, _ *strict.Node) strict.Resolution {
			return strict.Resolution{Refused: "unknown"}
		}})
		lines := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
		inside(t, lines, ps)
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"name": "a"}`, `[1, {"a": [null]}]`, `{"a": 1, "a": 2}`, `{"\ud800": "\u0000"}`, `{"a": }`, ` 1 2`, `"`, `{"users": {"a": null}}`, "{\n\"n\"\n:\n1}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v file
		inside(t, text, strict.Read("f", []byte(text), &v, strict.Options{JSON: true}))
	})
}

// inside checks that every problem has a place within the text.
func inside(t *testing.T, text string, ps strict.Problems) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, p := range ps {
		if p.Line < 1 || p.Line > len(lines) {
			t.Fatalf("%q: line %d of %d: %v", text, p.Line, len(lines), p)
		}
		if p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+2 {
			t.Fatalf("%q: column %d in %q: %v", text, p.Column, lines[p.Line-1], p)
		}
		if p.Message == "" || p.Rule == "" || p.Error() == "" {
			t.Fatalf("%q: %+v", text, p)
		}
	}
}

func BenchmarkYAML(b *testing.B) {
	text := []byte("name: a\ntimes: 3\nwant: {sub: {$not: alice}, exp: {$gte: 2s}}\n" + "steps:\n" + strings.Repeat("- login: {name: a}\n- wait: 5m\n", 20))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var v file
		if ps := strict.Read("f", text, &v, strict.Options{}); ps != nil {
			b.Fatal(ps)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	text := []byte(`{"name": "a", "times": 3, "want": {"sub": {"$not": "alice"}}, "users": {"alice": {"name": "Alice"}}, "steps": [{"wait": "5m"}]}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var v file
		if ps := strict.Read("f", text, &v, strict.Options{JSON: true}); ps != nil {
			b.Fatal(ps)
		}
	}
}
