package target

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// Output keeps the end of what is written to it, and passes it on.
type Output struct {
	Limit int       // bytes kept
	To    io.Writer // gets it too; may be nil

	mu    sync.Mutex
	kept  []byte
	total int64
}

// Write never fails: who writes must not be held up by who reads along.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.total += int64(len(p))
	o.kept = append(o.kept, p...)
	if over := len(o.kept) - o.Limit; over > 0 {
		o.kept = bytes.Clone(o.kept[over:])
	}
	if o.To != nil {
		_, _ = o.To.Write(p)
	}
	return len(p), nil
}

// String is what was kept, in whole lines: the first one may lack the beginning
// of a secret, by which it would be known.
func (o *Output) String() string {
	text := o.Since(0)
	if _, rest, found := strings.Cut(text, "\n"); found && int64(len(text)) < o.Mark() {
		return rest
	}
	return text
}

// Mark is where the output ends now.
func (o *Output) Mark() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total
}

// Since is what was kept of what was written after a mark.
func (o *Output) Since(mark int64) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := min(o.total-mark, int64(len(o.kept)))
	return string(o.kept[int64(len(o.kept))-fresh:])
}
