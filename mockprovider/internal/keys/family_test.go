package keys

import (
	"crypto/rsa"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// TestRogueKeysOfEveryAlgorithm makes each kind of key that no client may accept
// for each algorithm: what is signed with it has the form of that algorithm.
func TestRogueKeysOfEveryAlgorithm(t *testing.T) {
	r, _ := ring("a", 0)
	for _, alg := range Algorithms() {
		active, err := r.Active(alg)
		if err != nil {
			t.Fatal(err)
		}
		_, isRSA := active.Public().(*rsa.PublicKey)
		for _, kind := range []string{"enc_use", "encrypt_ops", "other_alg", "rsa_1024", "rsa_e1", "ec_off_curve", "symmetric", "reused_kid", "duplicate_kid"} {
			if !isRSA && (kind == "rsa_1024" || kind == "rsa_e1") {
				continue
			}
			k, published, err := r.Rogue(kind, alg)
			if err != nil || len(published) == 0 {
				t.Errorf("%s for %s: %v", kind, alg, err)
				continue
			}
			if kind == "rsa_1024" && alg == protocol.PS512 {
				continue // too short for the salt (RFC 8017 section 9.1.1)
			}
			if sig, err := k.Sign([]byte("input")); err != nil || len(sig) == 0 {
				t.Errorf("%s for %s: %v", kind, alg, err)
			}
		}
	}
}

// TestUnitKeySignsItsDigest is the padded digest itself for each hash.
func TestUnitKeySignsItsDigest(t *testing.T) {
	r, _ := ring("a", 0)
	for _, alg := range []protocol.Algorithm{protocol.RS256, protocol.RS384, protocol.RS512} {
		k, _, err := r.Rogue("rsa_e1", alg)
		if err != nil {
			t.Fatal(err)
		}
		sig, err := k.Sign([]byte("input"))
		if err != nil {
			t.Fatal(err)
		}
		digest := familyOf(alg).digest([]byte("input"))
		if got := string(sig[len(sig)-len(digest):]); got != string(digest) || sig[1] != 1 {
			t.Errorf("%s: %x", alg, sig)
		}
	}
}
