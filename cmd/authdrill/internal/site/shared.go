package site

import (
	"slices"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// checkShared finds settings of several personas that none of them can have: what one
// has not and another has counts there.
func (s *siteSettings) checkShared() error {
	said := s.Defaults
	said.Shared = false
	var none failure.List // what is wrong at each persona so far
	for n, one := range s.several {
		var wrong failure.List
		wrong.Add(setup.Default().With(said).With(setup.Setup{Provider: one}).ContradictionOf(said))
		if n == 0 {
			none = wrong
			continue
		}
		none.Flags = slices.DeleteFunc(none.Flags, func(err error) bool {
			return !slices.ContainsFunc(wrong.Flags, func(other error) bool { return isOfSameMember(err, other) })
		})
	}
	return none.Err()
}

func isOfSameMember(a, b error) bool {
	of, _ := strict.MemberOf(a)
	other, _ := strict.MemberOf(b)
	return of != "" && of == other
}

// sharedSetup are the settings of the issuer of one of several personas.
func sharedSetup(p persona.Persona) setup.Setup { return setup.Setup{Provider: p, Shared: true} }

// createIssuers lets each of several personas have an issuer of its own, named after it.
func createIssuers(host *mockprovider.Host, all []persona.Persona) error {
	for _, p := range all {
		if _, err := host.Create(string(p.Name), sharedSetup(p)); err != nil {
			return err
		}
	}
	return nil
}
