package capability

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Expand replaces the name of a documented fault by its place and effect. The
// error lists the known names.
func Expand(f fault.Fault) (fault.Fault, error) {
	if f.Documented == "" {
		return f, checkRefuse(f.Refuse)
	}
	if err := f.Check(); err != nil {
		return f, err
	}
	of, name, _ := strings.Cut(f.Documented, "/")
	p, err := persona.Named(of)
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
		return f, fmt.Errorf("documented: %s has no fault %q: want one of %s", of, name, strings.Join(names, ", "))
	}
	out := d.Fault
	if out.Refuse != "" && !strings.Contains(out.Refuse, "/") {
		out.Refuse = of + "/" + out.Refuse
	}
	f.Documented = "" // what is left are its conditions
	return overlay.Of(out, f), nil
}

// checkRefuse finds a cause, or a persona, that is not known.
func checkRefuse(refuse string) error {
	if refuse == "" {
		return nil
	}
	_, _, err := Refused(refuse)
	return err
}

// Refused returns what a fault's refuse means: PERSONA/CAUSE, or only a cause. The
// second is worded by the issuer itself, and has a nil persona. The error names
// what is not known.
func Refused(refuse string) (*persona.Persona, protocol.Cause, error) {
	p, cause, err := refused(refuse)
	if err != nil {
		return nil, "", fmt.Errorf("refuse: %w", err)
	}
	return p, cause, nil
}

func refused(refuse string) (*persona.Persona, protocol.Cause, error) {
	of, name, foreign := strings.Cut(refuse, "/")
	if !foreign {
		return nil, protocol.Cause(refuse), dialectfile.CheckCause(protocol.Cause(refuse))
	}
	p, err := persona.Named(of)
	if err != nil {
		return nil, "", err
	}
	cause := protocol.Cause(name)
	if dialectfile.IsOwn(cause) && !hasWords(&p, cause) {
		return nil, "", fmt.Errorf("the persona %s has no answer for %s", of, cause)
	}
	return &p, cause, dialectfile.CheckCause(cause)
}

// hasWords reports whether a persona has an answer of its own for a cause.
func hasWords(p *persona.Persona, cause protocol.Cause) bool {
	if p.Dialect == nil {
		return false
	}
	_, ok := p.Dialect.Errors[cause]
	return ok
}
