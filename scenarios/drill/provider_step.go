package drill

import (
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// The values of Step.Stimulus.
const (
	On  = "on"
	Off = "off"
)

// RotateKeys gives the provider new signing keys.
type RotateKeys struct {
	Retire string `json:"retire,omitempty" short:"true" enum:"overlap,immediately,publish_late,keep" doc:"what becomes of the old keys in the published set: overlap or keep: published as long as their tokens live (default); immediately: gone at once; publish_late: still published in place of the new ones, which follow at the next rotation"`
}

// ClearFaults ends faults.
type ClearFaults struct {
	ID string `json:"id,omitempty" short:"true" doc:"only the fault of this id"`
}

// RevokeGrant revokes what a user granted to a client.
type RevokeGrant struct {
	User   string `json:"user" short:"true" required:"true" doc:"login of the user"`
	Client string `json:"client,omitempty" doc:"only for this client; default for all"`
}

// LogoutToken is a logout token (OIDC Back-Channel Logout section 2.4).
type LogoutToken struct {
	Claims    map[string]any  `json:"claims,omitempty" vocab:"claim" match:"edit" doc:"claims to set, to edit, or to remove with $absent"`
	Header    map[string]any  `json:"header,omitempty" vocab:"jose-header" match:"edit" doc:"JOSE header members to set or remove"`
	Signature fault.Signature `json:"signature,omitempty" doc:"what to do to the signature"`
	Times     int             `json:"times,omitempty" min:"1" max:"1000" doc:"how often it is posted; default once"`
	IDToken   bool            `json:"id_token,omitempty" doc:"post an ID token instead"`
}

// Set changes the provider, its clients and its users. What is absent stays as it is.
type Set struct {
	Issuer   string                   `json:"issuer,omitempty" enum:"first,second" doc:"the provider of an app that has two; default the first"`
	Provider *persona.Persona         `json:"provider,omitempty" doc:"what the provider is like from now on"`
	Clients  map[string]*store.Client `json:"clients,omitempty" doc:"clients by client_id"`
	Users    map[string]*store.User   `json:"users,omitempty" doc:"users by login"`
}
