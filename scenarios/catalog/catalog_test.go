package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

func TestTheCatalogueIsGood(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries", len(all))
}

// Each entry that does something to a provider has an effect at one that does what the
// specifications say.
func TestStimuliHaveEffects(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
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

// TestTitlesListNoVariants: the labels of variants are printed by reports, so the
// title of their entry does not list what they do.
func TestTitlesListNoVariants(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	entries := 0
	for _, e := range all {
		if len(e.Variants) == 0 {
			continue
		}
		entries++
		if strings.Contains(e.Title, " / ") {
			t.Errorf("%s: the title lists variants: %s", e.ID, e.Title)
		}
		for _, v := range e.Variants {
			if len(v.Variant) > 3 && strings.Contains(e.Title, v.Variant) {
				t.Errorf("%s: the title has the label %q: %s", e.ID, v.Variant, e.Title)
			}
		}
	}
	if entries < 5 {
		t.Errorf("%d entries have variants", entries)
	}
}

// entryWith is an entry that has those lines too.
func entryWith(lines string) fstest.MapFS {
	return fstest.MapFS{"attack.yaml": {Data: []byte(`entry: it
title: something happens
severity: high
spec: RFC9700#4.1
provider: does it
client: refuses
why: it matters
remedy: refuse
` + lines)}}
}

func TestVariants(t *testing.T) {
	all, err := Load(entryWith(`proven_by: state-unchecked
matrix:
  page: [login, callback]
  header: [{label: one, value: {A: b}}, {label: two, value: {A: c, D: e}, proven_by: nonce-unchecked + pkce-plain}]
play: [{open: {page: "${matrix.page}", params: {"${return_to}": "${matrix.header.A} ${canary}"}, headers: "${matrix.header}"}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	e := all[0]
	var got []string
	for _, v := range e.Drills() {
		o := v.Play[0].Open
		got = append(got, fmt.Sprint(v.Name(), " ", v.Key, " ", o.Page, " ", o.Params, " ", o.Headers, " ", v.ProvenBy))
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
	if e.Name() != "it" || len(e.KnownBad()) != 2 {
		t.Errorf("%s %q", e.Name(), e.KnownBad())
	}
	if one := e.Narrow(func(name string) bool { return name == "it[callback; two]" }); len(one.Drills()) != 1 || one.Play[0].Open.Page != "callback" {
		t.Errorf("%+v", one)
	}
}

func TestVariantsAreChecked(t *testing.T) {
	for lines, want := range map[string]string{
		"proven_by: a\nmatrix: {p: [login, login]}\nplay: [{open: \"${matrix.p}\"}]\n":                                        `two variants have the label "login"`,
		"proven_by: a\nmatrix: {p: [login]}\nplay: [{open: login}]\n":                                                         `the axis "p" is never used`,
		"proven_by: a\nmatrix: {p: [\"\"]}\nplay: [{open: \"${matrix.p}\"}]\n":                                                `cannot be named in a list`,
		"proven_by: a\nmatrix: {p: [\"${canary}\"]}\nplay: [{open: \"${matrix.p}\"}]\n":                                       `cannot be made of others`,
		"proven_by: a\nmatrix: {p: [{lable: one, value: {a: b}}]}\nplay: [{open: {page: login, headers: \"${matrix.p}\"}}]\n": `unknown key "lable"`,
		"proven_by: a\nmatrix: {p: [login]}\nplay: [{open: \"${matrix.q}\"}]\n":                                               `the axis "p" is never used`,
		"proven_by: a\nmatrix: {p: [login]}\nplay: [{open: {page: \"${matrix.p}\", headers: \"${matrix.p}\"}}]\n":             `wants a mapping, got a value`,
		"proven_by: a\nmatrix: {p: [{value: login, proven_by: b}]}\nplay: [{open: \"${matrix.p}\"}]\n":                        `leave out that of the entry`,
		"matrix: {p: [login]}\nplay: [{open: \"${matrix.p}\"}]\n":                                                             `no known-bad client proves it`,
		"proven_by: a\nmatrix: {p: [1, 2, 3, 4, 5], q: [1, 2, 3, 4, 5]}\nplay: [{open: \"${matrix.p}${matrix.q}\"}]\n":        `at most 20 are played`,
	} {
		if _, err := Load(entryWith(lines)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngave %v, want %s", lines, err, want)
		}
	}
	for name, want := range map[string]string{
		"tok-json-array[nul]":       `the entry tok-json-array has no variant "nul": did you mean "null"?`,
		"idt-nonce-wrong[null]":     "the entry idt-nonce-wrong has no variants",
		"tok-json-aray[null]":       `unknown entry "tok-json-aray" in the failure catalogue: did you mean "tok-json-array"?`,
		"redirect-uri-host-header[": `the entry redirect-uri-host-header has no variant "": known are Host, X-Forwarded-Host, Forwarded, X-Forwarded-Proto and X-Forwarded-Host`,
	} {
		if _, err := Lookup(name); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
