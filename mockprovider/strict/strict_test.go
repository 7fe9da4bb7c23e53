package strict_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// pause is a scalar type of its own, as clock.Duration is.
type pause time.Duration

func (p *pause) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration: write one like 5m", text)
	}
	*p = pause(d)
	return nil
}

func (pause) JSONSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": `^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$|^[-+]?0$`}
}

// pair reads [a, b], a form of its own.
type pair struct{ a, b string }

func (p *pair) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	if n.Kind != strict.Sequence || len(n.Items) != 2 {
		r.Report(n.Problem(strict.Type, "write [a, b]", "want a list of two texts"))
		return
	}
	r.Decode(n.Items[0], &p.a, "")
	r.Decode(n.Items[1], &p.b, "")
}

func (pair) JSONSchema() map[string]any {
	text := map[string]any{"type": []any{"string", "number", "boolean"}}
	return map[string]any{"type": "array", "items": text, "minItems": 2, "maxItems": 2}
}

type named struct {
	Name string `json:"name" required:"true"`
}

type oauthError struct {
	Code   string `json:"error" short:"true" required:"true"`
	Status int    `json:"status,omitempty" min:"100" max:"599"`
}

type step struct {
	Place strict.Place `json:"-"`
	Login *named       `json:"login" oneof:"verb"`
	Wait  pause        `json:"wait" oneof:"verb" example:"5m"`
	Again *struct{}    `json:"again" oneof:"verb" empty:"true"`
	Note  string       `json:"note"`
}

type file struct {
	named
	Node    *strict.Node      `json:"-"`
	On      bool              `json:"on"`
	Times   *int              `json:"times"`
	Limit   uint8             `json:"limit"`
	Chance  float64           `json:"chance"`
	Kind    string            `json:"kind" enum:"opaque,jwt"`
	Algs    []string          `json:"algs" enum:"RS256,ES256" single:"true"`
	Since   time.Time         `json:"since"`
	Error   *oauthError       `json:"error"`
	Pair    *pair             `json:"pair"`
	Any     any               `json:"any"`
	Set     map[string]any    `json:"set" vocab:"claim" match:"absent"`
	Want    map[string]any    `json:"want" vocab:"claim" match:"true"`
	Status  any               `json:"status" match:"true" of:"integer"`
	Meta    map[string]any    `json:"meta" vocab:"metadata"`
	Headers map[string]string `json:"headers" vocab:"header"`
	Users   map[string]named  `json:"users"`
	Steps   []step            `json:"steps"`
	Self    *file             `json:"self"`
}

func (f *file) Check() error {
	if f.Limit == 13 {
		return strict.Member("limit", errors.New("13 brings bad luck"))
	}
	return nil
}

func TestReadsWhatIsMeant(t *testing.T) {
	const text = `
name: 012
on: true
times: 0
limit: 7
chance: 0.5
kind: jwt
algs: ES256
since: 2030-01-01T00:00:00Z
error: invalid_grant
pair: [2026-01-02, "x"]
any: {date: 2026-01-02, n: 12, big: 123456789012345678901234567890, f: 1.5, "yes": "yes", "no": null, l: [true, a]}
set: {sub: $absent, exp: text, "https://example.test/x": {a: 1}}
want: {sub: {$not: alice}, exp: {$gte: 2s}, aud: [app], custom: 1}
status: {$one_of: [200, 201]}
meta: {issuer: x}
headers: {retry-after: 2, X-Mine: 012}
users:
  alice: {name: "null"}
steps:
- wait: 5m
- login: {name: a}
- again:
  note: yes
`
	var f file
	if ps := strict.Read("f.yaml", []byte(text), &f, strict.Options{}); ps != nil {
		t.Fatal(ps)
	}
	if f.Name != "012" || !f.On || *f.Times != 0 || f.Limit != 7 || f.Chance != 0.5 || f.Since.Year() != 2030 {
		t.Errorf("%+v", f)
	}
	if f.Error.Code != "invalid_grant" || *f.Pair != (pair{"2026-01-02", "x"}) || f.Algs[0] != "ES256" {
		t.Errorf("%+v %+v", f.Error, f.Pair)
	}
	anything := fmt.Sprintf("%#v", f.Any)
	for _, want := range []string{`"date":"2026-01-02"`, `"n":12`, `"big":"123456789012345678901234567890"`, `"no":interface {}(nil)`, `[]interface {}{true, "a"}`} {
		if !strings.Contains(anything, want) {
			t.Errorf("any is %s, without %s", anything, want)
		}
	}
	if f.Headers["X-Mine"] != "012" || f.Headers["retry-after"] != "2" {
		t.Error(f.Headers)
	}
	if got := f.Steps[2].Place; got != (strict.Place{File: "f.yaml", Line: 23, Column: 3}) || f.Steps[2].Note != "yes" {
		t.Errorf("%v %+v", got, f.Steps[2])
	}
	if got := f.Node.Find("want.exp.$gte").Place(); got.Line != 14 || got.Column != 40 {
		t.Errorf("found at %v", got)
	}
	if got := f.Node.Find("set.https://example.test/x.a").Path(); got != "set.https://example.test/x.a" {
		t.Errorf("found %s", got)
	}
}

func TestRefusesWithPlaceAndRemedy(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"name: a\ntiems: 1", `2:1: unknown key "tiems"; did you mean "times"?`},
		{"name: a\ntimes: 1\ntimes: 2", `3:1: times: duplicate key "times", first in line 2; keep one`},
		{"kind: jwt", `1:1: "name" is missing`},
		{"name: [a]", `1:7: name: want a text, got a list`},
		{"name:", `1:1: name: want a text, got nothing; give it a value, or leave the key out`},
		{"name: a\non: yes", `2:5: on: want true or false, got yes; write true`},
		{"name: a\non: \"true\"", `2:5: on: want true or false, got the text "true"; write true or false, without quotes`},
		{"name: a\ntimes: 012", `2:8: times: want an integer, got 012; write it in plain decimal digits: a leading zero makes it octal to some readers`},
		{"name: a\ntimes: 1.5", `2:8: times: want an integer, got 1.5`},
		{"name: a\nlimit: 256", `2:8: limit: 256 is out of range`},
		{"name: a\nlimit: 13", `2:8: limit: 13 brings bad luck`},
		{"name: a\nkind: jtw", `2:7: kind: unknown value "jtw"; did you mean "jwt"?`},
		{"name: a\nalgs: [RS256, HS256]", `2:15: algs[1]: unknown value "HS256"; did you mean "RS256"?`},
		{"name: a\nsince: yesterday", `2:8: since: invalid time "yesterday": want RFC 3339, such as 2030-01-01T00:00:00Z`},
		{"name: a\nerror: {error: x, status: 99}", `2:27: error.status: want at least 100`},
		{"name: a\nerror: [x]", `2:8: error: want a mapping, got a list; its keys are error, status`},
		{"name: a\npair: [x]", `2:7: pair: want a list of two texts; write [a, b]`},
		{"name: a\nany: 012", `2:6: any: 012 is ambiguous: a leading zero makes it octal to some readers; quote it to make it a text: "012"`},
		{"name: a\nany: {x: 0o7}", `2:10: any.x: 0o7 is ambiguous: some readers take it for a number; quote it to make it a text: "0o7"`},
		{"name: a\nany: [1_000]", `2:7: any[0]: 1_000 is ambiguous: some readers take it for a number; quote it to make it a text: "1_000"`},
		{"name: a\nany: No", `2:6: any: No is ambiguous: YAML 1.1 reads it as true or false; quote it to make it a text: "No"`},
		{"name: a\nany: {x: }", `2:7: any.x: has no value; write null, or ""`},
		{"name: a\nset: {sbu: 1}", `2:7: set: "sbu" is almost a registered name; did you mean "sub"? If not, put the key in quotes`},
		{"name: a\nset: {sub: $any}", `2:12: set.sub: "$any" is not a matcher; known are $absent`},
		{"name: a\nwant: {sub: $abesnt}", `2:13: want.sub: "$abesnt" is not a matcher; did you mean "$absent"?`},
		{"name: a\nwant: {sub: $not}", `2:13: want.sub: "$not" is not a matcher; write {$not: ..}`},
		{"name: a\nwant: {exp: {$lt: 1}}", `2:14: want.exp: unknown matcher "$lt"; did you mean "$lte"?`},
		{"name: a\nwant: {exp: {$lte: 1, a: 1}}", `2:23: want.exp: unknown matcher "a"; a mapping is either matchers or members; use a list of expectations or take a out`},
		{"name: a\nwant: {sub: {$matches: \"(\"}}", "2:24: want.sub.$matches: error parsing regexp: missing closing ): `(`"},
		{"name: a\nwant: {exp: \"1\"}", `2:13: want.exp: want a number, got the text "1": it would never match`},
		{"name: a\nwant: {email_verified: yes}", `2:24: want.email_verified: want true or false, got yes: it would never match`},
		{"name: a\nstatus: ok", `2:9: status: want an integer, got ok: it would never match`},
		{"name: a\nmeta: {isuser: x}", `2:8: meta: unknown key "isuser"; did you mean "issuer"?`},
		{"name: a\nmeta: {mine: x}", `2:8: meta: unknown key "mine"; known are issuer, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri, registration_endpoint, scopes_supported, response_types_supported, response_modes_supported, grant_types_supported, acr_values_supported, subject_types_supported, id_token_signing_alg_values_supported, id_token_encryption_alg_values_supported, id_token_encryption_enc_values_supported, userinfo_signing_alg_values_supported, …`},
		{"name: a\nheaders: {Retry-Atfer: 2}", `2:11: headers: "Retry-Atfer" is almost a registered name; did you mean "Retry-After"? If not, put the key in quotes`},
		{"name: a\nusers: {alice: {nam: x}}", `2:17: users.alice: unknown key "nam"; did you mean "name"?`},
		{"name: a\nsteps: [{note: x}]", `2:9: steps[0]: missing verb: want one of login, wait, again`},
		{"name: a\nsteps: [{wait: 1s, again: }]", `2:20: steps[0]: want only one verb here: again is a second one, after wait; keep one of them`},
		{"name: a\nsteps: [{wati: 1s}]", `2:10: steps[0]: unknown key "wati"; did you mean "wait"?`},
		{"name: a\nsteps: [{wait: 60}]", `2:16: steps[0].wait: "60" is not a duration: write one like 5m`},
		{"name: a\nsteps: {wait: 60s}", `2:8: steps: want a list, got a mapping; begin it with -, or put it in [ ]: a list has one or more of them`},
		{"name: a\nself: {<<: {name: b}}", `2:8: self: merge keys (<<) are not supported; write the members out, or use include`},
		{"name: !!int 5", `1:7: name: tags such as !!int are not supported; leave it out; quote a value to make it text`},
		{"name: a\n? [x]\n: y", "2:3: a key must be a text; quote a ${name} or a text that begins with { or ["},
		{"name: a\n\ton: true", `2:1: not YAML: found a tab character that violates indentation; YAML is indented with spaces, not with tabs`},
		{"name: a\nwant: {sub: ${x}, exp: 1}", "2:13: not YAML: did not find expected ',' or '}'; quote a text with a ${name} within { } or [ ]"},
		{"name: a\nany: {a: 1\non: true", "2:1: not YAML: did not find expected ',' or '}'; close the bracket, or quote a text with brackets in it"},
		{"name: a\nself: {name: b}\nany: x: y", "3:7: not YAML: mapping values are not allowed in this context; quote a text that has a colon and a space in it; indent the keys of one mapping alike"},
		{"name: a\nany: @x", "2:6: not YAML: found character that cannot start any token; quote a text that begins with @, ` or %"},
		{"name: a\n\nany: [1, *nope]", "3:10: not YAML: unknown anchor 'nope' referenced; quote a text that begins with *"},
		{"steps:\n  - a\n - b", "3:2: not YAML: did not find expected key"},
		{"any: &a [*a]\nname: a", `1:10: any[0]: *a contains itself`},
	} {
		var f file
		ps := strict.Read("", []byte(tc.text), &f, strict.Options{})
		var got []string
		for _, p := range ps {
			got = append(got, strings.TrimPrefix(p.Error(), ":"))
		}
		if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tc.text, diff)
		}
	}
}

func TestAllProblemsAtOnceEachUnderACaret(t *testing.T) {
	const text = "name: a\ntiems: 1\nsteps:\n- login: {naem: x}\n\n- {wait: soon, note: [x]}\n"
	var f file
	ps := strict.Read("s.yaml", []byte(text), &f, strict.Options{})
	want := `s.yaml:2:1: unknown key "tiems"
  2 | tiems: 1
    | ^ did you mean "times"?
s.yaml:4:11: steps[0].login: unknown key "naem"
  4 | - login: {naem: x}
    |           ^ did you mean "name"?
s.yaml:6:10: steps[1].wait: "soon" is not a duration: write one like 5m
  6 | - {wait: soon, note: [x]}
    |          ^
s.yaml:6:22: steps[1].note: want a text, got a list
  6 | - {wait: soon, note: [x]}
    |                      ^`
	if diff := cmp.Diff(want, ps.Error()); diff != "" {
		t.Error(diff)
	}
	if ps.Err() == nil || strict.Problems(nil).Err() != nil {
		t.Error("Err")
	}
}

func TestDocuments(t *testing.T) {
	docs, ps := strict.Parse("d", []byte("# nothing\n---\na: 1\n---\n---\nb: 1\n"), strict.Options{})
	if ps != nil || len(docs) != 2 || docs[1].Get("b").Place().Line != 6 {
		t.Errorf("%d %v", len(docs), ps)
	}
}
