package fault

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
)

// Respond is an answer given instead of the provider's own.
type Respond struct {
	Status  int               `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default 200"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"response headers"`
	JSON    any               `json:"json,omitempty" vocab:"any" oneof:"body,optional" doc:"body as JSON"`
	Body    *string           `json:"body,omitempty" oneof:"body,optional" doc:"body as text"`

	Nest          int      `json:"nest,omitempty" min:"1" max:"10000000" oneof:"body,optional" doc:"body of so many JSON lists, one within the other"`
	Pad           int      `json:"pad,omitempty" min:"1" max:"1073741824" doc:"spaces behind the body, so many bytes"`
	Encode        Encoding `json:"encode,omitempty" doc:"the body in this encoding; bom: UTF-8 with a byte order mark; gzip_lie: said to be compressed, and not"`
	ContentLength *int     `json:"content_length,omitempty" min:"0" doc:"what the answer says of its length, where that is not true"`
	HeaderPad     int      `json:"header_pad,omitempty" min:"1" max:"1048576" doc:"a further header of so many bytes"`
}

func (r *Respond) describe() string {
	return fmt.Sprintf("respond %d", cmp.Or(r.Status, http.StatusOK))
}

func (r *Respond) check(*Fault) error {
	if r.JSON != nil && r.Body != nil {
		return errors.New("respond has one body: keep either json or body")
	}
	return nil
}
