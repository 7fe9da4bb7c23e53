package persona

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

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
	Dialect
}

// Names are the personas that come with authdrill, spec first.
func Names() []string {
	names := []string{"spec"}
	entries, _ := files.ReadDir(".") // an embedded folder can be read
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Named returns a persona that comes with authdrill. The error names those
// there are.
func Named(name string) (Persona, error) {
	if name == "spec" {
		return Spec(), nil
	}
	shipped, err := shipped()
	if err != nil {
		return Persona{}, err
	}
	p, ok := shipped[name]
	if !ok {
		return Persona{}, fmt.Errorf("there is no persona %q%s", name, hint(name))
	}
	return p, nil
}

func hint(name string) string {
	if near, ok := strict.Nearest(name, Names()); ok {
		return ": did you mean " + near + "?"
	}
	return ": there are " + strings.Join(Names(), ", ") + ", and files whose names end in .yaml"
}

// shipped reads the personas at their first use: they never change.
var shipped = sync.OnceValues(func() (map[string]Persona, error) {
	out := map[string]Persona{}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		p, err := parse(e.Name(), data, func(string) (Persona, error) { return Persona{}, errors.New("a persona that is shipped extends none") })
		if err != nil {
			return nil, err
		}
		out[p.Name] = p
	}
	return out, nil
})

// Parse reads a persona from a file's text. The errors are strict.Problems:
// each has its place and its remedy.
func Parse(name string, data []byte) (Persona, error) { return parse(name, data, Named) }

func parse(name string, data []byte, named func(string) (Persona, error)) (Persona, error) {
	var f File
	if err := strict.YAML(name, data, &f).Err(); err != nil {
		return Persona{}, err
	}
	base := Spec()
	if f.Extends != "" {
		var err error
		if base, err = named(f.Extends); err != nil {
			return Persona{}, fmt.Errorf("%s: extends: %w", name, err)
		}
	}
	p := Overlay(base, f.Provider)
	dialect := f.Dialect
	if base.Dialect != nil {
		dialect = Overlay(*base.Dialect, f.Dialect)
	}
	p.Name, p.Dialect = f.Name, &dialect
	return p, nil
}

// Check finds what is contradictory in a file.
func (f *File) Check() error {
	if f.Name == "spec" || strings.ToLower(f.Name) != f.Name || strings.ContainsAny(f.Name, " /.") {
		return strict.Member("persona", fmt.Errorf("%q cannot be the name of a persona: use small letters, digits and -, and not spec", f.Name))
	}
	if err := f.checkTrees(); err != nil {
		return err
	}
	for cause := range f.Errors {
		if !slices.Contains(Causes(), cause) && !strings.HasPrefix(cause, "app.") {
			near, _ := strict.Nearest(cause, Causes())
			return strict.Member("errors", fmt.Errorf("%q is no cause that is known: did you mean %s?", cause, near))
		}
	}
	return f.checkPaths()
}

func (f *File) checkTrees() error {
	for _, t := range []struct {
		member string
		tree   any
	}{
		{"authorization_response", map[string]any(f.AuthorizationResponse)}, {"token_response", map[string]any(f.TokenResponse)},
		{"device_authorization_response", map[string]any(f.DeviceResponse)}, {"id_token_claims", map[string]any(f.IDTokenClaims)},
		{"error_shapes", f.Shapes.OAuth.Body}, {"error_shapes", f.Shapes.API.Body},
	} {
		if err := checkTree(t.tree); err != nil {
			return strict.Member(t.member, err)
		}
	}
	for n, r := range f.Resources {
		if err := checkTree(r.Answer); err != nil {
			return strict.Member("resources", fmt.Errorf("[%d]: answer: %w", n, err))
		}
	}
	for cause, r := range f.Errors {
		for _, tree := range []any{r.Body, r.Values, r.Description} {
			if err := checkTree(tree); err != nil {
				return strict.Member("errors", fmt.Errorf("%s: %w", cause, err))
			}
		}
	}
	return nil
}

// checkPaths finds URLs that are none, and two that are the same path: below an
// issuer's own address nothing else tells them apart.
func (f *File) checkPaths() error {
	mux := http.NewServeMux()
	add := func(member, method, address string) error {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return strict.Member(member, fmt.Errorf("%q is no URL of a real provider: write https://host/path", address))
		}
		if err := handle(mux, method+" "+MuxPath(u.Path)); err != nil {
			return strict.Member(member, fmt.Errorf("%s is there twice, or in conflict with another path: %w", u.Path, err))
		}
		return nil
	}
	for _, e := range f.Endpoints.All() {
		for _, address := range e.URLs {
			if err := add("endpoints", "", address); err != nil {
				return err
			}
		}
	}
	for _, r := range f.Resources {
		for _, address := range r.URLs {
			for _, method := range r.Speaks() {
				if err := add("resources", method, address); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// handle turns the panic of a pattern that conflicts into an error.
func handle(mux *http.ServeMux, pattern string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	mux.Handle(strings.TrimSpace(pattern), http.NotFoundHandler())
	return nil
}

// MuxPath is the path of a URL as a pattern of http.ServeMux: one that ends in
// a slash is that path alone.
func MuxPath(path string) string {
	if path == "" {
		path = "/"
	}
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	return path
}

// Hosts are the host names of the real provider.
func (d *Dialect) Hosts() []string {
	if d == nil {
		return nil
	}
	var out []string
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !slices.Contains(out, u.Hostname()) {
			out = append(out, u.Hostname())
		}
	}
	for _, e := range d.Endpoints.All() {
		for _, address := range e.URLs {
			add(address)
		}
	}
	for _, r := range d.Resources {
		for _, address := range r.URLs {
			add(address)
		}
	}
	return out
}
