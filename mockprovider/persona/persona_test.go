package persona

import (
	"slices"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

func TestWithLaysOnlyWhatIsSet(t *testing.T) {
	off := false
	p := Spec().With(Persona{
		AccessToken:  AccessToken{Lifetime: clock.Duration(5 * time.Minute)},
		RefreshToken: RefreshToken{Rotation: &off},
		Metadata:     map[string]any{"issuer": "x"},
	}).With(Persona{Metadata: map[string]any{"service_documentation": "y"}, Consent: "skip"})
	if p.AccessToken.Lifetime.D() != 5*time.Minute || p.AccessToken.Format != "opaque" {
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

// TestEndpointsHaveProtocolNames: the names of a persona's endpoints are those that
// routes and faults have.
func TestEndpointsHaveProtocolNames(t *testing.T) {
	known := protocol.Values[protocol.Endpoint]("")
	all := dialectfile.Endpoints{Discovery: []string{"first"}, DevicePage: []string{"last"}}.All()
	for _, e := range all {
		if !slices.Contains(known, string(e.Name)) {
			t.Errorf("unknown endpoint %q", e.Name)
		}
	}
	if all[0].Name != protocol.Discovery || all[0].URLs[0] != "first" || all[len(all)-1].Name != protocol.DeviceVerification || all[len(all)-1].URLs[0] != "last" {
		t.Errorf("%v", all)
	}
}
