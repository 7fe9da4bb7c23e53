package record

import (
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Faults are the faults that an issuer has armed. Each counts the requests that it
// has seen and struck: of requests at the same time no more are struck than it has
// times.
type Faults interface {
	// Add arms a fault and returns its id. An id already in use is an error.
	Add(f fault.Fault) (id string, err error)
	// Remove disarms the fault with that id and reports whether there was one.
	Remove(id string) bool
	// Clear disarms all faults.
	Clear()
	// List returns the armed faults with their counts, in the order they were added.
	List() []fault.Status
	// At returns the faults that strike a request to an endpoint, counting it:
	// delays, up to the first fault that answers. Those behind it wait for a later
	// request.
	At(endpoint protocol.Endpoint, r Parameters) []fault.Fault
	// On returns the faults that strike an artifact, counting it.
	On(artifact protocol.Artifact, r Parameters) []fault.Fault
	// Draw returns how long a delay takes, drawing from the seed if it is random.
	Draw(d *fault.Delay) time.Duration
}

// Parameters are those of a request, as a journal's exchange has them.
type Parameters interface {
	Param(name string) (value string, ok bool)
}

// SigningKeys returns the kinds of keys that armed faults have tokens signed with:
// they are published.
func SigningKeys(faults Faults) []string {
	var out []string
	for _, f := range faults.List() {
		if f.Tamper != nil && f.Tamper.SigningKey != "" {
			out = append(out, f.Tamper.SigningKey)
		}
	}
	return out
}
