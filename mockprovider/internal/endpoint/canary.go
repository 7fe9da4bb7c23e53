package endpoint

import (
	"net/http"
)

// canary is an address that no client has business at: whoever asks here was
// led by something it should not have followed. The key set is the attacker's.
func (i *Issuer) canary(r *request) answer {
	r.x.Note("nobody has business at this address: whoever asks here has followed what it should not have")
	if r.PathValue("rest") != "jwks" {
		return &raw{status: http.StatusOK, contentType: "text/plain; charset=utf-8", body: []byte("A canary of authdrill.\n")}
	}
	return newDocument("", map[string]any{"keys": []any{i.Keys.Foreign("RS256").JWK(), i.Keys.Foreign("ES256").JWK()}})
}
