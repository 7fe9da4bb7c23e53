package budget

import (
	"sync"
	"testing"
)

// shelf keeps entries of one byte.
type shelf struct {
	mu   sync.Mutex
	kept int
}

func (s *shelf) Weight() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept
}

func (s *shelf) Shed(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = max(0, s.kept-bytes)
}

func (s *shelf) put(p *Pool, bytes int) {
	s.mu.Lock()
	s.kept += bytes
	s.mu.Unlock()
	p.Add(bytes)
}

func TestHeaviestSheds(t *testing.T) {
	said := 0
	p := New(1000, func() { said++ })
	small, large := &shelf{}, &shelf{}
	p.Join(small)
	p.Join(large)
	small.put(p, 100)
	for range 10_000 {
		large.put(p, 1)
	}
	if small.kept != 100 || large.kept > 900 || large.kept < 700 || said == 0 {
		t.Errorf("%d and %d are kept, told %d times", small.kept, large.kept, said)
	}
	p.Leave(large)
	small.put(p, 900)
	if small.kept != 1000 && small.kept > 875 {
		t.Errorf("%d are kept", small.kept)
	}
}

func TestPoolInParallel(t *testing.T) {
	p := New(10_000, func() {})
	var wg sync.WaitGroup
	shelves := make([]*shelf, 16)
	for n := range shelves {
		s := &shelf{}
		shelves[n] = s
		p.Join(s)
		wg.Go(func() {
			for range 5000 {
				s.put(p, 3)
			}
		})
	}
	wg.Wait()
	p.Add(0)
	sum := 0
	for _, s := range shelves {
		sum += s.kept
	}
	if sum > 10_000+16*3 {
		t.Errorf("%d bytes are kept", sum)
	}
}

func TestNoPool(_ *testing.T) {
	var p *Pool
	p.Join(&shelf{})
	p.Add(1 << 30)
	p.Leave(&shelf{})
}
