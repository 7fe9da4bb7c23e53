package scenarios_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdrill/authdrill/scenarios"
)

var update = flag.Bool("update", false, "write scenario.v1.json")

func TestSchemaIsCurrent(t *testing.T) {
	want, err := scenarios.Generate()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("scenario.v1.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, scenarios.Schema()) {
		t.Error("scenario.v1.json is not what the Go types say: run go generate ./scenarios")
	}
}

// TestEveryMemberIsDocumented keeps the reader's documentation complete.
func TestEveryMemberIsDocumented(t *testing.T) {
	var root struct {
		Properties map[string]map[string]any
		Defs       map[string]struct {
			Properties map[string]map[string]any
			AnyOf      []struct{ Properties map[string]map[string]any }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(scenarios.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for name, def := range root.Defs {
		if strings.HasPrefix(name, "match") || strings.HasPrefix(name, "expected-") {
			continue
		}
		all := []map[string]map[string]any{def.Properties}
		for _, branch := range def.AnyOf {
			all = append(all, branch.Properties)
		}
		for _, properties := range all {
			for key, p := range properties {
				if p["description"] == nil && key[0] != '$' {
					t.Errorf("%s.%s has no doc", name, key)
				}
			}
		}
	}
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(scenarios.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(scenarios.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
