package setting

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// personaSize is how many bytes are read of a persona file.
const personaSize = 1 << 20

// Personas reads the personas of the given names or files. Files that a settings
// file names are relative to its folder.
func Personas(f *Flags, names []string) ([]persona.Persona, error) {
	var out []persona.Persona
	var wrong failure.List
	for n, name := range names {
		p, err := ReadPersona(f.Place("persona", name))
		if err == nil && slices.ContainsFunc(out, func(other persona.Persona) bool { return SamePersona(p, other) }) {
			err = failure.Usage("leave one of them out", "%s names %s twice", f.Word("persona", ""), p.Name)
		}
		wrong.Add(f.Placed("persona", n, err))
		out = append(out, p)
	}
	return out, wrong.Err()
}

// ReadPersona reads the provider that a name or a file means.
func ReadPersona(at place.Place) (persona.Persona, error) {
	if !isPersonaFile(at.Name) {
		p, err := persona.Named(at.Name)
		if err != nil {
			return persona.Persona{}, failure.Usage("authdrill personas lists them; a file of your own is named by its path: ./acme.yaml", "%s", err)
		}
		return p, nil
	}
	data, err := at.ReadDocument(personaSize)
	if err != nil {
		return persona.Persona{}, failure.Usage(at.Remedy(err, "a persona is a name, or a YAML file"), "%s", failure.Reason(err))
	}
	p, err := persona.Parse(at.Path(), data)
	if err != nil || len(p.Keys) == 0 {
		return p, err
	}
	docs, _ := strict.Parse(at.Path(), data, strict.Options{}) // it could be read
	return p, readKeys(&p, filepath.Dir(at.Path()), docs[0].Find("provider"))
}

// readKeys reads the keys that settings name: below the folder of the file that names
// them. node is the mapping that has them.
func readKeys(p *persona.Persona, folder string, node *strict.Node) error {
	if len(p.Keys) == 0 {
		return nil
	}
	err := p.ReadKeys(func(file string) ([]byte, error) {
		data, err := place.Place{Below: folder, Name: file}.Read(persona.MaxKeyFile)
		if err != nil {
			return nil, errors.New(failure.Reason(err))
		}
		return data, nil
	})
	return strict.ProblemsAt(node, err).Err()
}

// PersonaWords are the names or paths of personas, as another command in this
// folder takes them.
func PersonaWords(names []string, below string) []string {
	var out []string
	for _, name := range names {
		if isPersonaFile(name) {
			name = place.Place{Below: below, Name: name}.Path()
		}
		out = append(out, name)
	}
	return out
}

func isPersonaFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// SamePersona reports whether two personas imitate the same provider.
func SamePersona(a, b persona.Persona) bool { return a.Name == b.Name }
