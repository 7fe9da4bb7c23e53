package keys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// Random gives an issuer its unguessable values. With a seed they follow from
// the seed and the issuer's name, so that a run can be repeated byte for byte;
// without, they come from the machine. Safe for parallel use.
type Random struct {
	mu     sync.Mutex
	stream *mathrand.ChaCha8 // nil: the machine's randomness
}

// NewRandom returns the randomness of the issuer called name.
func NewRandom(seed *uint64, name string) *Random {
	if seed == nil {
		return &Random{}
	}
	return &Random{stream: mathrand.NewChaCha8(derive(*seed, "random", name, 0))}
}

// derive makes 32 bytes from a seed, for one purpose of one issuer.
func derive(seed uint64, purpose, name string, index int) [32]byte {
	h := sha256.New()
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], seed)
	binary.BigEndian.PutUint64(n[8:], uint64(index))
	h.Write(n[:])
	h.Write([]byte(purpose + "\x00" + name))
	return [32]byte(h.Sum(nil))
}

// Token returns n bytes of randomness in base64url without padding.
func (r *Random) Token(n int) string {
	var raw [64]byte
	b := raw[:min(n, len(raw))]
	_, _ = r.Read(b) // neither source fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// Read fills b.
func (r *Random) Read(b []byte) (int, error) {
	if r.stream == nil {
		return rand.Read(b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stream.Read(b)
}

// Reader returns r as a reader.
func (r *Random) Reader() io.Reader { return r }
