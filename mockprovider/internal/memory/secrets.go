package memory

import (
	"crypto/sha256"
	"time"
)

// Secrets is a table of codes or tokens. It knows each only by a digest: who
// reads the memory finds no token in it, and a token of any length takes the
// same few bytes, without a pointer for the garbage collector to follow. The
// zero Secrets is empty and ready; it is safe for parallel use.
type Secrets[V any] struct{ table Table[digest, V] }

// digest is the half of a SHA-256: 128 bits, as hard to guess as a token has to
// be (RFC 6749 section 10.10).
type digest [sha256.Size / 2]byte

func digestOf(secret string) digest {
	sum := sha256.Sum256([]byte(secret))
	return digest(sum[:])
}

// Put keeps what a secret is for until forgotten.
func (s *Secrets[V]) Put(secret string, value V, forgotten time.Time) {
	s.table.Put(digestOf(secret), value, forgotten)
}

// Look calls look with what a secret is for, as Table.Look.
func (s *Secrets[V]) Look(secret string, now time.Time, look func(*V)) bool {
	return s.table.Look(digestOf(secret), now, look)
}

// PutNew is Put unless the secret is known already, as Table.PutNew.
func (s *Secrets[V]) PutNew(secret string, value V, forgotten, now time.Time) bool {
	return s.table.PutNew(digestOf(secret), value, forgotten, now)
}

// Delete forgets a secret.
func (s *Secrets[V]) Delete(secret string) { s.table.Delete(digestOf(secret)) }

// Each visits everything, as Table.Each does.
func (s *Secrets[V]) Each(visit func(*V)) { s.table.Each(visit) }

// Len returns how many secrets are known.
func (s *Secrets[V]) Len() int { return s.table.Len() }

// Sweep forgets what is due, as Table.Sweep does.
func (s *Secrets[V]) Sweep(now time.Time) int { return s.table.Sweep(now) }
