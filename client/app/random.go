package app

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"sync"

	"github.com/authdrill/authdrill/client"
)

// lockedReader lets several goroutines read a source of randomness: the clients
// and the App share one.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func lockRandom(r io.Reader) io.Reader {
	if r == nil {
		return rand.Reader
	}
	return &lockedReader{r: r}
}

// Read implements io.Reader.
func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}

const tokenLength = 43 // characters

// newToken makes 32 random bytes into characters that a URL may hold.
func (a *App) newToken() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(a.cfg.Random, b); err != nil {
		return "", &client.Rejection{Check: "random", Spec: "RFC 6749 section 10.10", Want: "random bytes", Got: err.Error()}
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}
