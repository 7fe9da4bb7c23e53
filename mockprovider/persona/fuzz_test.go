package persona_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// FuzzParse checks that no persona file takes the reader down, that every
// problem has its place in the file, and that what is read can be used.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		"persona: acme\nextends: google\n", "persona: acme\nextends: acme\n", "persona: acme\nextends: spec\nerrors: {own.x: {status: 400}}\n",
		"persona: acme\nendpoints: {token: ['https://a.example/{tenant}/token', 'https://a.example/x/token']}\n",
		"persona: acme\nresources: [{urls: ['https://a.example/{x:9999}'], document: {a: '${user.sub}${user.sub}'}}]\n",
		"persona: acme\nfaults: {slow: {does: x, fault: {at: token_endpoint, delay: 1h}}}\n", "persona: spec\n", "a: &a [*a]\n", "persona: ${x}\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := persona.Parse("acme.yaml", []byte(text))
		var problems strict.Problems
		if errors.As(err, &problems) {
			lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text), "\n")
			for _, problem := range problems {
				if problem.Line < 1 || problem.Line > lines || problem.Column < 1 || problem.Message == "" || problem.Rule == "" {
					t.Fatalf("%q: %+v", text, problem)
				}
			}
		}
		if err == nil {
			p.Dialect.Hosts()
			p.With(persona.Persona{})
		}
	})
}
