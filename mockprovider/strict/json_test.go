package strict_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

func TestJSONHasPlacesToo(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`{"name": "a", "tiems": 1}`, `1:15: unknown key "tiems"; did you mean "times"?`},
		{"{\n \"name\": \"a\",\n\t\"times\": 1, \"times\": 2}", `3:14: times: duplicate key "times", first in line 3; keep one`},
		{`{"name": 5}`, `1:10: name: want a text, got 5; quote it`},
		{`{"n\u0061me": "a", "on": "yes"}`, `1:26: on: want true or false, got the text "yes"; write true or false, without quotes`},
		{`{"name": "é", "since": 5}`, `1:24: since: want a text, got 5; quote it`},
		{`{"name": "a", "times": 1,}`, `1:26: not JSON: invalid character '}' looking for beginning of object key string`},
		{`{"name": "a"} x`, `1:15: not JSON: invalid character 'x' after top-level value`},
		{`{"name": "a"`, `1:13: not JSON: unexpected end of JSON input`},
		{``, `1:1: not JSON: unexpected end of JSON input`},
		{`{"name": "\ud800"}`, `1:10: name: not JSON: half of a surrogate pair in a text`},
		{`{"name": null}`, `1:2: name: want a text, got nothing; give it a value, or leave the key out`},
		{`{"name": "a", "set": {"emial": 1}}`, `1:23: set: "emial" is almost a registered name; did you mean "email"?`},
		{"{\"name\": \"\xff\"}", `1:11: the file is not UTF-8 text; save the file as UTF-8`},
	} {
		var f file
		var got []string
		for _, p := range strict.Read("", []byte(tc.text), &f, strict.Options{JSON: true}) {
			got = append(got, strings.TrimPrefix(p.Error(), ":"))
		}
		if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tc.text, diff)
		}
	}
}

func TestJSONReadsWhatIsMeant(t *testing.T) {
	var f file
	ps := strict.Read("body", []byte(`{"name": "\ud83d\ude00 \ufffd", "any": [012e0][0:0]}`), &f, strict.Options{JSON: true})
	if len(ps) != 1 || ps[0].Rule != strict.Syntax {
		t.Error(ps)
	}
	ps = strict.Read("body", []byte(`{"name": "\ud83d\ude00 \ufffd", "any": [1, 1.5, true, null, "012", {}], "set": {"xid": 1}}`), &f, strict.Options{JSON: true})
	if ps != nil || f.Name != "😀 \ufffd" {
		t.Error(ps, f.Name)
	}
	if diff := cmp.Diff([]any{int64(1), 1.5, true, nil, "012", map[string]any{}}, f.Any); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for _, c := range "bcdefg" {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 10) + "]\n"
	}
	for name, text := range map[string]string{
		"deep": deep, "bomb": bomb, "large": strings.Repeat("# \n", 1<<19), "not UTF-8": "a: \xff", "UTF-16": "\xff\xfea\x00",
	} {
		var v any
		if ps := strict.Read("f", []byte(text), &v, strict.Options{}); len(ps) != 1 {
			t.Errorf("%s as YAML: %d problems: %.300v", name, len(ps), ps)
		}
	}
	var v any
	if ps := strict.Read("f", []byte(deep), &v, strict.Options{JSON: true}); len(ps) != 1 || ps[0].Rule != strict.Limit || ps[0].Column != 65+1 {
		t.Errorf("%.300v", ps)
	}
}

func TestHostileTextDoesNotReachTheTerminal(t *testing.T) {
	var f file
	ps := strict.Read("f", []byte("name: a\n\"\\e[31m\": x # \u0085"), &f, strict.Options{})
	if len(ps) == 0 || strings.ContainsAny(ps.Error(), "\x1b\u0085") {
		t.Errorf("%q", ps.Error())
	}
}
