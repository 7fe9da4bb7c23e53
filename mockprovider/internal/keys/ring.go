// Package keys has the signing keys of an issuer, their rotation, the JWK Set that it
// publishes, and its source of randomness. Begin with Ring and Random.
package keys

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Options make a ring. RotateEvery is asked at each use; zero means never.
type Options struct {
	Clock       *clock.Clock
	Random      *Random
	Name        string
	Seed        *uint64
	RandomKeys  bool // fresh RSA keys instead of those of the pool
	RotateEvery func() time.Duration
	Own         func() []*Key // keys that somebody brings, asked at each use
}

// Ring is one issuer's signing keys, by algorithm. A key is made when it is
// first needed. Safe for parallel use.
type Ring struct {
	opts  Options
	maker maker

	adopted atomic.Pointer[[]*Key] // the keys of one's own that are in the lines

	mu       sync.Mutex
	enc      []*Key // that are only published
	byAlg    map[protocol.Algorithm]*line
	foreign  map[protocol.Algorithm]*Key
	rogues   map[string]*rogue
	document atomic.Pointer[[]byte]
}

// line is the keys of one algorithm, oldest first; the last one signs.
type line struct {
	keys []*entry
}

type entry struct {
	*Key
	since     time.Time
	published bool
}

// NewRing returns a ring without keys yet.
func NewRing(o Options) *Ring {
	if o.Own == nil {
		o.Own = func() []*Key { return nil }
	}
	if o.RotateEvery == nil {
		o.RotateEvery = func() time.Duration { return 0 }
	}
	return &Ring{opts: o, maker: maker{seed: o.Seed, name: o.Name, random: o.RandomKeys}}
}

// Active returns the key that signs with alg now. The error names the
// algorithms there are.
func (r *Ring) Active(alg protocol.Algorithm) (*Key, error) {
	r.adopt()
	r.mu.Lock()
	defer r.mu.Unlock()
	e, err := r.active(alg)
	if err != nil {
		return nil, err
	}
	return e.Key, nil
}

// Previous returns the key that signed with alg before the last rotation. The error
// says that there was none.
func (r *Ring) Previous(alg protocol.Algorithm) (*Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := r.line(alg).keys
	if len(keys) < 2 {
		return nil, fmt.Errorf("no key signed with %s before the one that does: rotate the keys first", alg)
	}
	return keys[len(keys)-2].Key, nil
}

// adopt takes the keys that somebody brings into the lines, where they have changed:
// the first of an algorithm signs, and those before it stay published.
func (r *Ring) adopt() {
	own := r.opts.Own()
	if last := r.adopted.Load(); len(own) == 0 && last == nil || last != nil && slices.Equal(*last, own) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enc = nil
	for _, k := range slices.Backward(own) {
		if k.enc {
			r.enc = append([]*Key{k}, r.enc...)
			continue
		}
		l := r.line(k.Alg)
		if !slices.ContainsFunc(l.keys, func(e *entry) bool { return e.Kid == k.Kid }) {
			l.keys = append(l.keys, &entry{Key: k, since: r.opts.Clock.Now(), published: true})
		}
	}
	adopted := own
	r.adopted.Store(&adopted)
	r.document.Store(nil)
}

// line returns the keys of an algorithm.
func (r *Ring) line(alg protocol.Algorithm) *line {
	l := r.byAlg[alg]
	if l == nil {
		l = &line{}
		if r.byAlg == nil {
			r.byAlg = make(map[protocol.Algorithm]*line, 1)
		}
		r.byAlg[alg] = l
	}
	return l
}

func (r *Ring) active(alg protocol.Algorithm) (*entry, error) {
	if r.byAlg[alg] == nil && !slices.Contains(Algorithms(), alg) {
		return nil, fmt.Errorf("unknown signing algorithm %q: want one of %v", alg, Algorithms())
	}
	l := r.line(alg)
	if len(l.keys) == 0 {
		if err := r.extend(alg, l, true); err != nil {
			return nil, err
		}
	}
	latest := l.keys[len(l.keys)-1]
	if every := r.opts.RotateEvery(); every > 0 && r.opts.Clock.Now().Sub(latest.since) >= every {
		if err := r.extend(alg, l, true); err != nil {
			return nil, err
		}
		latest = l.keys[len(l.keys)-1]
	}
	return latest, nil
}

func (r *Ring) extend(alg protocol.Algorithm, l *line, published bool) error {
	k, err := r.maker.key(alg, "signing", len(l.keys))
	if err != nil {
		return err
	}
	l.keys = append(l.keys, &entry{Key: k, since: r.opts.Clock.Now(), published: published})
	r.document.Store(nil)
	return nil
}

// Prepare makes the keys of these algorithms, so that they are published
// before the first token is signed.
func (r *Ring) Prepare(algs ...protocol.Algorithm) error {
	r.adopt()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, alg := range algs {
		if _, err := r.active(alg); err != nil {
			return err
		}
	}
	return nil
}

// ByKid returns any key that ever signed, also one that is not published any more.
func (r *Ring) ByKid(kid string) (*Key, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.byAlg {
		for _, e := range l.keys {
			if e.Kid == kid {
				return e.Key, true
			}
		}
	}
	return nil, false
}

// Published returns the keys of the JWK Set, the newest of an algorithm first.
func (r *Ring) Published() []*Key {
	r.adopt()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.published()
}

func (r *Ring) published() []*Key {
	var out []*Key
	for _, alg := range Algorithms() {
		l := r.byAlg[alg]
		if l == nil {
			continue
		}
		for _, e := range slices.Backward(l.keys) {
			if e.published {
				out = append(out, e.Key)
			}
		}
	}
	return append(out, r.enc...)
}

// Retire ends the overlap of all rotations: the keys that sign now are published,
// and no others, for no token that an older one signed lives any more.
func (r *Ring) Retire() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.byAlg {
		for i, e := range l.keys {
			if now := i == len(l.keys)-1; e.published != now {
				e.published = now
				r.document.Store(nil)
			}
		}
	}
}

// JWKS returns the JWK Set (RFC 7517 section 5) of what is published.
func (r *Ring) JWKS() []byte {
	r.adopt()
	if r.opts.RotateEvery() > 0 {
		r.mu.Lock()
		for alg := range r.byAlg {
			_, _ = r.active(alg) // rotates what is due; the algorithm is known
		}
		r.mu.Unlock()
	}
	if doc := r.document.Load(); doc != nil {
		return *doc
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range r.published() {
		set.Keys = append(set.Keys, k.JWK())
	}
	doc, err := json.Marshal(set)
	if err != nil {
		return []byte(`{"keys":[]}`) // cannot happen: the keys are of the types it knows
	}
	r.document.Store(&doc)
	return doc
}

// Rotate makes a new key for alg, or for every algorithm in use where alg is
// empty, and treats the old ones as plan says. It returns the kids of the new
// keys.
func (r *Ring) Rotate(alg protocol.Algorithm, plan protocol.KeyPlan) ([]string, error) {
	if plan == "" {
		plan = protocol.KeysOverlap
	}
	if known := protocol.Values[protocol.KeyPlan](""); !slices.Contains(known, string(plan)) {
		return nil, fmt.Errorf("unknown rotation plan %q: want %s", plan, strings.Join(known, ", "))
	}
	r.adopt()
	r.mu.Lock()
	defer r.mu.Unlock()
	algs := []protocol.Algorithm{alg}
	if alg == "" {
		algs = algs[:0]
		for _, a := range Algorithms() {
			if r.byAlg[a] != nil {
				algs = append(algs, a)
			}
		}
	}
	var kids []string
	for _, a := range algs {
		if _, err := r.active(a); err != nil {
			return nil, err
		}
		l := r.byAlg[a]
		for _, e := range l.keys {
			e.published = plan != protocol.KeysImmediately
		}
		if err := r.extend(a, l, plan != protocol.KeysPublishLate); err != nil {
			return nil, err
		}
		kids = append(kids, l.keys[len(l.keys)-1].Kid)
	}
	return kids, nil
}

// Publish publishes the keys that sign and are not published yet.
func (r *Ring) Publish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.byAlg {
		if n := len(l.keys); n > 0 {
			l.keys[n-1].published = true
		}
	}
	r.document.Store(nil)
}

// Foreign returns a key that is never published: with it, signatures are made
// that must not verify.
func (r *Ring) Foreign(alg protocol.Algorithm) *Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.foreign[alg]; k != nil {
		return k
	}
	k, err := r.maker.key(alg, foreign, 0)
	if err != nil {
		return nil // the caller has a key of that algorithm already
	}
	if r.foreign == nil {
		r.foreign = map[protocol.Algorithm]*Key{}
	}
	r.foreign[alg] = k
	return k
}
