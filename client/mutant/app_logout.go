package mutant

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// ignoreSignOut does nothing.
func ignoreSignOut(_ http.Handler, w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// crash answers with a server error.
func crash(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusInternalServerError)
}

// logoutOnlyIf signs users out only if the provider does its part.
func logoutOnlyIf(done func(at site, r *http.Request, s *client.Session) bool) func(site) []check.Edit {
	return withSessions(func(at site, known *sessions) map[string]page {
		return map[string]page{"POST /logout": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if s := known.sessionOf(r); s != nil && !done(at, r, s) {
				writeHTML(w, http.StatusBadGateway, "<p>The provider is down. Try again later.</p>")
				return
			}
			next.ServeHTTP(w, r)
		}}
	})
}

func isRevoked(at site, r *http.Request, s *client.Session) bool {
	return at.clientOf(s).Revoke(r.Context(), s.Snapshot().Tokens.AccessToken, "access_token") == nil
}

func isSignedOutThere(at site, r *http.Request, s *client.Session) bool {
	there, err := at.clientOf(s).LogoutURL(r.Context(), s, nil)
	return err == nil && fetch(at.client, there)
}

// crashOnUnknown answers a logout token that ends no session with a server error.
func crashOnUnknown(_ site, known *sessions) map[string]page {
	return map[string]page{"POST /backchannel_logout": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		raw := r.PostFormValue("logout_token")
		rec := record(next, w, r)
		if rec.status != http.StatusOK || known.end(unverified(raw)) == 0 {
			rec.status = http.StatusInternalServerError
		}
		rec.sendTo(w)
	}}
}

// ignoreLogoutToken verifies a logout token, and takes it for one of no session.
func ignoreLogoutToken(strict verifyToken) verifyToken {
	return func(ctx context.Context, raw string) (*client.LogoutToken, error) {
		t, err := strict(ctx, raw)
		if err != nil {
			return nil, err
		}
		return &client.LogoutToken{ID: t.ID, SessionID: "of no session", Claims: t.Claims}, nil
	}
}

// ignoreSessionID takes a logout token for one that names no session.
func ignoreSessionID(strict verifyToken) verifyToken {
	return func(ctx context.Context, raw string) (*client.LogoutToken, error) {
		t, err := strict(ctx, raw)
		if err != nil {
			return nil, err
		}
		return &client.LogoutToken{ID: t.ID, Subject: t.Subject, Claims: t.Claims}, nil
	}
}

// unverified reads whom a logout token names.
func unverified(raw string) *client.LogoutToken {
	parts := strings.Split(raw, ".")
	var claims struct{ Sub, SID string }
	if len(parts) == 3 {
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		_ = json.Unmarshal(payload, &claims)
	}
	return &client.LogoutToken{Subject: claims.Sub, SessionID: claims.SID}
}
