package app_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// TestLogoutTokenEndsSessionsOfItsProvider: the same user is signed in by two clients,
// and each logout token ends the session of one.
func TestLogoutTokenEndsSessionsOfItsProvider(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) {
		cfg.Second = &client.Config{Issuer: clienttest.Issuer, ClientID: "second-app", ClientSecret: "secret"}
	})
	first, second := w.browser(t), w.browser(t)
	first.get(home+"login").must(t, "Sign out")
	w.Claims = map[string]any{"aud": "second-app"}
	second.get(home+"login?provider=second").must(t, "Sign out")

	for i, step := range []struct {
		audience      string
		first, second int // statuses of /whoami afterwards
	}{
		{"second-app", http.StatusOK, http.StatusUnauthorized},
		{"app", http.StatusUnauthorized, http.StatusUnauthorized},
	} {
		token := clienttest.Sign(t, w.Signer, map[string]any{"alg": "ES256", "kid": w.Signer.ID}, map[string]any{
			"iss": clienttest.Issuer, "aud": step.audience, "sub": clienttest.UserA, "jti": step.audience,
			"iat": w.Now().Unix(), "exp": w.Now().Unix() + 60,
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		})
		if p := w.browser(t).post(home+"backchannel_logout", url.Values{"logout_token": {token}}); p.status != http.StatusOK {
			t.Fatalf("token %d: %d %s", i, p.status, p.body)
		}
		if a, b := first.get(home+"whoami").status, second.get(home+"whoami").status; a != step.first || b != step.second {
			t.Errorf("token %d: /whoami answers %d and %d, want %d and %d", i, a, b, step.first, step.second)
		}
	}
}
