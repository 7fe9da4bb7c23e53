// Package journal records every HTTP exchange of an issuer, in order: the endpoint by
// its RFC 8414 name, the sign-in it belongs to, each decision of the provider, and the
// fault that changed the answer. Reports, verify steps, the console and the control
// API read it; no other log exists. Begin with Journal and Entry.
package journal

import (
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Entry is one exchange. Times are of the issuer's clock.
type Entry struct {
	Seq      int64          `json:"seq"`
	Time     time.Time      `json:"time"`
	Duration clock.Duration `json:"duration"`

	Endpoint protocol.Endpoint `json:"endpoint"`        // RFC 8414 name, discovery, resource, sign_in …
	Login    string            `json:"login,omitempty"` // the sign-in it belongs to, bound by state, code or token
	ClientID string            `json:"client_id,omitempty"`
	Subject  string            `json:"sub,omitempty"`

	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Params  url.Values        `json:"params,omitempty"` // query and form parameters
	Headers map[string]string `json:"headers,omitempty"`

	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers,omitempty"`
	Response        map[string]any    `json:"response,omitempty"` // members of a JSON body, or parameters of a redirect

	Decisions []Decision     `json:"decisions,omitempty"`
	Events    []Event        `json:"events,omitempty"`
	Faults    []Applied      `json:"faults,omitempty"`
	Lax       []string       `json:"lax,omitempty"`   // rules that were not enforced and would have refused
	Notes     []string       `json:"notes,omitempty"` // what a careful client would do otherwise
	Error     string         `json:"error,omitempty"` // the truthful error code, also where a fault hid it
	Cause     protocol.Cause `json:"cause,omitempty"` // why it was refused, as finely as the provider knows: token.code_used

	weight int // bytes that it takes, once it is kept
}

// Decision is one check of the provider's decision trace.
type Decision struct {
	Check  string `json:"check"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail,omitempty"`
	Spec   string `json:"spec,omitempty"`
}

// Event is something that happened beyond the exchange itself, such as
// refresh_token.reuse_detected.
type Event struct {
	Name  protocol.Event    `json:"event"`
	Attrs map[string]string `json:"attrs,omitempty"`
}

// Applied is a fault that struck.
type Applied struct {
	ID   string `json:"id"`
	What string `json:"what"`
}
