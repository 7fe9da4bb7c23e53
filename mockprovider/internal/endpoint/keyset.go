package endpoint

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// jwks answers with the published keys (RFC 7517 section 5).
func (i *Issuer) jwks(*pipeline.Request) pipeline.Answer {
	// The keys of the algorithms in use are there before they first sign.
	algs := i.algorithms()
	if err := i.Keys.Prepare(algs...); err != nil {
		return pipeline.Refuse("server_error", err.Error())
	}
	return &keySet{i, algs}
}

// algorithms returns those in use, in alphabetical order.
func (i *Issuer) algorithms() []protocol.Algorithm {
	p, clients := i.Persona(), i.Store.Clients()
	algs := make([]protocol.Algorithm, 0, 2+2*len(clients))
	use := func(further ...protocol.Algorithm) {
		for _, alg := range further {
			if alg != "" {
				algs = append(algs, alg)
			}
		}
	}
	use(capability.IDTokenAlg(p))
	isJWT := p.AccessToken.Format == "jwt"
	for _, s := range p.Scopes {
		use(s.AccessToken.SigningAlg, s.IDToken.SigningAlg)
		isJWT = isJWT || s.AccessToken.Format == "jwt"
	}
	for _, c := range clients {
		use(c.IDTokenAlg, c.UserinfoAlg, c.AccessToken.SigningAlg, c.IDToken.SigningAlg)
		isJWT = isJWT || c.AccessToken.Format == "jwt"
	}
	for _, u := range i.Store.Users() {
		use(u.AccessToken.SigningAlg, u.IDToken.SigningAlg)
		isJWT = isJWT || u.AccessToken.Format == "jwt"
	}
	if isJWT {
		use(p.AccessToken.SigningAlg)
	}
	slices.Sort(algs)
	return slices.Compact(algs)
}

// keySet is the published keys of algorithms, and those that faults have tokens
// signed with.
type keySet struct {
	issuer *Issuer
	algs   []protocol.Algorithm
}

func (k *keySet) Write(r *pipeline.Request) {
	i := k.issuer
	var changed *pipeline.Document
	foreign, err := k.faultKeys(i)
	if err != nil {
		pipeline.Refuse("server_error", err.Error()).Write(r)
		return
	}
	certified, err := i.certified(r)
	if err != nil {
		pipeline.Refuse("server_error", err.Error()).Write(r)
		return
	}
	if len(foreign) > 0 {
		changed = i.keyDocument(foreign, certified)
	}
	r.Falsify(protocol.KeySet, func(t *fault.Tamper) {
		if changed == nil {
			changed = i.keyDocument(nil, certified)
		}
		effect.FalsifyDocument(t, changed.Members, nil, i.Clock.Now())
	})
	if changed != nil {
		changed.Write(r)
		return
	}
	r.RecordResponse(map[string]any{"keys": strconv.Itoa(len(i.Keys.Published())) + " published"})
	(&pipeline.Raw{Status: http.StatusOK, ContentType: "application/jwk-set+json", CacheControl: i.keysMaxAge(), Body: i.keysBody(certified)}).Write(r)
}

// keysBody returns the key set, whose keys have certificates where a persona has it so.
func (i *Issuer) keysBody(certified []jose.JSONWebKey) []byte {
	if body, err := json.Marshal(jose.JSONWebKeySet{Keys: certified}); err == nil && certified != nil {
		return body
	}
	return i.Keys.JWKS()
}

// certified returns the published keys with their certificates, nil where the persona
// publishes none.
func (i *Issuer) certified(r *pipeline.Request) ([]jose.JSONWebKey, error) {
	set := i.Grants.Dialect().Rules().KeySet
	if len(set.Certificate) == 0 {
		return nil, nil
	}
	at := i.Grants.At(r.Context())
	subject := set.Subject.Text(template.Values{"base": at.Address, "path": at.Path})
	return i.Keys.Certified(subject, set.Certificate)
}

func (i *Issuer) keysMaxAge() string {
	return "max-age=" + strconv.FormatInt(int64(i.Persona().JWKS.MaxAge.D()/time.Second), 10)
}

// keysAnswer answers with the published keys in another form than a JWK Set.
func keysAnswer(i *Issuer, keys any) pipeline.Answer {
	body, err := json.Marshal(keys)
	if err != nil {
		return pipeline.NotMarshalled(err)
	}
	return &pipeline.Raw{Status: http.StatusOK, ContentType: "application/json; charset=UTF-8", CacheControl: "public, " + i.keysMaxAge(), Body: body, Response: map[string]any{"keys": strconv.Itoa(len(i.Keys.Published())) + " published"}}
}

// faultKeys returns the keys that faults have tokens signed with, and that are
// published with the issuer's own.
func (k *keySet) faultKeys(i *Issuer) (out []any, err error) {
	for _, kind := range record.SigningKeys(i.Faults) {
		for _, alg := range k.algs {
			_, members, err := i.Keys.Rogue(kind, alg)
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// keyDocument is the key set as a document, with foreign keys first.
func (i *Issuer) keyDocument(foreign []any, certified []jose.JSONWebKey) *pipeline.Document {
	for _, jwk := range certified {
		foreign = append(foreign, jwk)
	}
	if certified == nil {
		for _, key := range i.Keys.Published() {
			foreign = append(foreign, key.JWK())
		}
	}
	return pipeline.NewDocument("", map[string]any{"keys": append([]any{}, foreign...)})
}

// addPublicKey adds the key that ID tokens are signed with: its SubjectPublicKeyInfo in
// base64 (RFC 5280 section 4.1).
func (i *Issuer) addPublicKey(v template.Values) *pipeline.Error {
	k, err := i.Keys.Active(i.Persona().IDToken.SigningAlg)
	if err != nil {
		return pipeline.Refuse("server_error", err.Error())
	}
	block, _ := pem.Decode(k.PublicPEM())
	if block != nil { // of a key that has no public one
		v["public_key"] = base64.StdEncoding.EncodeToString(block.Bytes)
	}
	return nil
}

// canary is an address that no client has business at: whoever asks here was
// led by something it should not have followed. The key set is the attacker's.
func (i *Issuer) canary(r *pipeline.Request) pipeline.Answer {
	r.Exchange.Note("no app has business at this address: the request follows an address that must not be trusted")
	if r.PathValue("rest") != "jwks" {
		return &pipeline.Raw{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8", Body: []byte("A canary of authdrill.\n")}
	}
	keys := []any{}
	for _, alg := range i.algorithms() {
		keys = append(keys, i.Keys.Foreign(alg).JWK())
	}
	return pipeline.NewDocument("", map[string]any{"keys": keys})
}
