package endpoint

import (
	"net/http"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// mostParameters is how many values a form or a query may have: each costs many
// times its two bytes.
const mostParameters = 256

// Weight is how many bytes an issuer keeps of what requests have left behind.
func (i *Issuer) Weight() int {
	n := 0
	for _, s := range i.shelves() {
		n += s.Weight()
	}
	return n
}

// Shed forgets the oldest of the heaviest kinds.
func (i *Issuer) Shed(bytes int) { budget.ShedHeaviest(i.shelves(), bytes) }

func (i *Issuer) shelves() []budget.Member {
	return slices.Concat(i.Store.Shelves(), []budget.Member{
		store.Shelf(&i.pending, func(_ string, p *pending) int { return pendingCost + store.ValuesBytes(p.params) }),
		store.Shelf(&i.registrations, func(_ string, id string) int { return len(id) }),
	})
}

const (
	pendingCost = 512 // of a request that waits, besides its parameters
	leavings    = 512 // of any request: a token, a session
)

// count tells the pool what a request may leave behind, at the most.
func (i *Issuer) count(r *http.Request) {
	sent := len(r.URL.RawQuery)
	if r.ContentLength != 0 {
		sent += int(min(uint64(r.ContentLength), maxBody)) //nolint:gosec // an unknown length, -1, counts as the longest
	}
	if sent > 0 {
		i.Records.Add(leavings + sent + store.ValuesBytes(r.Form))
	}
}
