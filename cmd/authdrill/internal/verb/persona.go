package verb

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// personasVerb lists the personas, or shows what is known of one.
func personasVerb() verb {
	return verb{
		name: "personas", args: "[NAME|FILE]", group: "servers",
		summary: "list the real providers that can be imitated, or show the facts known of one",
		example: "authdrill personas\n" +
			"authdrill personas google",
		words: setting.Fixed(persona.Names()...),
		run: func(_ context.Context, c *call) error {
			switch len(c.args) {
			case 0:
				return c.listPersonas()
			case 1:
				p, err := setting.ReadPersona(place.Place{Name: c.args[0]})
				if err != nil {
					return err
				}
				c.showPersona(p)
				return nil
			}
			return failure.Usage("authdrill personas google", "personas wants one name, got %d", len(c.args))
		},
	}
}

func (v *call) listPersonas() error {
	for _, name := range persona.Names() {
		p, err := persona.Named(name)
		if err != nil {
			return err
		}
		if p.Dialect == nil {
			v.Print("  %-11s %s", name, "what the specifications say; the default")
			continue
		}
		proven := 0
		for _, f := range p.Dialect.Facts {
			if f.Level != "U" {
				proven++
			}
		}
		v.Print("  %-11s %-22s %s", name, p.Dialect.Title, v.Dim(fmt.Sprintf("%s with a source, %d not verified", say.Count(proven, "fact"), len(p.Dialect.Facts)-proven)))
	}
	v.Print("")
	v.Print("  authdrill serve --persona google    imitates one; authdrill personas google shows the facts known of it")
	return nil
}

func (v *call) showPersona(p persona.Persona) {
	d := p.Dialect
	if d == nil {
		v.Print("spec does what the specifications say: authdrill help provider")
		return
	}
	v.Print("%s", v.Bold(d.Title))
	row := func(name string, urls []string) {
		for n, address := range urls {
			if n > 0 {
				name = ""
			}
			v.Print("  %-31s %s", name, address)
		}
	}
	for _, e := range d.Endpoints.All() {
		row(string(e.Name), e.URLs)
	}
	for _, r := range d.Resources {
		row(string(r.Name()), r.URLs)
	}
	if len(d.Faults) > 0 {
		v.Print("")
		v.Print("%s", v.Dim("  what it is known to do, for documented: in any fault, at any issuer"))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Faults)) {
		v.Print("  %s/%s", p.Name, name)
		v.Print("     %s", say.Wrap(d.Faults[name].Does, 5))
	}
	if len(d.Facts) > 0 {
		v.Print("")
		v.Print("%s", v.Dim("  D documented by the provider, S read in a client library, O observed, U not verified"))
	}
	for _, f := range d.Facts {
		v.Print("  %s  %s", f.Level, say.Wrap(f.Says, 5))
		if f.Source != "" {
			v.Print("     %s", v.Dim(say.Wrap(f.Source, 5)))
		}
	}
}
