package interop

import "testing"

// TestSilentRenewalNeedsTLS: a frame of another site has the session cookie only over
// TLS. Without it the app and the provider need the same host name.
func TestSilentRenewalNeedsTLS(t *testing.T) {
	for host, outcome := range map[string]string{
		"127.0.0.1": "refused: login_required: .*",
		"localhost": "renewed", // another port is the same site
	} {
		t.Run(host, func(t *testing.T) {
			s := oidcClientTS()
			s.plainAt = host
			v := s.visited(t)
			v.open(nil)
			v.press("sign-in", spaSignsIn)
			v.press("frame", outcome)
		})
	}
}

// TestThirdPartyCookiesBlocked: a frame has no session either where the browser lets
// other sites have no cookies. Keycloak's SDK finds that out first, and goes on
// without its frame.
func TestThirdPartyCookiesBlocked(t *testing.T) {
	t.Run("oidc-client-ts", func(t *testing.T) {
		s := oidcClientTS()
		s.blocked = true
		v := s.visited(t)
		v.open(nil)
		v.press("sign-in", spaSignsIn)
		v.press("frame", "refused: login_required: .*")
	})
	t.Run("keycloak-js", func(t *testing.T) {
		s := keycloakJS()
		s.blocked = true
		v := s.visited(t)
		v.open(nil)
		v.hears(t, "init: not signed in")
		v.press("sign-in", spaSignsIn)
		v.press("frame", "false")
		v.press("refresh", "renewed")
	})
}

// TestSessionEndsElsewhere: an app learns from the provider's frame that the user has
// signed out in another window (OpenID Connect Session Management 1.0).
func TestSessionEndsElsewhere(t *testing.T) {
	t.Run("oidc-client-ts", func(t *testing.T) {
		v := oidcClientTS().visited(t)
		v.open(map[string]any{"monitorSession": true})
		v.press("sign-in", spaSignsIn)
		v.person.open(v.op.Metadata()["end_session_endpoint"].(string))
		v.hears(t, "session: signed out elsewhere")
	})
	t.Run("keycloak-js", func(t *testing.T) {
		v := keycloakJS().visited(t)
		v.open(map[string]any{"init": map[string]any{"checkLoginIframeInterval": 1}})
		v.hears(t, "init: not signed in")
		v.press("sign-in", spaSignsIn)
		v.press("frame", "true")
		v.person.open("https://keycloak.example.com/realms/acme/protocol/openid-connect/logout")
		v.hears(t, "session: signed out elsewhere")
	})
}
