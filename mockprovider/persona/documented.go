package persona

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Documented is something that a real provider is known to do, and an app must
// survive.
type Documented struct {
	Does   string      `json:"does" required:"true" doc:"what happens, and when"`
	Level  string      `json:"level" required:"true" enum:"D,S,O,U" doc:"as of facts"`
	Source string      `json:"source,omitempty" doc:"where"`
	Fault  fault.Fault `json:"fault" required:"true" doc:"the fault it is"`
}

// Expand gives a fault place and effect, where a name stands for them. The error
// says which names there are.
func Expand(f fault.Fault) (fault.Fault, error) {
	if f.Documented == "" {
		return f, checkRefuse(f.Refuse)
	}
	if err := f.Check(); err != nil {
		return f, err
	}
	of, name, _ := strings.Cut(f.Documented, "/")
	p, err := Named(of)
	if err != nil {
		return f, fmt.Errorf("documented: %w", err)
	}
	if p.Dialect == nil || len(p.Dialect.Faults) == 0 {
		return f, fmt.Errorf("documented: the persona %s names no faults", of)
	}
	d, ok := p.Dialect.Faults[name]
	if !ok {
		names := slices.Sorted(maps.Keys(p.Dialect.Faults))
		if near, ok := strict.Nearest(name, names); ok {
			return f, fmt.Errorf("documented: %s has no fault %q: did you mean %s/%s?", of, name, of, near)
		}
		return f, fmt.Errorf("documented: %s has no fault %q: there are %s", of, name, strings.Join(names, ", "))
	}
	out := d.Fault
	if out.Refuse != "" && !strings.Contains(out.Refuse, "/") {
		out.Refuse = of + "/" + out.Refuse
	}
	f.Documented = "" // what is left are its conditions
	return Overlay(out, f), nil
}

// checkRefuse finds a cause, or a persona, that is not known.
func checkRefuse(refuse string) error {
	if refuse == "" {
		return nil
	}
	_, _, err := Refused(refuse)
	return err
}

// Refused returns what a fault's refuse means: PERSONA/CAUSE, or a cause alone,
// which is in the issuer's own words: then there is no persona. The error says what
// is not known.
func Refused(refuse string) (*Persona, protocol.Cause, error) {
	p, cause, err := refused(refuse)
	if err != nil {
		return nil, "", fmt.Errorf("refuse: %w", err)
	}
	return p, cause, nil
}

func refused(refuse string) (*Persona, protocol.Cause, error) {
	of, name, foreign := strings.Cut(refuse, "/")
	if !foreign {
		return nil, protocol.Cause(refuse), checkCause(protocol.Cause(refuse))
	}
	p, err := Named(of)
	if err != nil {
		return nil, "", err
	}
	cause := protocol.Cause(name)
	if cause.IsOwn() && !p.hasWords(cause) {
		return nil, "", fmt.Errorf("the persona %s has no words for %s", of, cause)
	}
	return &p, cause, checkCause(cause)
}

// hasWords reports whether a persona has an answer of its own for a cause.
func (p *Persona) hasWords(cause protocol.Cause) bool {
	if p.Dialect == nil {
		return false
	}
	_, ok := p.Dialect.Errors[cause]
	return ok
}
