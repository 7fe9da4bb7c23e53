package strict_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

func resolver(t *testing.T) func(string, *strict.Node) strict.Resolution {
	docs, ps := strict.Parse("vars", []byte("n: 3\nquoted: \"3\"\nlater: ${x}\nalg: ES256"), strict.Options{})
	if ps != nil {
		t.Fatal(ps)
	}
	vars := docs[0]
	return func(name string, at *strict.Node) strict.Resolution {
		switch {
		case name == "issuer" || strings.HasPrefix(name, "steps."):
			return strict.Resolution{Deferred: true}
		case name == "env.N":
			return strict.Resolution{Text: "4"}
		case vars.Get(name) != nil:
			return strict.Resolution{Node: vars.Get(name)}
		}
		return strict.Resolution{Refused: "unknown variable ${" + name + "}", Hint: strict.Suggest(name, []string{"n", "quoted", "alg"})}
	}
}

func TestInterpolatesAfterParsing(t *testing.T) {
	const text = `
name: "a ${n} $${n} ${later} ${issuer}"
times: ${env.N}
limit: ${n}
algs: ${alg}
any: ["${n}", '${quoted}', "x${n}", "${issuer}", "${env.N}", "${later}"]
want: {exp: "${n}", sub: "${steps.a.sub}", aud: "${issuer}"}
status: "${steps.a.status}"
error: ${n}
`
	var f file
	if ps := strict.Read("f", []byte(text), &f, strict.Options{Resolve: resolver(t)}); ps != nil {
		t.Fatal(ps)
	}
	if f.Name != "a 3 $${n} $${x} ${issuer}" || *f.Times != 4 || f.Limit != 3 || f.Algs[0] != "ES256" || f.Error.Code != "3" {
		t.Errorf("%q %+v", f.Name, f)
	}
	if diff := cmp.Diff([]any{int64(3), "3", "x3", "${issuer}", "4", "$${x}"}, f.Any); diff != "" {
		t.Error(diff)
	}
	out, err := strict.Expand(f, func(name string) (any, error) {
		return map[string]any{"issuer": "http://op", "steps.a.sub": "alice", "steps.a.status": 200}[name], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Name != "a 3 ${n} ${x} http://op" || out.Status != 200 || out.Want["sub"] != "alice" || out.Want["aud"] != "http://op" {
		t.Errorf("%q %v %v", out.Name, out.Status, out.Want)
	}
	if f.Name != "a 3 $${n} $${x} ${issuer}" || f.Status == 200 {
		t.Error("Expand changed its argument")
	}
	if _, err := strict.Expand(f, func(string) (any, error) { return nil, errors.New("gone") }); err == nil {
		t.Error("no error")
	}
}

func TestRefusesUnknownNamesAtTheirColumn(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`name: "a ${n} ${nn}"`, `1:15: name: unknown variable ${nn}; known are n, quoted, alg`},
		{`name: é ${nope}`, `1:9: name: unknown variable ${nope}; known are n, quoted, alg`},
		{"name: |\n  one ${n}\n  two ${m}", `3:7: name: unknown variable ${m}; known are n, quoted, alg`},
		{`name: "a ${n"`, "1:10: name: ${ without its }; write $${ for the two characters"},
		{"name: a\ntimes: ${issuer}", "2:8: times: ${issuer} has no value before the scenario runs; want an integer; use a variable of vars or matrix"},
		{"name: a\nany: {\"${n}\": 1}", "2:7: any.${n}: ${name} is not replaced in keys; write the key out"},
		{"name: a\ntimes: ${alg}", "2:8: times: want an integer, got ES256, which is the value of ${alg}"},
		{"name: a\nkind: ${alg}", `2:7: kind: unknown value "ES256", which is the value of ${alg}; known are opaque, jwt`},
	} {
		var f file
		var got []string
		for _, p := range strict.Read("", []byte(tc.text), &f, strict.Options{Resolve: resolver(t)}) {
			got = append(got, strings.TrimPrefix(p.Error(), ":"))
		}
		if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tc.text, diff)
		}
	}
}
