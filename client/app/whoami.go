package app

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/client"
)

// whoami describes the signed-in user as JSON: 200, or 401 for a browser without a user.
func (a *App) whoami(w http.ResponseWriter, r *http.Request) {
	out := map[string]any{"signed_in": false}
	status := http.StatusUnauthorized
	if v, _ := a.visitor(r); v != nil {
		v.mu.Lock()
		if f := v.failure; f != nil {
			out["rejected"] = map[string]string{"check": f.Check, "spec": f.Spec, "error": f.Code, "reason": f.Reason}
		}
		v.mu.Unlock()
		account, local := v.identity()
		if local != "" {
			status, out = http.StatusOK, map[string]any{"signed_in": true, "email": local, "account": account}
		}
		if s := v.current(); s != nil {
			status = http.StatusOK
			out["account"] = account
			describe(out, s)
		}
	}
	answerJSON(w, status, out)
}

// describe sets the members of a session.
func describe(out map[string]any, s *client.Session) {
	now := s.Snapshot()
	out["signed_in"], out["sub"] = true, now.Subject
	for _, name := range []string{"email", "email_verified", "name"} {
		if value, found := now.Claims[name]; found {
			out[name] = value
		}
	}
	out["granted"], out["missing"] = append([]string{}, now.Granted...), append([]string{}, now.Missing...)
	if !now.Expiry.IsZero() {
		out["expires"] = now.Expiry.UTC().Format(time.RFC3339)
	}
}

func answerJSON(w http.ResponseWriter, status int, out map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}
