package dialectfile

import (
	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Call is an operation of an API in JSON whose requests all go to one URL. It does
// what an endpoint does, whose form is made of the members of the request, and has
// the members of its answer in an arrangement of its own.
type Call struct {
	URLs     []string                 `json:"urls" required:"true" single:"true" doc:"its URLs at the real provider"`
	When     []template.Condition     `json:"when" required:"true" doc:"it is this operation where one of these holds of the request's header, with names in small letters, and body"`
	Endpoint protocol.Endpoint        `json:"endpoint" required:"true" enum:"token_endpoint,revocation_endpoint" doc:"the endpoint that does the work, in the journal and for faults too"`
	Form     map[string]template.Tree `json:"form" required:"true" vocab:"oauth-param" doc:"parameters for it, made of ${body.name}"`

	ContentType string                     `json:"content_type,omitempty" doc:"of the answer; default application/json"`
	Answer      template.Tree              `json:"answer,omitzero" doc:"the answer, made of the members of the endpoint's; by default it has no body"`
	Shape       Shape                      `json:"error_shape,omitzero" doc:"what its error answers look like; default those of the endpoint"`
	Errors      map[protocol.Cause]Refusal `json:"errors,omitempty" doc:"what its failures are answered with, by their cause"`
}

// AtCall is the dialect as a call speaks it, in its errors.
func (d *Dialect) AtCall(c *Call) *Dialect {
	own := overlay.Of(*d, Dialect{Errors: c.Errors, Shapes: Shapes{OAuth: c.Shape}})
	return &own
}
