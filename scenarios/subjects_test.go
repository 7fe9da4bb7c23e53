package scenarios_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/bundled"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// TestHelpListsVerbsBySubject: what the topic about entries lists for the bundled
// client, for an app and for both is what they can do.
func TestHelpListsVerbsBySubject(t *testing.T) {
	topic, err := os.ReadFile("../cmd/authdrill/help/entries.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for verb, step := range stepOfEachVerb() {
		byClient, byApp := bundled.Can(step) == nil && verb != "stimulus", webapp.Can(true, step) == nil
		switch {
		case byClient && byApp:
			want["both"] = append(want["both"], verb)
		case byClient:
			want["the bundled client only"] = append(want["the bundled client only"], verb)
		case byApp:
			want["an app only"] = append(want["an app only"], verb)
		}
	}
	for subject, verbs := range want {
		row := regexp.MustCompile(`(?m)^  ` + subject + `  +(.*(\n {28}.*)*)`).FindStringSubmatch(string(topic))
		if row == nil {
			t.Errorf("help/entries.md has no row %q", subject)
			continue
		}
		text, _, _ := strings.Cut(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(row[1], ""), ";")
		got := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \n", r) })
		slices.Sort(got)
		slices.Sort(verbs)
		if diff := cmp.Diff(verbs, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", subject, diff)
		}
	}
}

// stepOfEachVerb are steps with nothing but their verb. `use` is none of its own.
func stepOfEachVerb() map[string]*drill.Step {
	out := map[string]*drill.Step{}
	of := reflect.TypeFor[drill.Step]()
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Tag.Get("oneof") != "verb" || name == "use" {
			continue
		}
		step := &drill.Step{}
		switch v := reflect.ValueOf(step).Elem().Field(i); v.Kind() {
		case reflect.Pointer:
			v.Set(reflect.New(f.Type.Elem()))
		case reflect.String:
			v.SetString("on") // no subject looks at the word
		}
		out[name] = step
	}
	return out
}
