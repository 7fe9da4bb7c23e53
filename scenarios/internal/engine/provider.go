package engine

import (
	"errors"
	"fmt"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// doAtProvider does a step of the provider's. It reports whether the step is one.
func (p *playing) doAtProvider(s *drill.Step) (bool, error) {
	to := p.subject.Provider(false)
	switch {
	case s.Advance != nil:
		return true, to.Clock().Advance(s.Advance.D())
	case s.RotateKeys != nil:
		plan := protocol.KeyPlan(s.RotateKeys.Retire)
		if plan == "" || plan == "keep" {
			plan = protocol.KeysOverlap
		}
		_, err := to.RotateKeys("", plan)
		return true, err
	case s.Fault != nil:
		_, err := to.Fault(*s.Fault)
		return true, err
	case s.ClearFaults != nil:
		if id := s.ClearFaults.ID; id == "" {
			to.ClearFaults()
		} else if to.ClearFaults(id) == 0 {
			return true, fmt.Errorf("no fault has the id %q", id)
		}
		return true, nil
	case s.RevokeGrant != nil:
		if to.RevokeGrant(s.RevokeGrant.User, s.RevokeGrant.Client) == 0 && p.scenario.ID == "" {
			return true, fmt.Errorf("%s has granted nothing that could be revoked", s.RevokeGrant.User)
		}
		return true, nil
	case s.RestartProvider != nil:
		to.Restart()
		return true, nil
	case s.Set != nil:
		return true, p.applySet(s.Set)
	}
	return false, nil
}

// applySet applies settings to a provider.
func (p *playing) applySet(s *drill.Set) error {
	to := p.subject.Provider(s.Issuer == "second")
	if to == nil {
		return errors.New("the client knows one issuer")
	}
	over := setup.Setup{Clients: s.Clients, Users: s.Users}
	if s.Provider != nil {
		over.Provider = *s.Provider
	}
	return to.Overlay(over)
}
