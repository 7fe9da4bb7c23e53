package drill

import (
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Verify is what the provider must have recorded.
type Verify struct {
	Journal []Exchanges `json:"journal,omitempty" single:"true" doc:"exchanges that must have happened"`
	Log     []Event     `json:"log,omitempty" single:"true" doc:"events that must have happened"`
	Near    int         `json:"near,omitempty" min:"0" max:"100" doc:"how many of the nearest exchanges to show when one is not found; default 1"`

	Node *strict.Node `json:"-"`
}

// Exchanges selects exchanges of the journal and says how many there must be.
type Exchanges struct {
	Endpoint protocol.Endpoint `json:"endpoint,omitempty" doc:"the endpoint, by its RFC 8414 name, or the page"`
	Method   string            `json:"method,omitempty" enum:"GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS" doc:"HTTP method"`
	Params   map[string]any    `json:"params,omitempty" match:"true" vocab:"oauth-param" doc:"request parameters"`
	Headers  map[string]any    `json:"headers,omitempty" match:"true" vocab:"header" doc:"request headers"`
	Status   any               `json:"status,omitempty" match:"true" of:"integer" doc:"HTTP status of the answer"`
	Response map[string]any    `json:"response,omitempty" match:"true" vocab:"response" doc:"members of the answer"`
	Error    any               `json:"error,omitempty" match:"true" of:"string" doc:"OAuth error code, the truthful one"`
	ClientID any               `json:"client_id,omitempty" match:"true" of:"string" doc:"client that called"`
	Sub      any               `json:"sub,omitempty" match:"true" of:"string" doc:"user it was about"`
	Event    protocol.Event    `json:"event,omitempty" doc:"event that happened in it"`
	Fault    any               `json:"fault,omitempty" match:"true" of:"string" doc:"id of a fault that struck it"`
	Lax      any               `json:"lax,omitempty" match:"true" of:"string|array" doc:"rules that were not enforced and would have refused it"`

	Count    any `json:"count,omitempty" match:"true" of:"integer" doc:"how many there must be; default at least one"`
	Statuses any `json:"statuses,omitempty" match:"true" of:"array" doc:"the HTTP statuses of all of them, in order"`
	Gap      any `json:"gap,omitempty" match:"true" of:"string" doc:"time between each and the next, on the issuer's clock" example:"{$gte: 2s}"`

	Node *strict.Node `json:"-"`
}

// Event selects events of the log and says how many there must be.
type Event struct {
	Event    protocol.Event `json:"event" short:"true" required:"true" doc:"name of the event"`
	Sub      any            `json:"sub,omitempty" match:"true" of:"string" doc:"user it was about"`
	ClientID any            `json:"client_id,omitempty" match:"true" of:"string" doc:"client it was about"`
	Attrs    map[string]any `json:"attrs,omitempty" match:"true" doc:"its further attributes"`
	Count    any            `json:"count,omitempty" match:"true" of:"integer" doc:"how many there must be; default at least one"`

	Node *strict.Node `json:"-"`
}
