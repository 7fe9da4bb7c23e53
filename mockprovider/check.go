package mockprovider

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// check finds options that cannot work.
func (o *options) check() error {
	if err := checkKeys(o.setup); err != nil {
		return err
	}
	if err := checkClients(o.setup); err != nil {
		return err
	}
	if err := o.setup.Provider.CheckMembers(); err != nil {
		return fmt.Errorf("provider: %w", err)
	}
	return o.setup.ContradictionOf(ownPart(o.name, o.setup, o.apart))
}

// ownPart returns what an issuer is to be blamed for: of a named one of a Host what it was
// made with, for the defaults are not its own.
func ownPart(name string, whole, apart setup.Setup) setup.Setup {
	if name == "" {
		return whole
	}
	return apart
}

// checkKeys finds the client and the user that have no name.
func checkKeys(s setup.Setup) error {
	if _, ok := s.Clients[""]; ok {
		return strict.Member("clients", errNoClientID)
	}
	if _, ok := s.Users[""]; ok {
		return strict.Member("users", errNoLogin)
	}
	return nil
}

// checkClients finds the clients that cannot authenticate as they are registered.
func checkClients(s setup.Setup) error {
	whole := s.Complete().Clients
	var wrong []error
	for _, id := range slices.Sorted(maps.Keys(whole)) {
		if member, err := contradiction.Lacking(whole[id]); err != nil {
			wrong = append(wrong, strict.Member("clients."+id+"."+member, err))
		}
	}
	return errors.Join(wrong...)
}

var (
	errNoClientID = errors.New("a client_id cannot be empty")
	errNoLogin    = errors.New("a login cannot be empty")
)

// checkForProvider finds choices that only a Host has.
func (o *Options) checkForProvider() error {
	for member, chosen := range map[string]bool{
		"OnDemand": o.OnDemand, "MaxIssuers": o.MaxIssuers != 0, "Stimulus": o.Stimulus != nil, "ControlURL": o.ControlURL != "", "Log": o.Log != nil, "LogAll": o.LogAll,
	} {
		if chosen {
			return fmt.Errorf("option %s is for a Host: use NewHost", member)
		}
	}
	return nil
}
