package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
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

// samePersona reports whether two personas imitate the same provider.
func samePersona(a, b persona.Persona) bool { return a.Name == b.Name }
