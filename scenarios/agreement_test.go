package scenarios_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// TestSchemaAndCheckerAgree breaks the shipped scenarios in a thousand ways and
// asks both: what the schema refuses the checker refuses, and of what breaks a
// rule that a JSON Schema can express both say so.
func TestSchemaAndCheckerAgree(t *testing.T) {
	schema := compiled(t)
	documents := corpus(t)
	r := rand.New(rand.NewPCG(3, 4))
	valid, refused := 0, 0
	rounds := 2500
	if testing.Short() {
		rounds = 400
	}
	for range rounds {
		doc := clone(documents[r.IntN(len(documents))])
		for range r.IntN(3) {
			damage(r, doc, documents)
		}
		if agree(t, schema, doc) {
			valid++
		} else {
			refused++
		}
	}
	t.Logf("%d accepted by the schema, %d refused", valid, refused)
	if valid < rounds/5 || refused < rounds/5 {
		t.Error("a lopsided corpus proves little")
	}
}

// FuzzSchemaAndChecker is the same with damage that the fuzzer chooses.
func FuzzSchemaAndChecker(f *testing.F) {
	schema := compiled(f)
	documents := corpus(f)
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		doc := clone(documents[r.IntN(len(documents))])
		for range 1 + r.IntN(4) {
			damage(r, doc, documents)
		}
		agree(t, schema, doc)
	})
}

// agree reports whether the schema accepts, and fails if the checker differs.
func agree(t *testing.T, schema *jsonschema.Schema, doc map[string]any) bool {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"a.yaml": &fstest.MapFile{Data: text}}
	for _, name := range []string{"_fragment.yaml", "_signin.yaml"} {
		fragment, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: fragment}
	}
	_, lerr := scenarios.Load(context.Background(), fsys, []string{"a.yaml"})
	serr := schema.Validate(instance)
	switch {
	case serr != nil && lerr == nil:
		t.Fatalf("the schema alone refuses %s\n%v", text, serr)
	case serr == nil && structural(scenarios.Problems(lerr)):
		t.Fatalf("the checker alone refuses %s\n%v", text, lerr)
	}
	return serr == nil
}

func structural(ps strict.Problems) bool {
	return slices.ContainsFunc(ps, func(p strict.Problem) bool {
		return slices.Contains([]strict.Rule{strict.Unknown, strict.Type, strict.Required, strict.Enum, strict.OneOf}, p.Rule)
	})
}

// corpus is every shipped document, as JSON values.
func corpus(t testing.TB) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, fsys := range []fs.FS{scenarios.Examples(), os.DirFS("testdata")} {
		files, err := fs.Glob(fsys, "[a-z]*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				t.Fatal(err)
			}
			docs, ps := strict.Parse(file, text, strict.Options{})
			if ps != nil {
				t.Fatal(ps)
			}
			for _, d := range docs {
				out = append(out, plain(d).(map[string]any))
			}
		}
	}
	return out
}

// plain is a node as the values it was written to mean: a key without a value
// is null, and texts that YAML might read otherwise are texts.
func plain(n *strict.Node) any {
	switch n.Kind {
	case strict.Mapping:
		out := map[string]any{}
		for _, e := range n.Entries {
			out[e.Key.Text] = plain(e.Value)
		}
		return out
	case strict.Sequence:
		out := []any{}
		for _, item := range n.Items {
			out = append(out, plain(item))
		}
		return out
	case strict.Null:
		return nil
	}
	var v any
	if ps := n.Decode(&v, strict.Options{}); ps != nil {
		return n.Text
	}
	return v
}

func clone(doc map[string]any) map[string]any { return copied(doc).(map[string]any) }

func copied(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, item := range t {
			out[k] = copied(item)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, item := range t {
			out[i] = copied(item)
		}
		return out
	}
	return v
}

// damage changes one member somewhere in a document: renames it, takes it away,
// or gives it another value, which is junk or comes from another document.
func damage(r *rand.Rand, doc map[string]any, documents []map[string]any) {
	m := somewhere(r, doc)
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) == 0 {
		return
	}
	key := keys[r.IntN(len(keys))]
	other := somewhere(r, documents[r.IntN(len(documents))])
	others := slices.Sorted(maps.Keys(other))
	switch r.IntN(6) {
	case 0:
		m[key+"x"] = m[key]
		delete(m, key)
	case 1:
		delete(m, key)
	case 2, 3:
		m[key] = junk(r, 2)
	case 4:
		if len(others) > 0 {
			m[key] = copied(other[others[r.IntN(len(others))]])
		}
	default:
		if len(others) > 0 {
			k := others[r.IntN(len(others))]
			m[k] = copied(other[k])
		}
	}
}

func somewhere(r *rand.Rand, doc map[string]any) map[string]any {
	at := doc
	for {
		var below []map[string]any
		for _, k := range slices.Sorted(maps.Keys(at)) {
			below = append(below, mappings(at[k])...)
		}
		if len(below) == 0 || r.IntN(4) == 0 {
			return at
		}
		at = below[r.IntN(len(below))]
	}
}

func mappings(v any) []map[string]any {
	switch t := v.(type) {
	case map[string]any:
		return []map[string]any{t}
	case []any:
		var out []map[string]any
		for _, item := range t {
			out = append(out, mappings(item)...)
		}
		return out
	}
	return nil
}

func junk(r *rand.Rand, depth int) any {
	if depth > 0 {
		switch r.IntN(6) {
		case 0:
			return []any{junk(r, depth-1)}
		case 1:
			return map[string]any{pick(r, "status", "user", "$not", "$count", "$one_of", "lifetime", "a"): junk(r, depth-1)}
		}
	}
	return pick[any](r, nil, true, 0, 1, 200, -1, 0.5, 2.0, "", "x", "alice", "5m", "0", "${issuer}", "$${x}", "$any", "$absent", "$x", "code", "allow")
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
