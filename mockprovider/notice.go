package mockprovider

import "sync"

// notices are the lines that tell the operator of bounds that were reached: one of
// each kind, however often that happens.
type notices struct {
	logf func(format string, args ...any) // nil says nothing

	mu   sync.Mutex
	said map[string]bool
}

func (n *notices) noticeOnce(kind, text string) {
	n.mu.Lock()
	first := !n.said[kind]
	if first {
		if n.said == nil {
			n.said = map[string]bool{}
		}
		n.said[kind] = true
	}
	n.mu.Unlock()
	if first && n.logf != nil {
		n.logf("%s", text)
	}
}
