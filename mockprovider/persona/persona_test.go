package persona

import (
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

func TestWithLaysOnlyWhatIsSet(t *testing.T) {
	off := false
	p := Spec().With(Persona{
		AccessToken:  AccessToken{Lifetime: clock.Duration(5 * time.Minute)},
		RefreshToken: RefreshToken{Rotation: &off},
		Metadata:     map[string]any{"issuer": "x"},
	}).With(Persona{Metadata: map[string]any{"service_documentation": "y"}, Consent: "skip"})
	if p.AccessToken.Lifetime.Seconds() != 300 || p.AccessToken.Format != "opaque" {
		t.Errorf("access token: %+v", p.AccessToken)
	}
	if p.RefreshToken.Rotates() || p.RefreshToken.OnReuse != "revoke_family" {
		t.Errorf("refresh token: %+v", p.RefreshToken)
	}
	if len(p.Metadata) != 2 || p.Consent != "skip" || p.PKCE != "optional" {
		t.Errorf("%+v", p)
	}
	if !Spec().RefreshToken.Rotates() || len(Spec().Metadata) != 0 {
		t.Error("Spec changed")
	}
}
