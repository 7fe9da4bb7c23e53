package control

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// operations describes the operations and their answers. What requests may say is
// described by the types that they are read into.
//
//go:embed openapi.yaml
var operations []byte

// baseURLBody says where the issuers are reached.
type baseURLBody struct {
	BaseURL string `json:"base_url" required:"true" doc:"issuer identifier of the default issuer, without a slash at its end" example:"http://localhost:49153"`
}

// advanceBody moves the clock.
type advanceBody struct {
	By clock.Duration `json:"by" required:"true" doc:"how far, also backwards" example:"1h"`
}

// setClockBody sets the clock.
type setClockBody struct {
	To time.Time `json:"to" required:"true" doc:"an RFC 3339 instant"`
}

// attackBody names what is laid over an issuer.
type attackBody struct {
	Entry string `json:"entry" required:"true" doc:"id of an entry of the failure catalogue" example:"idt-nonce-wrong"`
}

// rotateBody says which keys are made anew, and how.
type rotateBody struct {
	Alg  protocol.Algorithm `json:"alg,omitempty" enum:"@signing" doc:"algorithm; default all in use"`
	Plan protocol.KeyPlan   `json:"plan,omitempty" doc:"what becomes of the old keys; default overlap"`
}

// revokeBody says whose grants end.
type revokeBody struct {
	User     string `json:"user,omitempty" doc:"login; default any"`
	ClientID string `json:"client_id,omitempty" doc:"client; default any"`
}

// described returns the types of bodies by the name of their schema.
func described() map[string]any {
	return map[string]any{
		"NewIssuer": newIssuer{}, "Provider": persona.Persona{}, "Client": store.Client{}, "User": store.User{}, "Fault": fault.Fault{}, "ArmedFault": fault.Status{},
		"Advance": advanceBody{}, "SetClock": setClockBody{}, "Attack": attackBody{}, "Rotate": rotateBody{}, "Revoke": revokeBody{}, "Mint": Mint{},
		"BaseURL": baseURLBody{}, "Query": journal.Query{}, "Wait": waitBody{}, "Key": Key{},
	}
}

// contract returns the OpenAPI document, whose last part are the schemas.
var contract = sync.OnceValue(func() []byte {
	var schemas bytes.Buffer
	enc := yaml.NewEncoder(&schemas)
	enc.SetIndent(2)
	_ = enc.Encode(strict.Schemas("#/components/schemas/", strict.Options{JSON: true}, described())) // maps, lists and texts can be written
	out := append([]byte(nil), operations...)
	for line := range strings.Lines(schemas.String()) {
		out = append(out, "    "+line...)
	}
	return out
})
