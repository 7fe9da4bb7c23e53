package strict_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

func compile(t testing.TB, schema map[string]any) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:schema", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:schema")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// structural problems are those a JSON Schema can see.
func structural(ps strict.Problems) bool {
	for _, p := range ps {
		switch p.Rule {
		case strict.Unknown, strict.Type, strict.Required, strict.Enum, strict.OneOf:
			return true
		}
	}
	return false
}

// TestSchemaAndCheckerAgree makes thousands of documents out of the words of
// the grammar, well and badly put together, and asks both.
func TestSchemaAndCheckerAgree(t *testing.T) {
	deferred := func(string, *strict.Node) strict.Resolution { return strict.Resolution{Deferred: true} }
	for name, options := range map[string]strict.Options{"JSON": {JSON: true}, "YAML": {Resolve: deferred}} {
		t.Run(name, func(t *testing.T) {
			schema := compile(t, schemaOf(options))
			r := rand.New(rand.NewPCG(1, 2))
			accepted, refused := 0, 0
			for range 3_000 {
				doc := document(r, 0)
				text, err := json.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
				if err != nil {
					t.Fatal(err)
				}
				var f file
				ps := strict.Read("f", text, &f, options)
				serr := schema.Validate(instance)
				switch {
				case serr != nil && len(ps) == 0:
					t.Fatalf("the schema alone refuses %s\n%v", text, serr)
				case serr == nil && structural(ps):
					t.Fatalf("the checker alone refuses %s\n%v", text, ps)
				case serr == nil:
					accepted++
				default:
					refused++
				}
			}
			t.Logf("%d accepted, %d refused", accepted, refused)
			if accepted < 300 || refused < 300 {
				t.Error("a lopsided corpus proves little")
			}
		})
	}
}

// document makes a mapping with members of file, mostly right.
func document(r *rand.Rand, depth int) map[string]any {
	right := map[string]func() any{
		"on": func() any { return r.IntN(2) == 0 }, "times": func() any { return r.IntN(9) }, "limit": func() any { return r.IntN(9) },
		"chance": func() any { return 0.25 }, "kind": func() any { return pick(r, "opaque", "jwt") },
		"algs":   func() any { return pick(r, "RS256", any([]any{"RS256", "ES256"})) },
		"since":  func() any { return "2030-01-01T00:00:00Z" },
		"error":  func() any { return pick(r, "x", any(map[string]any{"error": "x", "status": pick(r, 400, 99, 700)})) },
		"pair":   func() any { return []any{"a", "b"} },
		"any":    func() any { return junk(r, 3) },
		"set":    func() any { return map[string]any{"sub": junk(r, 2), "exp": pick(r, "$absent", "$any", "x")} },
		"want":   func() any { return map[string]any{"sub": expectation(r), "exp": expectation(r), "x": expectation(r)} },
		"status": func() any { return expectation(r) }, "meta": func() any { return map[string]any{"issuer": junk(r, 2)} },
		"headers": func() any { return map[string]any{"Age": "1"} },
		"users":   func() any { return map[string]any{"alice": map[string]any{"name": "A"}} },
		"steps": func() any {
			return []any{map[string]any{pick(r, "login", "wait", "again", "note", "wiat"): pick[any](r, map[string]any{"name": "a"}, "5m", nil, "x")}}
		},
		"self": func() any { return document(r, depth+1) },
	}
	if depth > 2 {
		delete(right, "self")
	}
	doc := map[string]any{}
	if r.IntN(20) > 0 {
		doc["name"] = pick[any](r, "a", "${n}", "$${n}")
	}
	for key, value := range right {
		switch n := r.IntN(40); {
		case n < 8:
			doc[key] = value()
		case n == 8:
			doc[key] = junk(r, 2)
		case n == 9 && r.IntN(3) == 0:
			doc[key+"s"] = value()
		}
	}
	return doc
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func junk(r *rand.Rand, depth int) any {
	switch n := r.IntN(14); {
	case n == 0 && depth > 0:
		return []any{junk(r, depth-1)}
	case n == 1 && depth > 0:
		return map[string]any{pick(r, "a", "sub", "name", "error"): junk(r, depth-1)}
	case n == 2:
		return nil
	case n == 3:
		return pick(r, "${n}", "x ${n}", "$${n}", "$x", "$$", "$")
	}
	return pick[any](r, 1, 0.5, 2.0, -3, true, "text", "012", "5m", "", "jwt", "$any", "$absent")
}

func expectation(r *rand.Rand) any {
	switch r.IntN(5) {
	case 0:
		return map[string]any{pick(r, match.Operators()...): junk(r, 2)}
	case 1:
		return map[string]any{"$gte": pick[any](r, "5m", 3, "x"), pick(r, "$lte", "$let", "a"): pick[any](r, "2s", 1)}
	case 2:
		return map[string]any{"$one_of": []any{junk(r, 1), expectation(r)}, "$count": pick[any](r, 1, "1", "$any", map[string]any{"$gte": 1})}
	}
	return junk(r, 2)
}

// schemaOf returns the schema of a document with the type file.
func schemaOf(o strict.Options) map[string]any {
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "mem:schema",
		"$ref": "#/$defs/File", "$defs": strict.Schemas("#/$defs/", o, map[string]any{"File": &file{}}),
	}
}

func TestSchemaDescribes(t *testing.T) {
	text := fmt.Sprint(schemaOf(strict.Options{JSON: true}))
	for _, want := range []string{"additionalProperties:false", "examples:[5m]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}
