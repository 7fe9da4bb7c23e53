package keys

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

func ring(name string, every time.Duration) (*Ring, *clock.Clock) {
	seed := uint64(7)
	c := clock.Frozen(clock.Epoch())
	return NewRing(Options{Clock: c, Name: name, Seed: &seed, RotateEvery: func() time.Duration { return every }}), c
}

func published(t *testing.T, r *Ring) (kids []string) {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(r.JWKS(), &set); err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Keys {
		if !k.Valid() || !k.IsPublic() || k.Use != "sig" {
			t.Errorf("not a public signing key: %+v", k)
		}
		kids = append(kids, k.KeyID)
	}
	return kids
}

func TestEveryAlgorithmVerifiesWithAnotherLibrary(t *testing.T) {
	r, _ := ring("a", 0)
	for _, alg := range Algorithms() {
		k, err := r.Active(alg)
		if err != nil {
			t.Fatal(err)
		}
		input := []byte("eyJhbGciOiI" + alg) // any text: go-jose is given header, payload and signature apart below
		sig, err := k.Sign(input)
		if err != nil || Verify(k, input, sig) != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		sig[3] ^= 1
		if Verify(k, input, sig) == nil {
			t.Errorf("%s: a broken signature verifies", alg)
		}
		token := compact(t, k, alg)
		parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parsed.Verify(k.Public()); err != nil {
			t.Errorf("%s: go-jose: %v", alg, err)
		}
		if foreign := r.Foreign(alg); foreign.Kid == k.Kid {
			t.Errorf("%s: the foreign key is the active one", alg)
		} else if _, err := parsed.Verify(foreign.Public()); err == nil {
			t.Errorf("%s: the foreign key verifies", alg)
		}
	}
	if len(published(t, r)) != len(Algorithms()) {
		t.Error("foreign keys are published")
	}
	if _, err := r.Active("HS256"); err == nil {
		t.Error("HS256 is no algorithm of a ring")
	}
}

func compact(t *testing.T, k *Key, alg protocol.Algorithm) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	header, _ := json.Marshal(map[string]any{"alg": alg, "kid": k.Kid})
	input := encode(header) + "." + encode([]byte(`{"sub":"alice"}`))
	sig, err := k.Sign([]byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + encode(sig)
}

func TestKeysFollowTheSeedAndTheName(t *testing.T) {
	kid := func(name string, alg protocol.Algorithm) string {
		r, _ := ring(name, 0)
		k, err := r.Active(alg)
		if err != nil {
			t.Fatal(err)
		}
		return k.Kid
	}
	for _, alg := range Algorithms() {
		if first, again := kid("a", alg), kid("a", alg); first != again || first == kid("b", alg) {
			t.Errorf("%s: kids must follow the name", alg)
		}
	}
	seed := uint64(7)
	first, again := NewRandom(&seed, "a").Token(20), NewRandom(&seed, "a").Token(20)
	if first != again || first == NewRandom(&seed, "b").Token(20) {
		t.Error("tokens must follow the seed and the name")
	}
	first, again = NewRandom(nil, "a").Token(20), NewRandom(nil, "a").Token(20)
	if first == again {
		t.Error("without a seed tokens repeat")
	}
}

func TestRotationPlans(t *testing.T) {
	for plan, want := range map[protocol.KeyPlan][2]bool{protocol.KeysOverlap: {true, true}, protocol.KeysImmediately: {false, true}, protocol.KeysPublishLate: {true, false}} {
		r, _ := ring("a", 0)
		old, _ := r.Active("ES256")
		kids, err := r.Rotate("", plan)
		if err != nil || len(kids) != 1 {
			t.Fatal(kids, err)
		}
		got := published(t, r)
		if slices.Contains(got, old.Kid) != want[0] || slices.Contains(got, kids[0]) != want[1] {
			t.Errorf("%s: published %v, old %s, new %s", plan, got, old.Kid, kids[0])
		}
		if active, _ := r.Active("ES256"); active.Kid != kids[0] {
			t.Errorf("%s: the new key does not sign", plan)
		}
		if previous, err := r.Previous("ES256"); err != nil || previous.Kid != old.Kid {
			t.Errorf("%s: the previous key is %v %v", plan, previous, err)
		}
		if _, ok := r.ByKid(old.Kid); !ok {
			t.Errorf("%s: the old key is forgotten", plan)
		}
		r.Publish()
		if !slices.Contains(published(t, r), kids[0]) {
			t.Errorf("%s: not published", plan)
		}
	}
	r, _ := ring("a", 0)
	if _, err := r.Previous("ES256"); err == nil {
		t.Error("a key before the first one")
	}
	if _, err := r.Rotate("", "sideways"); err == nil {
		t.Error("an unknown plan")
	}
}

// TestKidsNeverComeBack: a client that kept a key set of long ago does not find a new key
// in it.
func TestKidsNeverComeBack(t *testing.T) {
	r, _ := ring("a", 0)
	seen := map[string]bool{}
	for range 3 * poolTurns {
		k, err := r.Active("RS256")
		if err != nil {
			t.Fatal(err)
		}
		if seen[k.Kid] {
			t.Fatalf("the kid %s comes back after %d rotations", k.Kid, len(seen))
		}
		seen[k.Kid] = true
		if _, err := r.Rotate("RS256", protocol.KeysImmediately); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRotationByTheClock(t *testing.T) {
	r, c := ring("a", 24*time.Hour)
	first, _ := r.Active("ES256")
	c.Advance(24*time.Hour - 1)
	if k, _ := r.Active("ES256"); k != first {
		t.Error("rotated early")
	}
	c.Advance(1)
	if got := published(t, r); len(got) != 2 || got[1] != first.Kid {
		t.Errorf("published %v", got)
	}
}

func TestParallelUse(t *testing.T) {
	r, _ := ring("a", 0)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				_, _ = r.Active("ES256")
				_, _ = r.Rotate("", protocol.KeysOverlap)
				r.JWKS()
			}
		})
	}
	wg.Wait()
}

func BenchmarkSign(b *testing.B) {
	r, _ := ring("a", 0)
	for _, alg := range Algorithms() {
		b.Run(string(alg), func(b *testing.B) {
			k, err := r.Active(alg)
			if err != nil {
				b.Fatal(err)
			}
			input := make([]byte, 600)
			for b.Loop() {
				if _, err := k.Sign(input); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewES256(b *testing.B) {
	for b.Loop() {
		r, _ := ring("a", 0)
		if _, err := r.Active("ES256"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstRS256(b *testing.B) {
	for b.Loop() {
		r, _ := ring("a", 0)
		if _, err := r.Active("RS256"); err != nil {
			b.Fatal(err)
		}
	}
}
