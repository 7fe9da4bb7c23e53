package strict_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

func TestBudgetRefusesAndGoesOn(t *testing.T) {
	b := strict.NewBudget(t.Context())
	var limit strict.Problem
	if err := b.Take(strict.Values, 100_001, 1); !errors.As(err, &limit) || limit.Message != "more than 100,000 values in one file with its fragments: 100,001" || limit.Hint == "" {
		t.Error(err)
	}
	if err := b.Take(strict.Values, 60_000, 10_000); !errors.As(err, &limit) || limit.Message != "more than 2,000,000 values in all that is read together: 60,000 for each of 10,000 combinations here" {
		t.Error(err)
	}
	if err := b.Take(strict.Values, 1<<40, 1<<40); err == nil {
		t.Error("a product that overflows was taken")
	}
	for range 20 {
		if err := b.Take(strict.Values, 100_000, 1); err != nil {
			t.Error(err)
		}
	}
	if err := b.Take(strict.Values, 1, 1); err == nil {
		t.Error("more was taken than there is")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := strict.NewBudget(ctx).Take(strict.Files, 1, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestSizeIsRefusedWithItsPlace before and after the parser: the former only
// saves memory, and is never stricter than twice what the values are.
func TestSizeIsRefusedWithItsPlace(t *testing.T) {
	repeat := strings.Repeat
	users := func(n int) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, "  u%d: {email: u@example.com, name: U, roles: [a, b]}\n", i)
		}
		return out.String()
	}
	for name, tc := range map[string]struct {
		text string
		line int // 0 is no problem
	}{
		"list":             {"any: [" + repeat("a,", 99_000/2) + "]", 0},
		"long list":        {"any: [" + repeat("a,\n", 100_000) + "]", 33_333},
		"lines":            {"any:\n" + repeat("- a\n", 49_000), 0},
		"more lines":       {"any:\n" + repeat("- a\n", 100_000), 50_000},
		"users":            {"users:\n" + users(15_000), 0},
		"quoted users":     {"\"users\":\n" + users(15_000), 0},
		"too many users":   {"users:\n" + users(60_000), 19_232},
		"users elsewhere":  {"any:\n" + users(30_000), 7_694},
		"users, then not":  {"users:\n" + users(15_000) + "any:\n" + repeat("- a\n", 100_000), 65_002},
		"users in braces":  {`{"any": 1, "users": {` + repeat(`"a": {"name": "b"},`+"\n", 1) + `"c": {"roles": [` + repeat("1,", 110_000) + `1]}}}`, 0},
		"others in braces": {`{"users": {"a": {}}, "any": [` + repeat("1,", 150_000) + `1]}`, 1},
		"prose":            {"any: |\n" + repeat("  one, two: three - four? [five] {six}\n", 5_000), 0},
		"size":             {"any: " + repeat("x", 8<<20), 1},
	} {
		docs, ps := strict.Parse("f", []byte(tc.text), strict.Options{})
		switch {
		case tc.line == 0 && (len(ps) > 0 || len(docs) != 1):
			t.Errorf("%s: %.300v", name, ps)
		case tc.line > 0 && (len(docs) != 0 || len(ps) != 1 || ps[0].Rule != strict.Limit || ps[0].Hint == "" || ps[0].Line < tc.line-1 || ps[0].Line > tc.line+1):
			t.Errorf("%s: %d documents, line %d: %.300v", name, len(docs), tc.line, ps)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	long := strings.Repeat("k", 1000)
	var f file
	ps := strict.Read("f", []byte("name: a\n"+strings.Repeat("? "+long+"x\n: {a: 1, a: 1}\n", 1)+unknownKeys(5_000)), &f, strict.Options{})
	if n := total(ps); n != 5_002 || len(ps) != strict.MaxProblems+1 {
		t.Errorf("%d of %d problems are kept", len(ps), n)
	}
	for _, p := range ps {
		if len(p.Message) > 600 || len(p.Path) > 300 {
			t.Errorf("a problem of %d bytes", len(p.Error()))
		}
	}
	first := ps.Sorted()
	if last := first[len(first)-1]; len(first) != strict.MaxProblems+1 || total(first) != 5_002 || last.Message != "and 4,902 more problems in this file" {
		t.Errorf("%d of %d problems, then %s", len(first), total(first), last.Message)
	}
}

// total counts the problems, with those that are only counted.
func total(ps strict.Problems) int {
	n := 0
	for _, p := range ps {
		n += max(1, p.More)
	}
	return n
}

func unknownKeys(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "k%d: v\n", i)
	}
	return out.String()
}

// TestNamesAmplifyUpToALimit while the file is read and while it is run.
func TestNamesAmplifyUpToALimit(t *testing.T) {
	value := strings.Repeat("v", 1<<10)
	options := strict.Options{Resolve: func(string, *strict.Node) strict.Resolution { return strict.Resolution{Text: value} }}
	var f file
	if ps := strict.Read("f", []byte("name: \""+strings.Repeat("${v}", 1_000)+"\""), &f, options); ps != nil {
		t.Error(ps)
	}
	ps := strict.Read("f", []byte("name: \""+strings.Repeat("${v}", 2_000)+"\""), &f, options)
	if len(ps) != 1 || ps[0].Rule != strict.Limit || ps[0].Column != 7 {
		t.Errorf("%.500v", ps)
	}
	ps = strict.Read("f", []byte("name: a\nany:\n"+strings.Repeat("- \""+strings.Repeat("${v}", 1_000)+"\"\n", 20)), &f, options)
	if len(ps) == 0 || ps[0].Rule != strict.Limit || ps[0].Line != 19 {
		t.Errorf("%.500v", ps)
	}
	if _, err := strict.Expand(strings.Repeat("${v}", 2_000), func(string) (any, error) { return value, nil }); err == nil {
		t.Error("a text was filled in without a limit")
	}
}

// TestSharedPartsAreReadOnce for names that do not vary.
func TestSharedPartsAreReadOnce(t *testing.T) {
	docs, ps := strict.Parse("f", []byte("name: \"${axis.a}\"\nusers: {a: {name: \"${fixed}\"}, b: {name: \"${axis.a}\"}}\n"), strict.Options{})
	if ps != nil {
		t.Fatal(ps)
	}
	shared := &strict.Shared{Root: docs[0], Varies: func(name string) bool { return strings.HasPrefix(name, "axis.") }}
	read := func(value string) (f file) {
		options := strict.Options{Shared: shared, Resolve: func(name string, _ *strict.Node) strict.Resolution { return strict.Resolution{Text: value} }}
		if ps := docs[0].Decode(&f, options); ps != nil {
			t.Fatal(ps)
		}
		return f
	}
	one, two := read("1"), read("2")
	if one.Name != "1" || two.Name != "2" || two.Users["b"].Name != "2" {
		t.Errorf("%+v %+v", one, two)
	}
	if one.Users["a"] != two.Users["a"] || one.Users["b"] == two.Users["b"] {
		t.Error("the part that is the same is not shared, or the other is")
	}
}

func TestPatternsAreBounded(t *testing.T) {
	for pattern, good := range map[string]bool{
		"^[a-z0-9]{1,255}$": true, `\pL{3}`: true, "(?i)^bearer ": true,
		"((a{30}){30}){30}": false, "(a{90}){11}(b{90}){11}(c{90}){11}(d{90}){11}(e{90}){11}(f{90}){11}": false,
		`(\pL){100}`: false, strings.Repeat("a", 6_000): false,
	} {
		var f file
		ps := strict.Read("f", []byte("name: a\nwant: {sub: {$matches: '"+pattern+"'}}"), &f, strict.Options{})
		if good != (len(ps) == 0) {
			t.Errorf("%.60s: %v", pattern, ps)
		}
	}
}
