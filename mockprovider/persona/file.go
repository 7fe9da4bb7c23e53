package persona

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

//go:embed *.yaml
var files embed.FS

// File is a persona as it is written: what any provider can be told, and what
// is particular of this one.
type File struct {
	Name     string  `json:"persona" required:"true" doc:"its name, in small letters"`
	Extends  string  `json:"extends,omitempty" doc:"a persona that comes with authdrill, of which this one says only what differs"`
	Provider Persona `json:"provider,omitzero" doc:"what can be said of any provider"`
	dialectfile.Dialect
}

// Name is the name of a persona: one that comes with authdrill, or one that a file
// has for itself.
type Name string

// Values lists the personas that come with authdrill. There are no groups.
func (Name) Values(string) []string { return Names() }

// Names are the personas that come with authdrill, spec first.
func Names() []string {
	names := []string{"spec"}
	entries, _ := files.ReadDir(".") // an embedded folder can be read
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names[1:])
	return names
}

// Named returns a persona that comes with authdrill. The error names those
// there are.
func Named(name string) (Persona, error) {
	if name == "spec" {
		return Spec(), nil
	}
	read, ok := shipped()[name]
	if !ok {
		return Persona{}, fmt.Errorf("unknown persona %q%s", name, hint(name))
	}
	return read()
}

func hint(name string) string {
	if near, ok := strict.Nearest(name, Names()); ok {
		return ": did you mean " + near + "?"
	}
	return ": there are " + strings.Join(Names(), ", ") + ", and files whose names end in .yaml"
}

// shipped reads each persona at its first use: they never change.
var shipped = sync.OnceValue(func() map[string]func() (Persona, error) {
	out := map[string]func() (Persona, error){}
	for _, name := range Names()[1:] {
		out[name] = sync.OnceValues(func() (Persona, error) {
			data, err := files.ReadFile(name + ".yaml")
			if err != nil {
				return Persona{}, err
			}
			return parse(name+".yaml", data, func(base string) (Persona, error) { return out[base]() })
		})
	}
	return out
})

// Parse reads a persona from a file's text. The errors are strict.Problems:
// each has its place and its remedy.
func Parse(name string, data []byte) (Persona, error) { return parse(name, data, Named) }

func parse(name string, data []byte, named func(string) (Persona, error)) (Persona, error) {
	var f File
	if err := strict.Read(name, data, &f, strict.Options{}).Err(); err != nil {
		return Persona{}, err
	}
	base := Spec()
	if f.Extends != "" {
		var err error
		if base, err = named(f.Extends); err != nil {
			return Persona{}, fmt.Errorf("%s: extends: %w", name, err)
		}
	}
	p := overlay.Of(base, f.Provider)
	dialect := f.Dialect
	if base.Dialect != nil {
		moved := base.Dialect.MovedTo(f.Issuer, f.RenameHosts)
		if f.Issuer != "" {
			dialect.Issuer = moved.Issuer
		}
		dialect = overlay.Of(moved, dialect)
	}
	p.Name, p.Dialect = Name(f.Name), &dialect
	return p, nil
}

// Check finds what is contradictory in a file.
func (f *File) Check() error {
	wrong := []error{f.checkNames(), f.checkIssuer()}
	report := func(member string, err error) {
		if err != nil {
			wrong = append(wrong, strict.Member(member, err))
		}
	}
	report("errors", dialectfile.CheckCauses(f.Errors))
	for n, r := range f.Resources {
		report(fmt.Sprintf("resources.%d", n), dialectfile.CheckCauses(r.Errors))
	}
	for n, c := range f.Calls {
		report(fmt.Sprintf("calls.%d", n), dialectfile.CheckCauses(c.Errors))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Faults)) {
		report("faults."+name, f.checkFault(name, f.Faults[name]))
	}
	return errors.Join(append(wrong, f.CheckPaths())...)
}

// checkNames finds a name that no file can have, and a persona to extend that does not
// exist.
func (f *File) checkNames() error {
	var name, extends error
	if f.Name == "spec" || strings.ToLower(f.Name) != f.Name || strings.ContainsAny(f.Name, " /.") {
		name = strict.Member("persona", fmt.Errorf("invalid persona name %q: want small letters, digits and -, and not spec", f.Name))
	}
	if f.Extends != "" && !slices.Contains(Names(), f.Extends) {
		extends = strict.Member("extends", fmt.Errorf("unknown persona %q%s", f.Extends, hint(f.Extends)))
	}
	return errors.Join(name, extends)
}

// checkIssuer checks that the issuer is a URL and that each renamed host has a name.
func (f *File) checkIssuer() error {
	u, err := url.Parse(f.Issuer)
	if f.Issuer != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return strict.Member("issuer", fmt.Errorf("invalid issuer identifier %q: want https://host or https://host/path", f.Issuer))
	}
	for old, name := range f.RenameHosts {
		if f.Extends == "" || strings.ContainsAny(old+name, "/:") || old == "" || name == "" {
			return strict.Member("rename_hosts", fmt.Errorf("%s: %q: want the name of a host of the persona that is extended, and its name here", old, name))
		}
	}
	return nil
}

// checkFault finds what a fault of the file cannot be.
func (f *File) checkFault(name string, documented dialectfile.Documented) error {
	switch refuse := documented.Fault.Refuse; {
	case strings.ToLower(name) != name || strings.ContainsAny(name, " /._"):
		return errors.New("it cannot be the name of a fault: use small letters, digits and -")
	case documented.Fault.Documented != "":
		return errors.New("a fault of a persona says itself what it does: write its place and effect")
	case strings.Contains(refuse, "/"):
		return errors.New("a fault of a persona refuses in its own words: write only the cause")
	case dialectfile.IsOwn(protocol.Cause(refuse)):
		if _, ok := f.Errors[protocol.Cause(refuse)]; !ok && f.Extends == "" {
			return fmt.Errorf("errors has no answer for %s", refuse)
		}
	case refuse != "":
		return dialectfile.CheckCause(protocol.Cause(refuse))
	}
	return nil
}
