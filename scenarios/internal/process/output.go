package process

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

// Write never fails: the app must not be blocked by a reader of its output.
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

// String returns what was kept, in whole lines: a partial first line could have the
// end of a secret, which would not be recognised.
func (o *Output) String() string {
	text := o.Since(0)
	if _, rest, found := strings.Cut(text, "\n"); found && int64(len(text)) < o.Mark() {
		return rest
	}
	return text
}

// Mark returns where the output ends now.
func (o *Output) Mark() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total
}

// Since returns what was written after a mark, as far as it was kept.
func (o *Output) Since(mark int64) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := min(o.total-mark, int64(len(o.kept)))
	return string(o.kept[int64(len(o.kept))-fresh:])
}
