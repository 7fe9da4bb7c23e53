package scenarios_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// TestOperatorsAreThoseOfMatch keeps the reader and the comparison together,
// which cannot import each other.
func TestOperatorsAreThoseOfMatch(t *testing.T) {
	if diff := cmp.Diff(match.Operators(), strict.Matchers()); diff != "" {
		t.Error(diff)
	}
}

// TestNamesOfTheProvider keeps the values that a scenario may name together
// with those that the provider writes: a misspelt event expected zero times
// must not pass.
func TestNamesOfTheProvider(t *testing.T) {
	events := sourced(t, `\.Event\("([a-z_.]+)"`)
	endpoints := sourced(t, `^\t\t\{pattern: "/[^"]*", name: "([a-z_]+)", `)
	for _, e := range events {
		if !slices.Contains(allowed(t, "Event", "event"), e) {
			t.Errorf("the provider logs %s: add it to the enum of Event and Exchanges in expect.go", e)
		}
	}
	for _, e := range endpoints {
		if !slices.Contains(allowed(t, "Exchanges", "endpoint"), e) {
			t.Errorf("the provider has the endpoint %s: add it to the enum of Exchanges in expect.go", e)
		}
	}
	if len(events) == 0 || len(endpoints) == 0 {
		t.Error("no names found in the provider's source")
	}
}

// allowed is the enum of a member in the schema.
func allowed(t *testing.T, def, member string) []string {
	t.Helper()
	text := string(scenarios.Schema())
	var root struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(root.Defs[def]), `"`+member+`": {`)
	_, after, _ = strings.Cut(after, `"enum": [`)
	list, _, _ := strings.Cut(after, "]")
	var out []string
	if err := json.Unmarshal([]byte("["+list+"]"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// sourced finds a pattern's group in the provider's source.
func sourced(t *testing.T, pattern string) []string {
	t.Helper()
	var out []string
	provider := os.DirFS("../mockprovider")
	err := fs.WalkDir(provider, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(provider, name)
		for _, m := range regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(string(text), -1) {
			out = append(out, m[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
