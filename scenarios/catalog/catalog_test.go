package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// TestTheCatalogueIsGood reads the embedded catalogue, and holds it to what the
// entries of others need not have: a clause or a source, and a known-bad client
// that proves it.
func TestTheCatalogueIsGood(t *testing.T) {
	var paths []string
	for _, group := range Groups() {
		paths = append(paths, group+".yaml")
	}
	c, err := read(t.Context(), files, paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Entries {
		if len(e.Spec) == 0 && len(e.Sources) == 0 {
			t.Errorf("%s has neither a clause nor a source", e.ID)
		}
		if e.Planned == "" && len(e.KnownBad()) == 0 && e.Severity != drill.Control && !e.Record {
			t.Errorf("no known-bad client proves %s: name the bugs in proven_by", e.ID)
		}
	}
	t.Logf("%d entries", len(c.Entries))
}

// Each entry that does something to a provider has an effect at one that does what the
// specifications say.
func TestStimuliHaveEffects(t *testing.T) {
	all := Embedded().Entries
	checked := 0
	for _, e := range all {
		if e.Stimulus == nil {
			continue
		}
		checked++
		whole := setup.Default().With(*e.Stimulus)
		if err := whole.ContradictionOf(whole); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
	if checked == 0 {
		t.Error("no entry has a stimulus")
	}
}

// TestTitlesListNoVariants: a title that lists stimuli claims more than one drill plays.
// They are variants, whose labels are printed by reports; so the title does not have
// these either.
func TestTitlesListNoVariants(t *testing.T) {
	entries := 0
	for _, e := range Embedded().Entries {
		if e.Planned != "" {
			continue
		}
		if list := listedIn(e.Name); list != "" {
			t.Errorf("%s: the title lists stimuli with %q: %s", e.ID, list, e.Name)
		}
		if e.Variant == "" {
			continue
		}
		entries++
		for _, v := range e.Variants {
			if len(v.Variant) > 3 && strings.Contains(e.Name, v.Variant) {
				t.Errorf("%s: the title has the label %q: %s", e.ID, v.Variant, e.Name)
			}
		}
	}
	if entries < 40 {
		t.Errorf("%d entries have variants", entries)
	}
}

// listedIn returns what makes a list of a title: a slash that belongs to no name, the
// word or, or more than one comma.
func listedIn(title string) string {
	for _, name := range []string{"HTTP/1.0", "HTTP/2", "text/html", "text/plain", "application/"} {
		title = strings.ReplaceAll(title, name, "")
	}
	for _, list := range []string{"/", " or "} {
		if strings.Contains(title, list) {
			return list
		}
	}
	if strings.Count(title, ", ") > 1 {
		return ", "
	}
	return ""
}

// entryWith is an entry that has those lines too.
func entryWith(lines string) fstest.MapFS {
	return fstest.MapFS{"attack.yaml": {Data: []byte(`entry: it
scenario: something happens
severity: high
spec: RFC9700#4.1
provider_does: does it
client_does: refuses
why: it matters
remedy: refuse
` + lines)}}
}

func TestVariants(t *testing.T) {
	c, err := read(t.Context(), entryWith(`proven_by: state-unchecked
matrix:
  page: [login, callback]
  header: [{label: one, value: {A: b}}, {label: two, value: {A: c, D: e}, proven_by: nonce-unchecked + pkce-plain}]
steps: [{open: {page: "${matrix.page}", params: {"${return_to}": "${matrix.header.A} ${canary}"}, headers: "${matrix.header}"}}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := c.Entries[0]
	var got []string
	for _, v := range e.Variants {
		o := v.Steps[0].Open
		got = append(got, fmt.Sprint(v.FullID(), " ", v.Key, " ", o.Page, " ", o.Params, " ", o.Headers, " ", v.ProvenBy))
	}
	want := []string{
		"it[login; one] it login map[${return_to}:b ${canary}] map[A:b] [state-unchecked]",
		"it[login; two] it.2 login map[${return_to}:c ${canary}] map[A:c D:e] [nonce-unchecked + pkce-plain]",
		"it[callback; one] it.3 callback map[${return_to}:b ${canary}] map[A:b] [state-unchecked]",
		"it[callback; two] it.4 callback map[${return_to}:c ${canary}] map[A:c D:e] [nonce-unchecked + pkce-plain]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if e.ID != "it" || len(e.KnownBad()) != 2 {
		t.Errorf("%s %q", e.ID, e.KnownBad())
	}
	if one := e.narrow(func(name string) bool { return name == "it[callback; two]" }); len(one.Variants) != 1 || one.Steps[0].Open.Page != "callback" {
		t.Errorf("%+v", one)
	}
}

func TestVariantsAreChecked(t *testing.T) {
	for lines, want := range map[string]string{
		"proven_by: a\nmatrix: {p: [login, login]}\nsteps: [{open: {page: \"${matrix.p}\"}}]\n":                                        `two variants have the label "login"`,
		"proven_by: a\nmatrix: {p: [login]}\nsteps: [{open: {page: login}}]\n":                                                         `the axis "p" is never used`,
		"proven_by: a\nmatrix: {p: [\"\"]}\nsteps: [{open: {page: \"${matrix.p}\"}}]\n":                                                `invalid label`,
		"proven_by: a\nmatrix: {p: [\"${canary}\"]}\nsteps: [{open: {page: \"${matrix.p}\"}}]\n":                                       `cannot be made of others`,
		"proven_by: a\nmatrix: {p: [{lable: one, value: {a: b}}]}\nsteps: [{open: {page: login, headers: \"${matrix.p}\"}}]\n":         `unknown key "lable"`,
		"proven_by: a\nmatrix: {p: [login]}\nsteps: [{open: {page: \"${matrix.q}\"}}]\n":                                               `the axis "p" is never used`,
		"proven_by: a\nmatrix: {p: [login]}\nsteps: [{open: {page: \"${matrix.p}\", headers: \"${matrix.p}\"}}]\n":                     `want a mapping, got a value`,
		"proven_by: nonce-unchecked\nmatrix: {p: [{value: login, proven_by: pkce-plain}]}\nsteps: [{open: {page: \"${matrix.p}\"}}]\n": `no variant is proven by nonce-unchecked`,
		"proven_by: a\nmatrix: {p: [1, 2, 3, 4, 5], q: [1, 2, 3, 4, 5]}\nsteps: [{open: {page: \"${matrix.p}${matrix.q}\"}}]\n":        `at most 20 are played`,
	} {
		if _, err := read(t.Context(), entryWith(lines), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngave %v, want %s", lines, err, want)
		}
	}
	for name, want := range map[string]string{
		"tok-json-array[nul]":       `the entry tok-json-array has no variant "nul": did you mean "null"?`,
		"idt-nonce-wrong[null]":     "the entry idt-nonce-wrong has no variants",
		"tok-json-aray[null]":       `unknown entry "tok-json-aray" in the failure catalogue: did you mean "tok-json-array"?`,
		"redirect-uri-host-header[": `the entry redirect-uri-host-header has no variant "": known are Host, X-Forwarded-Host, Forwarded, X-Forwarded-Proto and X-Forwarded-Host`,
	} {
		if _, err := Embedded().Lookup(name); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkRead reads the embedded catalogue, a group after the other.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(b.Context(), files, []string{"."}); err != nil {
			b.Fatal(err)
		}
	}
}
