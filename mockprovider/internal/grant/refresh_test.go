package grant

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

func TestOfParallelRefreshesOneSucceeds(t *testing.T) {
	r := newRig(t)
	for range 20 {
		token := r.login("openid offline_access")["refresh_token"].(string)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := r.refresh(token); err == nil {
					won.Add(1)
				} else if errorCode(err) != "invalid_grant" {
					t.Errorf("a loser got %s", reason(err))
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d refreshes succeeded", won.Load())
		}
	}
}

func TestRefreshRotation(t *testing.T) {
	off := false
	for name, tc := range map[string]struct {
		p    persona.RefreshToken
		play func(t *testing.T, r *rig, first string)
	}{
		"reuse revokes the family": {persona.RefreshToken{}, func(t *testing.T, r *rig, first string) {
			second, err := r.refresh(first)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.refresh(first)
			wantError(t, err, "invalid_grant")
			if r.last().Event("refresh_token.reuse_detected") == nil {
				t.Error("no event")
			}
			_, err = r.refresh(second["refresh_token"].(string))
			wantError(t, err, "invalid_grant")
			if r.live(second["access_token"]) {
				t.Error("the access token lives")
			}
		}},
		"reuse is only rejected": {persona.RefreshToken{OnReuse: "reject"}, func(t *testing.T, r *rig, first string) {
			second, _ := r.refresh(first)
			_, err := r.refresh(first)
			wantError(t, err, "invalid_grant")
			if _, err := r.refresh(second["refresh_token"].(string)); err != nil {
				t.Error("the honest client was cut off")
			}
		}},
		"reuse is accepted": {persona.RefreshToken{OnReuse: "accept", IdleLifetime: clock.Duration(time.Hour)}, func(t *testing.T, r *rig, first string) {
			second, err := r.refresh(first)
			if err != nil || second["refresh_token"] == first {
				t.Fatal(second, err)
			}
			for _, token := range []string{first, first, second["refresh_token"].(string)} {
				if _, err := r.refresh(token); err != nil {
					t.Errorf("a used token: %v", err)
				}
			}
			r.Clock.Advance(time.Hour)
			_, err = r.refresh(first)
			wantError(t, err, "invalid_grant")
		}},
		"grace window": {persona.RefreshToken{GraceWindow: clock.Duration(10 * time.Second)}, func(t *testing.T, r *rig, first string) {
			if _, err := r.refresh(first); err != nil {
				t.Fatal(err)
			}
			r.Clock.Advance(10 * time.Second)
			if _, err := r.refresh(first); err != nil {
				t.Errorf("within the window: %v", err)
			}
			r.Clock.Advance(time.Second)
			_, err := r.refresh(first)
			wantError(t, err, "invalid_grant")
		}},
		"no rotation": {persona.RefreshToken{Rotation: &off}, func(t *testing.T, r *rig, first string) {
			for range 3 {
				out, err := r.refresh(first)
				if err != nil || out["refresh_token"] != first {
					t.Fatalf("%v %v", out, err)
				}
			}
		}},
		"idle lifetime": {persona.RefreshToken{IdleLifetime: clock.Duration(time.Hour)}, func(t *testing.T, r *rig, token string) {
			for range 3 {
				r.Clock.Advance(time.Hour - 1)
				out, err := r.refresh(token)
				if err != nil {
					t.Fatal(err)
				}
				token = out["refresh_token"].(string)
			}
			r.Clock.Advance(time.Hour)
			_, err := r.refresh(token)
			wantError(t, err, "invalid_grant")
		}},
		"absolute lifetime": {persona.RefreshToken{Lifetime: clock.Duration(3 * time.Hour)}, func(t *testing.T, r *rig, token string) {
			for range 2 {
				r.Clock.Advance(time.Hour)
				out, err := r.refresh(token)
				if err != nil {
					t.Fatal(err)
				}
				token = out["refresh_token"].(string)
			}
			r.Clock.Advance(time.Hour)
			_, err := r.refresh(token)
			wantError(t, err, "invalid_grant")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, provider(persona.Persona{RefreshToken: tc.p}))
			tc.play(t, r, r.login("openid offline_access")["refresh_token"].(string))
		})
	}
}

func TestWhenARefreshTokenIsIssued(t *testing.T) {
	for issue, want := range map[string][2]bool{"offline_access": {false, true}, "always": {true, true}, "never": {false, false}} {
		r := newRig(t, provider(persona.Persona{RefreshToken: persona.RefreshToken{Issue: issue}}))
		for i, scope := range []string{"openid", "openid offline_access"} {
			if _, got := r.login(scope)["refresh_token"]; got != want[i] {
				t.Errorf("%s with %s: %v", issue, scope, got)
			}
		}
	}
}

func TestARefreshNarrowsAndNeverWidens(t *testing.T) {
	r := newRig(t)
	tokens := r.login("openid email offline_access")
	_, err := r.refresh(tokens["refresh_token"].(string), "scope", "openid photos.read")
	wantError(t, err, "invalid_scope")
	narrow, err := r.refresh(tokens["refresh_token"].(string), "scope", "openid")
	if err != nil || narrow["scope"] != "openid" {
		t.Fatalf("%v %v", narrow, err)
	}
	whole, err := r.refresh(narrow["refresh_token"].(string))
	if err != nil || whole["scope"] != "openid email offline_access" {
		t.Fatalf("the refresh token forgot its scope: %v %v", whole, err)
	}
}
