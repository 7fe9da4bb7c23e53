package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// headed is a document with a header: level goes together with entry, and an entry needs no
// steps.
type headed struct {
	Name  string   `json:"name" required:"true"`
	Entry string   `json:"entry,omitempty" doc:"name of the entry"`
	Level string   `json:"level,omitempty" required:"true" with:"entry" enum:"high,low" doc:"how bad it is"`
	Why   string   `json:"why,omitempty" with:"entry" doc:"why it matters"`
	Steps []string `json:"steps,omitempty" required:"true" unless:"entry" doc:"what happens"`
}

// TestKeysThatGoTogether reads documents whose keys depend on one another, and asks
// the JSON Schema about the same.
func TestKeysThatGoTogether(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	deferred := func(string, *strict.Node) strict.Resolution { return strict.Resolution{Deferred: true} }
	for name, o := range map[string]strict.Options{"JSON": {JSON: true}, "YAML": {Resolve: deferred}} {
		schemas[name] = compile(t, map[string]any{
			"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/headed", "$defs": strict.Schemas("#/$defs/", o, map[string]any{"headed": headed{}}),
		})
	}
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"no header":                          {`{"name": "a", "steps": ["x"]}`, nil},
		"a whole header":                     {`{"name": "a", "entry": "e", "level": "high", "why": "w"}`, nil},
		"a header and steps":                 {`{"name": "a", "entry": "e", "level": "low", "steps": ["x"]}`, nil},
		"required without entry":             {`{"name": "a"}`, []string{`1:1: "steps" is missing; what happens`}},
		"required with entry":                {`{"name": "a", "entry": "e"}`, []string{`1:1: "level" is missing; how bad it is: high, low`}},
		"entry has no value":                 {`{"name": "a", "entry": null, "level": "high", "steps": []}`, []string{`1:15: entry: want a text, got nothing; give it a value, or leave the key out`}},
		"a key of the header":                {`{"name": "a", "steps": ["x"], "why": "w"}`, []string{`1:31: why: "why" goes together with "entry", which is missing; add entry, or leave why out`}},
		"a required key without entry":       {`{"name": "a", "steps": ["x"], "level": "high"}`, []string{`1:31: level: "level" goes together with "entry", which is missing; add entry, or leave level out`}},
		"a header without entry and steps":   {`{"name": "a", "why": "w"}`, []string{`1:1: "steps" is missing; what happens`, `1:15: why: "why" goes together with "entry", which is missing; add entry, or leave why out`}},
		"entry misspelt":                     {`{"name": "a", "entyr": "e", "level": "high", "why": "w"}`, []string{`1:15: unknown key "entyr"; did you mean "entry"?`}},
		"a key of the header misspelt":       {`{"name": "a", "entry": "e", "levle": "high"}`, []string{`1:29: unknown key "levle"; did you mean "level"?`}},
		"a value that is not one of the few": {`{"name": "a", "entry": "e", "level": "hihg"}`, []string{`1:38: level: unknown value "hihg"; did you mean "high"?`}},
	} {
		var got []string
		for _, p := range strict.Read("f", []byte(tc.text), &headed{}, strict.Options{JSON: true}) {
			got = append(got, strings.TrimPrefix(p.Error(), "f:"))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		var instance any
		if err := json.Unmarshal([]byte(tc.text), &instance); err != nil {
			t.Fatal(err)
		}
		for notation, schema := range schemas {
			if err := schema.Validate(instance); (err == nil) != (tc.want == nil) {
				t.Errorf("%s: the schema of %s: %v", name, notation, err)
			}
		}
	}
}

// TestSchemaOfKeysThatGoTogether shows how a JSON Schema says what the tags with and
// unless say.
func TestSchemaOfKeysThatGoTogether(t *testing.T) {
	defs := strict.Schemas("#/$defs/", strict.Options{JSON: true}, map[string]any{"headed": headed{}})
	is, ok := defs["headed"].(map[string]any)
	if !ok {
		t.Fatalf("%v", defs)
	}
	got := map[string]any{"required": is["required"], "dependentRequired": is["dependentRequired"], "allOf": is["allOf"]}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"allOf":[{"anyOf":[{"required":["steps"]},{"required":["entry"]}]}],` +
		`"dependentRequired":{"entry":["level"],"level":["entry"],"why":["entry"]},"required":["name"]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
