package webapp

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// TestSiteLearnsWhatIsIssued: an app may print a token long after the provider
// was brought back to how it was made.
func TestSiteLearnsWhatIsIssued(t *testing.T) {
	t.Parallel()
	h, err := mockprovider.NewHost(mockprovider.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	p, _ := h.Issuer("")
	resp, err := h.HTTPClient().PostForm(p.Issuer()+"/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {"app-secret"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatal(err, answer)
	}
	s := &Site{Providers: [2]*mockprovider.Provider{p}, Secrets: &redact.Secrets{}}
	s.Reset()
	if got := s.Secrets.Hide("the app wrote " + answer.AccessToken); strings.Contains(got, answer.AccessToken) {
		t.Error(got)
	}
}
