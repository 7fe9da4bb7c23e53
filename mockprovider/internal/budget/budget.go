// Package budget bounds the memory that the issuers of one host use for what requests
// leave behind, in bytes, since clients can make any number of issuers and requests.
// Begin with Pool.
package budget

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Member is something that keeps entries and can forget the oldest of them. A Pool
// calls it without a lock that the member's own callers could hold.
type Member interface {
	Weight() int    // bytes that it keeps
	Shed(bytes int) // forgets the oldest entries, at least so many bytes where it has them
}

// Pool is the bound on what its members keep together. Adding to it is an addition;
// only where the sum may have passed the bound are the members asked what they
// really keep, and the heaviest forget until a slice of the pool is free again. A
// nil Pool has no bound.
type Pool struct {
	most   int64
	notice func() // called when members have to forget

	added atomic.Int64 // at least what the members keep

	mu      sync.Mutex
	members map[Member]bool
}

// New returns an empty pool of most bytes.
func New(most int, notice func()) *Pool {
	return &Pool{most: int64(most), notice: notice, members: map[Member]bool{}}
}

// Join makes m a member.
func (p *Pool) Join(m Member) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.members[m] = true
}

// Leave lets m go, with all that it keeps.
func (p *Pool) Leave(m Member) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.members, m)
}

// Add counts bytes that a member keeps from now on. The caller holds no lock of the
// member.
func (p *Pool) Add(bytes int) {
	if p != nil && p.added.Add(int64(bytes)) > p.most {
		p.settle()
	}
}

// settle weighs the members, and lets the heaviest forget while they are too heavy.
func (p *Pool) settle() {
	if !p.mu.TryLock() {
		return // another caller is at it
	}
	defer p.mu.Unlock()
	p.added.Store(0) // what is added meanwhile counts on top
	members := slices.Collect(maps.Keys(p.members))
	low := int(p.most - p.most/8)
	if sum := totalWeight(members); sum > low {
		p.notice()
		ShedHeaviest(members, sum-low)
	}
	p.added.Add(int64(totalWeight(members)))
}

func totalWeight(members []Member) int {
	sum := 0
	for _, m := range members {
		sum += m.Weight()
	}
	return sum
}

// ShedHeaviest lets the heaviest of some members forget, by halves, until so many
// bytes are gone.
func ShedHeaviest(members []Member, bytes int) {
	weights := make([]int, len(members))
	for n, m := range members {
		weights[n] = m.Weight()
	}
	for rounds := 32 + 4*len(members); bytes > 0 && rounds > 0; rounds-- {
		heaviest := 0
		for n := range weights {
			if weights[n] > weights[heaviest] {
				heaviest = n
			}
		}
		members[heaviest].Shed(max(min(bytes, weights[heaviest]/2), 1))
		left := members[heaviest].Weight()
		bytes -= weights[heaviest] - left
		weights[heaviest] = left
	}
}
