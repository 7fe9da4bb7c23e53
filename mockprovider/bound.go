package mockprovider

import (
	"fmt"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
)

const (
	mostJournals = 40 << 20 // bytes of all journals of a host
	mostRecords  = 40 << 20 // and of its codes, tokens, sessions and whatever else requests leave behind
)

// bounds are what the issuers of a host share, so that no number of them and of
// requests grows the process without end.
type bounds struct {
	journals *budget.Pool
	records  *budget.Pool
	notices  *notices
}

func newBounds(logf func(format string, args ...any)) bounds {
	n := &notices{logf: logf}
	full := func(kind string, most int) func() {
		return func() {
			n.noticeOnce(kind, fmt.Sprintf("the %s of all issuers together are bounded to %d MB: the oldest entries are dropped", kind, most>>20))
		}
	}
	return bounds{
		journals: budget.New(mostJournals, full("journals", mostJournals)),
		records:  budget.New(mostRecords, full("records", mostRecords)),
		notices:  n,
	}
}

// join lets the pools weigh an issuer.
func (b *bounds) join(p *Provider) {
	p.leavePool = p.Journal().Bound(b.journals, func() {
		b.notices.noticeOnce("journal", "a journal is bounded in bytes: its oldest exchanges are dropped")
	})
	b.records.Join(leftovers{p})
}

// removeIssuer takes an issuer that is dropped out of the pools.
func (b *bounds) removeIssuer(p *Provider) {
	p.leavePool()
	b.records.Leave(leftovers{p})
}

// leftovers are what requests have left behind in the current state of an issuer:
// after a Reset it is another.
type leftovers struct{ provider *Provider }

func (l leftovers) Weight() int    { return l.provider.issuer().Store.Weight() }
func (l leftovers) Shed(bytes int) { l.provider.issuer().Store.Shed(bytes) }
