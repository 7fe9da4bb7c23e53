// Package manual fills the lists of keys, causes, bugs and limits into the help
// topics. It makes them from the types that the files are read into.
package manual

import (
	"context"
	"reflect"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/target"
)

// references returns the types whose keys a help topic lists, by the word that marks
// the place of the list in the topic: a line {{fault}}. The lists are made from the
// tags that the strict reader obeys, so they cannot differ from it.
func references() map[string]any {
	return map[string]any{
		"header": drill.Entry{}, "bundled": drill.Bundled{}, "outcome": drill.Scenario{}.Outcome,
		"access_token": persona.AccessToken{}, "id_token": persona.IDToken{}, "scope_tokens": persona.ScopeTokens{},
		"app": target.App{}, "scenario": drill.Scenario{}, "step": drill.Step{}, "fault": fault.Fault{},
		"provider": persona.Persona{}, "client": store.Client{}, "user": store.User{}, "config": setting.Config{}, "persona": persona.File{},
	}
}

// Fill puts the lists into a topic.
func Fill(text string) string {
	text = strings.ReplaceAll(text, "{{bugs}}\n", bugs())
	text = strings.ReplaceAll(text, "{{causes}}\n", causes())
	text = strings.ReplaceAll(text, "{{limits}}\n", limits())
	if strings.Contains(text, "{{entries}}") {
		text = strings.ReplaceAll(text, "{{entries}}", strconv.Itoa(countEntries()))
	}
	for word, of := range references() {
		mark := "{{" + word + "}}\n"
		if strings.Contains(text, mark) {
			l := lister{deep: word == "fault" || word == "outcome" || word == "app", withoutHeader: word == "scenario", listed: map[reflect.Type]bool{}}
			l.add(reflect.TypeOf(of), "  ")
			text = strings.ReplaceAll(text, mark, strings.Join(l.lines, "\n")+"\n")
		}
	}
	return text
}

// countEntries counts the entries of the failure catalogue.
func countEntries() int {
	return len(catalog.Embedded().Entries)
}

// bugs lists the ways in which the bundled client can be wrong.
func bugs() string {
	var out strings.Builder
	for _, b := range mutant.All() {
		out.WriteString("  " + say.Pad(b.Name, 30) + say.Wrap(b.Doc+" ("+b.Spec+")", 32) + "\n")
	}
	return out.String()
}

// limits lists what reading may cost.
func limits() string {
	var out strings.Builder
	row := func(name, of string, one, all int) {
		text := ""
		if one > 0 {
			text = strict.Thousands(one) + " in one " + of
		}
		if all > 0 {
			text = strings.TrimPrefix(text+", "+strict.Thousands(all)+" in all", ", ")
		}
		out.WriteString("  " + say.Pad(name, 30) + say.Wrap(text, 32) + "\n")
	}
	for _, a := range strict.NewBudget(context.Background()).Allowances {
		row(a.Name, a.Of, a.One, a.All)
	}
	row("nesting", "document", strict.MaxDepth, 0)
	row("values of aliases", "document", strict.MaxAliased, 0)
	row("bytes with ${names} filled in", "text", strict.MaxText, 0)
	row("steps of an expression", "$matches", strict.MaxPattern, 0)
	row("folders and links on the way", "path", strict.MaxSteps, 0)
	row("problems that are shown", "file", strict.MaxProblems, 0)
	row("axes", "matrix", scenarios.MaxAxes, 0)
	row("combinations to exclude", "matrix", scenarios.MaxExcluded, 0)
	row("tries of eventually", "step", drill.MaxTries, 0)
	row("characters of its name", "scenario", scenarios.MaxName, 0)
	return out.String()
}

// causes lists the causes of refusals, by where they arise.
func causes() string {
	var out strings.Builder
	for _, place := range []string{"authorize", "token", "refresh", "device", "api"} {
		var names []string
		for _, c := range protocol.Values[protocol.Cause]("") {
			if strings.HasPrefix(c, place+".") {
				names = append(names, c)
			}
		}
		out.WriteString("  " + say.Wrap(strings.Join(names, ", "), 2) + "\n")
	}
	return out.String()
}

// lister lists the keys of a struct type with what their tags say.
type lister struct {
	deep          bool // list the keys of its struct members too, those of a type once
	withoutHeader bool // leave out the keys that only an entry has
	listed        map[reflect.Type]bool
	lines         []string
}

func (l *lister) add(t reflect.Type, indent string) {
	for f := range fields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
			continue
		case name == "" && f.Anonymous:
			l.add(f.Type, indent)
			continue
		case l.withoutHeader && f.Tag.Get("with") == "entry":
			continue
		}
		about := f.Tag.Get("doc")
		if values := strict.ValuesOf(f); len(values) > 0 {
			about += " (" + strings.Join(values, ", ") + ")"
		}
		l.lines = append(l.lines, indent+say.Pad(name, 28-len(indent))+say.Wrap(about, 28))
		if under := structOf(f.Type); l.deep && under != nil && !l.listed[under] {
			l.listed[under] = true
			l.add(under, indent+"  ")
		}
	}
}

func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// structOf is the struct that a member leads to, also by names of the user's own, nil
// if it has no keys.
func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.NumField() == 0 || t.Field(0).Tag.Get("doc") == "" {
		return nil
	}
	return t
}
