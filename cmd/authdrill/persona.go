package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// personaSize is how many bytes are read of a persona file.
const personaSize = 1 << 20

// personas reads the providers to stand in for, by their names or files. Where a
// settings file names them, files are below its folder.
func personas(f *flags, names []string) ([]persona.Persona, error) {
	var out []persona.Persona
	var wrong refusals
	for n, name := range names {
		p, err := readPersona(f.place("persona", name))
		if err == nil && slices.ContainsFunc(out, func(other persona.Persona) bool { return samePersona(p, other) }) {
			err = usage("leave one of them out", "%s names %s twice", f.word("persona", ""), p.Name)
		}
		wrong.add(f.placed("persona", n, err))
		out = append(out, p)
	}
	return out, wrong.err()
}

func readPersona(at place) (persona.Persona, error) {
	if !isPersonaFile(at.name) {
		p, err := persona.Named(at.name)
		if err != nil {
			return persona.Persona{}, usage("authdrill personas lists them; a file of your own is named by its path: ./acme.yaml", "%s", err)
		}
		return p, nil
	}
	data, err := at.readDocument(personaSize)
	if err != nil {
		return persona.Persona{}, usage(at.remedy(err, "a persona is a name, or a YAML file"), "%s", reason(err))
	}
	p, err := persona.Parse(at.path(), data)
	if err != nil || len(p.Keys) == 0 {
		return p, err
	}
	docs, _ := strict.ParseYAML(at.path(), data) // it could be read
	return p, readKeys(&p, filepath.Dir(at.path()), docs[0].Root.Find("provider"))
}

// readKeys reads the keys that settings name: below the folder of the file that names
// them. node is the mapping that has them.
func readKeys(p *persona.Persona, folder string, node *strict.Node) error {
	if len(p.Keys) == 0 {
		return nil
	}
	err := p.ReadKeys(func(file string) ([]byte, error) {
		data, err := place{folder, file}.read(persona.MaxKeyFile)
		if err != nil {
			return nil, errors.New(reason(err))
		}
		return data, nil
	})
	var problems persona.KeyProblems
	if errors.As(err, &problems) {
		return problems.At(node)
	}
	return err
}

// personaWords are the names or paths of personas, as another command in this
// folder takes them.
func personaWords(names []string, below string) []string {
	var out []string
	for _, name := range names {
		if isPersonaFile(name) {
			name = place{below, name}.path()
		}
		out = append(out, name)
	}
	return out
}

func isPersonaFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// checkShared finds settings of several personas that none of them can have: what one
// has not and another has counts there.
func (s *siteSettings) checkShared() error {
	said := s.defaults
	said.Shared = false
	var none refusals // what is wrong at each persona so far
	for n, one := range s.several {
		var wrong refusals
		wrong.add(setup.Default().With(said).With(setup.Setup{Provider: one}).ContradictionOf(said))
		if n == 0 {
			none = wrong
			continue
		}
		none.flags = slices.DeleteFunc(none.flags, func(err error) bool {
			return !slices.ContainsFunc(wrong.flags, func(other error) bool { return isOfSameMember(err, other) })
		})
	}
	return none.err()
}

func isOfSameMember(a, b error) bool {
	var of, other *strict.MemberError
	return errors.As(a, &of) && errors.As(b, &other) && of.Name == other.Name
}

// shared are the settings of the issuer of one of several personas.
func shared(p persona.Persona) setup.Setup { return setup.Setup{Provider: p, Shared: true} }

// play lets each of several personas have an issuer of its own, named after it.
func play(host *mockprovider.Host, all []persona.Persona) error {
	for _, p := range all {
		if _, err := host.Create(string(p.Name), shared(p)); err != nil {
			return err
		}
	}
	return nil
}

// samePersona reports whether two personas imitate the same provider.
func samePersona(a, b persona.Persona) bool { return a.Name == b.Name }

// personasVerb lists the personas, or shows what is known of one.
func personasVerb() verb {
	return verb{
		name: "personas", args: "[NAME|FILE]", group: "servers",
		summary: "list the providers it can stand in for, or show what is known of one",
		run: func(_ context.Context, c *call) error {
			switch len(c.args) {
			case 0:
				return c.listPersonas()
			case 1:
				p, err := readPersona(place{name: c.args[0]})
				if err != nil {
					return err
				}
				c.showPersona(p)
				return nil
			}
			return usage("authdrill personas google", "personas takes one name, and was given %d", len(c.args))
		},
	}
}

func (v *voice) listPersonas() error {
	for _, name := range persona.Names() {
		p, err := persona.Named(name)
		if err != nil {
			return err
		}
		if p.Dialect == nil {
			v.print("  %-11s %s", name, "what the specifications say; the default")
			continue
		}
		proven := 0
		for _, f := range p.Dialect.Facts {
			if f.Level != "U" {
				proven++
			}
		}
		v.print("  %-11s %-22s %s", name, p.Dialect.Title, v.dim(fmt.Sprintf("%s with a source, %d not verified", count(proven, "fact"), len(p.Dialect.Facts)-proven)))
	}
	v.print("")
	v.print("  authdrill serve --persona google    stands in for one; authdrill personas google says what is known of it")
	return nil
}

func (v *voice) showPersona(p persona.Persona) {
	d := p.Dialect
	if d == nil {
		v.print("spec does what the specifications say: authdrill help provider")
		return
	}
	v.print("%s", v.bold(d.Title))
	row := func(name string, urls []string) {
		for n, address := range urls {
			if n > 0 {
				name = ""
			}
			v.print("  %-31s %s", name, address)
		}
	}
	for _, e := range d.Endpoints.All() {
		row(string(e.Name), e.URLs)
	}
	for _, r := range d.Resources {
		row(string(r.Name()), r.URLs)
	}
	if len(d.Faults) > 0 {
		v.print("")
		v.print("%s", v.dim("  what it is known to do, for documented: in any fault, at any issuer"))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Faults)) {
		v.print("  %s/%s", p.Name, name)
		v.print("     %s", wrap(d.Faults[name].Does, 5))
	}
	if len(d.Facts) > 0 {
		v.print("")
		v.print("%s", v.dim("  D documented by the provider, S read in a client library, O observed, U not verified"))
	}
	for _, f := range d.Facts {
		v.print("  %s  %s", f.Level, wrap(f.Says, 5))
		if f.Source != "" {
			v.print("     %s", v.dim(wrap(f.Source, 5)))
		}
	}
}
