package persona

import (
	"crypto"
	"errors"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// MaxKeyFile is how many bytes a file with keys may have.
const MaxKeyFile = 64 << 10

// SigningKey is a key of one's own. What it says of kid, alg and use is that of its
// JWK (RFC 7517 section 4).
type SigningKey struct {
	File string             `json:"file,omitempty" doc:"file with the private key: PEM (PKCS #8, PKCS #1, SEC 1), a JWK or a JWK Set; relative to the file that names it, and below its folder"`
	Kid  string             `json:"kid,omitempty" doc:"key identifier; default that of the JWK, else its thumbprint (RFC 7638)"`
	Alg  protocol.Algorithm `json:"alg,omitempty" enum:"@signing" doc:"algorithm it signs with; default that of the JWK, else the provider's where the key fits, else RS256, ES256, ES384, ES512 or EdDSA by its type"`
	Use  string             `json:"use,omitempty" enum:"sig,enc" doc:"sig; or enc, for a key that is only published"`

	private crypto.Signer // the key itself, in place of a file: NewSigningKey
	read    []*keys.Key   // once it was read
}

// NewSigningKey returns a key that is at hand in Go: an RSA, EC or Ed25519 key. kid
// and alg may be empty, as in a file.
func NewSigningKey(private crypto.Signer, kid string, alg protocol.Algorithm) SigningKey {
	return SigningKey{Kid: kid, Alg: alg, private: private}
}

// Check finds a key without a file, which only Go can have.
func (k *SigningKey) Check() error {
	if k.File == "" && k.private == nil {
		return strict.Member("file", errors.New("missing: name a file with a private key, such as key.pem"))
	}
	return nil
}

// keyProblem is what is wrong with one of the keys of a provider, and what to do
// about it.
type keyProblem struct {
	index           int    // of the key
	member          string // file, kid or alg
	message, remedy string
}

// Error has the path of the member.
func (k *keyProblem) Error() string {
	return fmt.Sprintf("keys[%d].%s: %s; %s", k.index, k.member, k.message, k.remedy)
}

// ProblemAt returns the problem at its place in provider settings.
func (k *keyProblem) ProblemAt(provider *strict.Node) strict.Problem {
	at := provider.Find(fmt.Sprintf("keys.%d", k.index))
	if member := at.Get(k.member); member != nil {
		at = member
	}
	return at.Problem(strict.Value, k.remedy, "%s", k.message)
}

// ReadKeys reads the keys that p names, with read for the files, and has the tokens
// signed with the first that can where p names no algorithm for them. The error joins one
// for each key that cannot be read, which strict.ProblemsAt puts at its place.
func (p *Persona) ReadKeys(read func(file string) ([]byte, error)) error {
	p.Keys = slices.Clone(p.Keys)
	kids := map[string]bool{}
	var problems []error
	for n := range p.Keys {
		k := &p.Keys[n]
		if len(k.read) > 0 {
			continue
		}
		member, err := k.load(read, p.IDToken.SigningAlg, p.AccessToken.SigningAlg)
		if err != nil {
			problems = append(problems, newKeyProblem(n, member, err))
			continue
		}
		for _, one := range k.read {
			if kids[one.Kid] {
				problems = append(problems, &keyProblem{n, "kid", fmt.Sprintf("another key has the kid %q", one.Kid), "give each key a kid of its own"})
			}
			kids[one.Kid] = true
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	p.signWithOwn()
	return nil
}

func newKeyProblem(n int, member string, err error) *keyProblem {
	var unfit *keys.Unfit
	if errors.As(err, &unfit) {
		return &keyProblem{n, member, unfit.Why, unfit.Remedy}
	}
	return &keyProblem{n, member, err.Error(), "name a file with a private key below the folder of the file that names it"}
}

// load makes the keys. The member is what an error is about.
func (k *SigningKey) load(read func(string) ([]byte, error), preferred ...protocol.Algorithm) (member string, err error) {
	own := []*keys.Own{{Private: k.private}}
	if k.private == nil {
		text, err := read(k.File)
		if err != nil {
			return "file", err
		}
		if own, err = keys.Read(text); err != nil {
			return "file", err
		}
	}
	if len(own) > 1 && k.Kid != "" {
		return "kid", &keys.Unfit{Why: fmt.Sprintf("the file has %d keys, and one kid is given", len(own)), Remedy: "leave kid out, or name a file with one key"}
	}
	var out []*keys.Key
	for _, o := range own {
		o.Kid = firstText(k.Kid, o.Kid)
		o.Alg = protocol.Algorithm(firstText(string(k.Alg), string(o.Alg)))
		o.Use = firstText(k.Use, o.Use)
		made, err := o.Key(preferred...)
		if err != nil {
			if k.Alg != "" {
				return "alg", err
			}
			return "file", err
		}
		out = append(out, made)
	}
	k.read = out
	return "", nil
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// signWithOwn has the tokens signed with the first key of one's own that signs,
// where p names no algorithm for them.
func (p *Persona) signWithOwn() {
	for _, k := range p.OwnKeys() {
		if k.Encrypts() {
			continue
		}
		if p.IDToken.SigningAlg == "" {
			p.IDToken.SigningAlg = k.Alg
		}
		if p.AccessToken.SigningAlg == "" {
			p.AccessToken.SigningAlg = k.Alg
		}
		return
	}
}

// WrittenKeys returns keys as a file has them: those that only Go has are left out.
func WrittenKeys(all []SigningKey) []SigningKey {
	return slices.DeleteFunc(slices.Clone(all), func(k SigningKey) bool { return k.private != nil })
}

// OwnKeys returns the keys that were read.
func (p *Persona) OwnKeys() []*keys.Key {
	var out []*keys.Key
	for _, k := range p.Keys {
		out = append(out, k.read...)
	}
	return out
}

// UnreadKey returns the file of the first key that was not read, if there is one.
func (p *Persona) UnreadKey() (file string, ok bool) {
	for _, k := range p.Keys {
		if len(k.read) == 0 {
			return k.File, true
		}
	}
	return "", false
}
