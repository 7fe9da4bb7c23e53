package scenarios

import (
	_ "embed"
	"encoding/json"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// The file is written by the test that checks it: it is made of the Go types.
//
//go:generate go test -run TestSchemaIsCurrent -update .

//go:embed scenario.v1.json
var schema []byte

// Schema returns the JSON Schema of a scenario file, for editors. It describes
// one document.
func Schema() []byte { return slices.Clone(schema) }

// SchemaID is the address of the schema.
const SchemaID = "https://raw.githubusercontent.com/authdrill/authdrill/main/scenarios/scenario.v1.json"

// generate makes the schema from the Go types.
func generate() ([]byte, error) {
	named := func(string, *strict.Node) strict.Resolution { return strict.Resolution{Deferred: true} }
	text, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     SchemaID,
		"title":   "authdrill scenario",
		"$ref":    "#/$defs/Scenario",
		"$defs":   strict.Schemas("#/$defs/", strict.Options{Resolve: named}, map[string]any{"Scenario": drill.Scenario{}}),
	}, "", "  ")
	return append(text, '\n'), err
}
