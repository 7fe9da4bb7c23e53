package match

import "testing"

func TestValue(t *testing.T) {
	seen := map[string]any{
		"alg": "ES256", "n": 3600.0, "aud": []any{"app", "api"}, "ok": true, "null": nil, "scope": "openid email",
	}
	m := func(kv ...any) map[string]any { return map[string]any{kv[0].(string): kv[1]} }
	for name, tc := range map[string]struct {
		want any
		ok   bool
	}{
		"equal":               {m("alg", "ES256"), true},
		"not equal":           {m("alg", "RS256"), false},
		"int is float":        {m("n", 3600), true},
		"text is no number":   {m("n", "3600"), false},
		"any":                 {m("alg", "$any"), true},
		"any of nothing":      {m("x", "$any"), false},
		"null is present":     {m("null", "$any"), true},
		"absent":              {m("x", "$absent"), true},
		"absent but there":    {m("alg", "$absent"), false},
		"not":                 {m("alg", m("$not", "RS256")), true},
		"not absent":          {m("alg", m("$not", "$absent")), true},
		"matches":             {m("alg", m("$matches", "^ES")), true},
		"bad pattern":         {m("alg", m("$matches", "(")), false},
		"contains text":       {m("alg", m("$contains", "256")), true},
		"contains item":       {m("aud", m("$contains", "api")), true},
		"does not contain":    {m("aud", m("$contains", "ap")), false},
		"one of":              {m("alg", m("$one_of", []any{"RS256", "ES256"})), true},
		"none of":             {m("alg", m("$one_of", []any{"RS256"})), false},
		"gte":                 {m("n", m("$gte", 3600)), true},
		"gte duration":        {m("n", m("$gte", "1h")), true},
		"lte fails":           {m("n", m("$lte", 10)), false},
		"count":               {m("aud", m("$count", 2)), true},
		"count of words":      {m("scope", m("$count", m("$gte", 2))), true},
		"list":                {m("aud", []any{"app", "api"}), true},
		"list order":          {m("aud", []any{"api", "app"}), false},
		"list length":         {m("aud", []any{"app"}), false},
		"unknown operator":    {m("alg", m("$equals", "ES256")), false},
		"missing is no value": {m("x", "y"), false},
		"nested absent":       {m("x", m("y", "$absent")), true},
	} {
		if got := OK(tc.want, seen); got != tc.ok {
			t.Errorf("%s: OK = %v, want %v: %v", name, got, tc.ok, Value(tc.want, seen))
		}
	}
}

func TestMismatchNamesThePlace(t *testing.T) {
	got := Value(map[string]any{"a": map[string]any{"b": 1}}, map[string]any{"a": map[string]any{"b": 2}})
	if len(got) != 1 || got[0] != (Mismatch{Path: "a.b", Want: "1", Got: "2"}) {
		t.Fatalf("%v", got)
	}
}
