package control

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestTheContractIsTheHandlers walks openapi.yaml against the routes, both ways.
func TestTheContractIsTheHandlers(t *testing.T) {
	var doc struct {
		OpenAPI string                    `yaml:"openapi"`
		Paths   map[string]map[string]any `yaml:"paths"`
	}
	if err := yaml.Unmarshal(contract(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("openapi: %s", doc.OpenAPI)
	}
	described, ids := map[string]bool{}, map[string]bool{}
	for path, operations := range doc.Paths {
		for method, operation := range operations {
			if method == "parameters" {
				continue
			}
			described[strings.ToUpper(method)+" "+path] = true
			o := operation.(map[string]any)
			id, _ := o["operationId"].(string)
			if id == "" || ids[id] || o["summary"] == nil || o["responses"] == nil {
				t.Errorf("%s %s needs an operationId of its own, a summary and responses", method, path)
			}
			ids[id] = true
		}
	}
	for _, r := range routes() {
		if !strings.HasPrefix(r.path, "/_/api/") {
			continue // the console's page
		}
		key := r.method + " " + strings.ReplaceAll(r.path, "...", "")
		if !described[key] {
			t.Errorf("not described: %s", key)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("no handler: %s", key)
	}
}
