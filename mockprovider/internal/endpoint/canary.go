package endpoint

import (
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/journal"
)

// canary is an address that no client has business at: whoever asks here was
// led by something it should not have followed. The key set is the attacker's.
func (i *Issuer) canary(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	x.Note("nobody has business at this address: whoever asks here has followed what it should not have")
	if r.PathValue("rest") != "jwks" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("A canary of authdrill.\n"))
		return
	}
	writeJSON(w, x, http.StatusOK, map[string]any{"keys": []any{i.Keys.Foreign("RS256").JWK(), i.Keys.Foreign("ES256").JWK()}})
}
