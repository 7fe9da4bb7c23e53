package control_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

type form = map[string]any

// samples returns values that a member of a struct may have: each word of an
// enum, each form of a struct, and one of everything else.
func samples(f reflect.StructField) []any {
	var out []any
	for _, word := range strict.ValuesOf(f) {
		out = append(out, word)
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(out) > 0:
		return out
	case f.Tag.Get("example") != "":
		return []any{f.Tag.Get("example")}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return []any{"2s"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return structForms(t)
	case reflect.Bool:
		return []any{true}
	case reflect.Int:
		if f.Tag.Get("min") == "200" {
			return []any{200, 599}
		}
		if f.Tag.Get("max") == "199" {
			return []any{103}
		}
		return []any{1}
	case reflect.Float64:
		return []any{0.5}
	case reflect.Map:
		if t.Elem().Kind() == reflect.String {
			return []any{form{"X-Test": "a"}}
		}
		if f.Tag.Get("match") == "edit" {
			return []any{form{"sub": "x"}, form{"sub": "$absent"}, form{"sub": form{"$append": "x"}}, form{"exp": form{"$now": "-5m"}}, form{"sub": form{"$earlier": true}}}
		}
		return []any{form{"scope": "openid"}, form{"scope": form{"$contains": "openid"}}, form{"state": "$absent"}}
	case reflect.Interface:
		return []any{form{"a": 1}, []any{"b"}, "c", 4}
	}
	return []any{"x"}
}

// structForms returns the short form of a struct, and a mapping for each value of
// each member, with those that are required.
func structForms(t reflect.Type) []any {
	required := form{}
	var out []any
	for f := range fields(t) {
		if f.Tag.Get("required") == "true" {
			required[name(f)] = samples(f)[0]
		}
		if f.Tag.Get("short") == "true" {
			out = append(out, samples(f)...)
		}
	}
	for f := range fields(t) {
		for _, value := range samples(f) {
			whole := maps.Clone(required)
			whole[name(f)] = value
			out = append(out, whole)
		}
	}
	return out
}

func name(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return key
}

func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !yield(f) {
				return
			}
		}
	}
}

// faultForms returns each place with an effect, each form of each effect at a
// place, and each condition.
func faultForms() []form {
	var out []form
	places := map[string][]any{}
	var effects, conditions []reflect.StructField
	for f := range fields(reflect.TypeFor[fault.Fault]()) {
		switch f.Tag.Get("oneof") {
		case "place":
			places[name(f)] = samples(f)
		case "effect":
			effects = append(effects, f)
		case "":
			conditions = append(conditions, f)
		}
	}
	for _, at := range places["at"] {
		out = append(out, form{"at": at, "connection": "reset"})
	}
	for _, f := range effects {
		for _, value := range samples(f) {
			if name(f) != "tamper" {
				out = append(out, form{"at": protocol.TokenEndpoint, name(f): value})
				continue
			}
			for _, on := range places["on"] {
				out = append(out, form{"on": on, "tamper": value})
			}
		}
	}
	for _, base := range []form{{"at": protocol.TokenEndpoint, "error": "invalid_grant"}, {"documented": "google/refresh-token-revoked"}} {
		out = append(out, base)
		for _, f := range conditions {
			for _, value := range samples(f) {
				whole := maps.Clone(base)
				whole[name(f)] = value
				out = append(out, whole)
			}
		}
	}
	return out
}

// verdicts asks the API and both schemas what they say of a form.
type verdicts struct {
	t        *testing.T
	host     *mockprovider.Host
	openAPI  *jsonschema.Schema
	standard *jsonschema.Schema
}

func newVerdicts(t *testing.T) *verdicts {
	t.Helper()
	h, err := mockprovider.NewHost(mockprovider.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	k := newContract(t, h.HTTPClient(), h.BaseURL())
	v := &verdicts{t: t, host: h}
	if v.openAPI, err = k.compiler.Compile("openapi.json#/paths/~1_~1api~1faults/post/requestBody/content/application~1json/schema"); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{
		"$ref": "#/$defs/Fault", "$defs": strict.Schemas("#/$defs/", strict.Options{JSON: true}, map[string]any{"Fault": fault.Fault{}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("fault.json", doc); err != nil {
		t.Fatal(err)
	}
	if v.standard, err = c.Compile("fault.json"); err != nil {
		t.Fatal(err)
	}
	return v
}

// of posts a form. rules are those that it breaks, none where it is accepted.
func (v *verdicts) of(f form) (rules []string, described, standard bool, text string) {
	v.t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.host.HTTPClient().Post(v.host.BaseURL()+"/_/api/faults", "application/json", bytes.NewReader(raw))
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusCreated {
		var problem struct{ Errors []strict.Problem }
		if err := json.Unmarshal(answer, &problem); err != nil {
			v.t.Fatal(err)
		}
		rules = []string{string(strict.Check)}
		for n, p := range problem.Errors {
			rules = append(rules[:n], string(p.Rule))
		}
	}
	op, _ := v.host.Issuer("")
	op.ClearFaults()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		v.t.Fatal(err)
	}
	return rules, v.openAPI.Validate(value) == nil, v.standard.Validate(value) == nil, string(raw)
}

// TestEveryFormOfAFaultIsDescribed posts every form that a fault can take: what
// the API accepts both schemas describe, and what it refuses both exclude, unless
// only a rule among several members tells.
func TestEveryFormOfAFaultIsDescribed(t *testing.T) {
	v := newVerdicts(t)
	accepted := 0
	for _, f := range faultForms() {
		rules, described, standard, text := v.of(f)
		if len(rules) == 0 {
			accepted++
		}
		byOneMember := slices.ContainsFunc(rules, func(r string) bool { return r != string(strict.Check) && r != string(strict.Value) })
		if described != standard || described == byOneMember {
			t.Errorf("%s breaks %v; described by OpenAPI: %v, by the JSON Schema: %v", text, rules, described, standard)
		}
	}
	if accepted < 150 {
		t.Errorf("%d forms were accepted", accepted)
	}
}

// TestWrongFormsOfAFaultAreExcluded posts what is refused.
func TestWrongFormsOfAFaultAreExcluded(t *testing.T) {
	v := newVerdicts(t)
	for _, f := range []form{
		{},
		{"at": "token_endpoint"},
		{"connection": "reset"},
		{"at": "token_endpont", "connection": "reset"},
		{"at": "sign_in", "connection": "reset"},
		{"on": "token_endpoint", "tamper": form{"signature": "none"}},
		{"at": "token_endpoint", "on": "id_token", "connection": "reset"},
		{"at": "token_endpoint", "documented": "google/refresh-token-revoked"},
		{"documented": "google/refresh-token-revoked", "connection": "reset"},
		{"at": "token_endpoint", "connection": "reset", "error": "invalid_grant"},
		{"at": "token_endpoint", "connection": "rest"},
		{"at": "token_endpoint", "conection": "reset"},
		{"at": "token_endpoint", "error": form{}},
		{"at": "token_endpoint", "error": form{"error": "x", "status": 99}},
		{"at": "token_endpoint", "error": 5},
		{"at": "token_endpoint", "delay": form{}},
		{"at": "token_endpoint", "delay": form{"fixed": "1s", "lognormal": form{"median": "1s", "sigma": 1}}},
		{"at": "token_endpoint", "delay": form{"lognormal": form{"median": "1s"}}},
		{"at": "token_endpoint", "respond": form{"json": form{}, "body": "x"}},
		{"at": "token_endpoint", "respond": form{"status": "503"}},
		{"at": "token_endpoint", "wire": form{"version": "2"}},
		{"on": "id_token", "tamper": form{"signature": "corupt"}},
		{"on": "id_token", "tamper": form{"response_mode": "pigeon"}},
		{"on": "id_token", "tamper": "none"},
		{"at": "token_endpoint", "connection": "reset", "skip": -1},
		{"at": "token_endpoint", "connection": "reset", "times": 1.5},
		{"at": "token_endpoint", "connection": "reset", "probability": 2},
		{"at": "token_endpoint", "connection": "reset", "moment": "later"},
		{"at": "token_endpoint", "connection": "reset", "match": form{"scope": form{"$contans": "x"}}},
	} {
		rules, described, standard, text := v.of(f)
		if len(rules) == 0 || described || standard {
			t.Errorf("%s breaks %v; described by OpenAPI: %v, by the JSON Schema: %v", text, rules, described, standard)
		}
	}
}
