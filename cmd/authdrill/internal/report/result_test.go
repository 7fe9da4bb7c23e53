package report_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// fill puts a text into every string of a value that is not one of the program's
// own words, and makes one element of everything that may have several.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]result.Result]() { // variants have no variants
			v.Set(reflect.ValueOf([]result.Result{{Variant: text, Reason: text, Repeat: text}}))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text)
		fill(value, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Interface:
		v.Set(reflect.ValueOf(any([]any{map[string]any{text: text}})))
	}
}

// TestResultHidesEveryMember: whatever a result has, now or later, is without
// secrets where it is written.
func TestResultHidesEveryMember(t *testing.T) {
	const canary = "tr0ub4dor"
	known := &redact.Secrets{}
	known.Learn(canary)
	r := &result.Result{}
	fill(reflect.ValueOf(r).Elem(), canary)
	if r.Journal[0].Params[canary][0] != canary || r.Steps[0].Failures[0].Place.File != canary {
		t.Fatal("the result is not filled")
	}
	if out, _ := json.Marshal(redact.Value(known, r)); strings.Contains(string(out), canary) {
		t.Errorf("%s", out)
	}
	for format, text := range written(t, []*result.Result{redact.Value(known, r)}) {
		if strings.Contains(text, canary) {
			t.Errorf("%s: %s", format, text)
		}
	}
}

// TestResultLeavesTheJournalAlone: the entries of a journal are shared, and a
// later verify still needs what is hidden in the result.
func TestResultLeavesTheJournalAlone(t *testing.T) {
	known := &redact.Secrets{}
	known.Learn("tr0ub4dor")
	e := &journal.Entry{Params: url.Values{"x": {"tr0ub4dor"}}, Decisions: []journal.Decision{{Detail: "tr0ub4dor"}}}
	hidden := redact.Value(known, &result.Result{Journal: []*journal.Entry{e}})
	if e.Params.Get("x") != "tr0ub4dor" || e.Decisions[0].Detail != "tr0ub4dor" || hidden.Journal[0].Params.Get("x") == "tr0ub4dor" {
		t.Errorf("%v, %v", e, hidden.Journal[0])
	}
}
