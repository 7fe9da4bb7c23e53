package attack

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/result"
)

// cachingApp returns a policy that keeps the provider's keys, and asks for them again
// for an unknown key, at most once in every.
func cachingApp(every time.Duration) func(*frugalApp, string, map[string]any) (map[string]any, error) {
	var keys jose.JSONWebKeySet
	var fetched time.Time
	return func(a *frugalApp, idToken string, _ map[string]any) (map[string]any, error) {
		token, err := jwt.ParseSigned(idToken, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			return nil, err
		}
		if now := a.cfg.Now(); len(keys.Key(token.Headers[0].KeyID)) == 0 && (fetched.IsZero() || now.Sub(fetched) >= every) {
			req, err := http.NewRequest(http.MethodGet, a.cfg.Issuer+"/jwks", nil)
			if err != nil {
				return nil, err
			}
			keys, fetched = jose.JSONWebKeySet{}, now
			if err := a.fetch(req, &keys); err != nil {
				return nil, err
			}
		}
		var claims map[string]any
		return claims, token.Claims(&keys, &claims)
	}
}

// TestBoundOnFetchingKeys: an app that asks for keys once a minute at most signs users
// in again a minute after a rotation, or after a key set without keys, which is no fault.
// One that never asks again fails.
func TestBoundOnFetchingKeys(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"rotate-between-logins", "jwks-empty"} {
		e, err := catalog.Embedded().Lookup(id)
		if err != nil {
			t.Fatal(err)
		}
		for every, want := range map[time.Duration]result.Verdict{0: result.Pass, time.Minute: result.Pass, 10 * 365 * 24 * time.Hour: result.FailRobustness} {
			t.Run(id+" "+every.String(), func(t *testing.T) {
				t.Parallel()
				policy := cachingApp(every)
				w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(func(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
					return policy(a, idToken, userinfo)
				})))
				if engine.KeptByApp(e.Scenario) != "" {
					policy = cachingApp(every) // started anew: it has no keys
				}
				if f := w.play(t.Context(), e); f.Verdict != want {
					t.Errorf("%s, want %s: %s\n%s", f.Verdict, want, f.Reason, describeWitnesses(f))
				}
			})
		}
	}
}
