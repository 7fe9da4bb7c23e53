package endpoint

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// jwks answers with the published keys (RFC 7517 section 5).
func (i *Issuer) jwks(*request) answer {
	// The keys of the algorithms in use are there before they first sign.
	algs := map[protocol.Algorithm]bool{i.Persona().IDToken.SigningAlg: true}
	if at := i.Persona().AccessToken; at.Format == "jwt" {
		algs[at.SigningAlg] = true
	}
	for _, c := range i.Store.Clients() {
		algs[c.IDTokenAlg], algs[c.UserinfoAlg] = true, true
	}
	delete(algs, "")
	if err := i.Keys.Prepare(slices.Sorted(maps.Keys(algs))...); err != nil {
		return refuse("server_error", err.Error())
	}
	return &keySet{algs: algs}
}

// keySet is the published keys of algorithms, and those that faults have tokens
// signed with.
type keySet struct{ algs map[protocol.Algorithm]bool }

func (k *keySet) write(r *request) {
	i := r.issuer
	var changed *document
	foreign, err := k.foreign(i)
	if err != nil {
		refuse("server_error", err.Error()).write(r)
		return
	}
	if len(foreign) > 0 {
		changed = i.keyDocument(foreign)
	}
	r.falsify(protocol.KeySet, func(t *fault.Tamper) {
		if changed == nil {
			changed = i.keyDocument(nil)
		}
		t.FalsifyDocument(changed.members, nil, i.Clock.Now())
	})
	if changed != nil {
		changed.write(r)
		return
	}
	(&raw{
		http.StatusOK, "application/jwk-set+json", "max-age=" + strconv.FormatInt(i.Persona().JWKS.MaxAge.Seconds(), 10), i.Keys.JWKS(),
		map[string]any{"keys": fmt.Sprintf("%d published", len(i.Keys.Published()))},
	}).write(r)
}

// foreign returns the keys that faults have tokens signed with, and that are
// published with the issuer's own.
func (k *keySet) foreign(i *Issuer) (out []any, err error) {
	for _, kind := range record.SigningKeys(i.Faults) {
		for alg := range k.algs {
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
func (i *Issuer) keyDocument(foreign []any) *document {
	for _, key := range i.Keys.Published() {
		foreign = append(foreign, key.JWK())
	}
	return newDocument("", map[string]any{"keys": append([]any{}, foreign...)})
}

// canary is an address that no client has business at: whoever asks here was
// led by something it should not have followed. The key set is the attacker's.
func (i *Issuer) canary(r *request) answer {
	r.x.Note("nobody has business at this address: whoever asks here has followed what it should not have")
	if r.PathValue("rest") != "jwks" {
		return &raw{status: http.StatusOK, contentType: "text/plain; charset=utf-8", body: []byte("A canary of authdrill.\n")}
	}
	return newDocument("", map[string]any{"keys": []any{i.Keys.Foreign("RS256").JWK(), i.Keys.Foreign("ES256").JWK()}})
}
