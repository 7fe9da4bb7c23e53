package redact_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/scenarios/redact"
)

type outcome string

type tree struct {
	Text     string
	Outcome  outcome
	Time     time.Time
	Pointer  *tree
	List     []string
	Structs  []tree
	Array    [2]string
	Map      map[string]string
	Deep     map[string][]map[string]any
	Any      any
	Bytes    []byte
	Number   int
	hidden   string
	Function func() `json:"-"`
	inner
}

type inner struct{ Embedded string }

// grown is a tree with a text in every place that there is.
func grown(s string, depth int) *tree {
	t := &tree{
		Text: s, Outcome: "passed", Time: time.Unix(1, 0).UTC(), List: []string{"x", s}, Array: [2]string{"x", s}, Map: map[string]string{s: s},
		Deep: map[string][]map[string]any{"x": {{"y": []any{s, 7, map[string]any{s: s}}}}}, Any: &s, Bytes: []byte(s), Number: 7, hidden: "x", inner: inner{s},
	}
	if depth > 0 {
		t.Pointer, t.Structs = grown(s, depth-1), []tree{*grown(s, depth-1)}
	}
	return t
}

func TestValueHidesEveryText(t *testing.T) {
	const canary = "tr0ub4dor"
	s := knowing(canary)
	before := grown(canary, 2)
	after := redact.Value(s, before)
	text, err := json.Marshal(after)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), canary) || strings.Contains(string(text), "dHIwdWI0ZG9y") {
		t.Errorf("%s", text)
	}
	if !reflect.DeepEqual(before, grown(canary, 2)) {
		t.Error("the value that others share was changed")
	}
	if after.Outcome != "passed" || !after.Time.Equal(before.Time) || after.Number != 7 || after.hidden != "x" {
		t.Errorf("what is no text was changed: %+v", after)
	}
	innocent := grown("alice", 1)
	if redact.Value(s, innocent) != innocent {
		t.Error("a value without secrets was copied")
	}
	var nothing *tree
	if redact.Value(s, nothing) != nil || redact.Value(s, any(nil)) != nil {
		t.Error("nothing became something")
	}
	if redact.Value(s, "x "+canary) != s.Hide("x "+canary) {
		t.Error("a text is a value too")
	}
}
