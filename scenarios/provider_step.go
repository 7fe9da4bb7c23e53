package scenarios

import (
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// RotateKeys gives the provider new signing keys.
type RotateKeys struct {
	Retire string `json:"retire,omitempty" enum:"immediately,keep" doc:"what becomes of the old keys in the published set: gone at once, or kept as long as their tokens live (default)"`
}

// ClearFaults ends faults.
type ClearFaults struct {
	ID string `json:"id,omitempty" short:"true" doc:"only the fault of this id"`
}

// RevokeGrant takes back what a user allowed.
type RevokeGrant struct {
	User   string `json:"user" short:"true" required:"true" doc:"login of the user"`
	Client string `json:"client,omitempty" doc:"only for this client; default for all"`
}

// Set changes the provider, laying what it says over what there is.
type Set struct {
	Provider *persona.Persona         `json:"provider,omitempty" doc:"what the provider is like from now on"`
	Clients  map[string]*store.Client `json:"clients,omitempty" doc:"clients by client_id"`
	Users    map[string]*store.User   `json:"users,omitempty" doc:"users by login"`
}
