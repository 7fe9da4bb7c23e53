package journal

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// BenchmarkAppend records an exchange at the token endpoint.
func BenchmarkAppend(b *testing.B) {
	j := New(clock.Frozen(clock.Epoch()), 0)
	r, err := http.NewRequest("POST", "http://127.0.0.1:9400/token", nil)
	if err != nil {
		b.Fatal(err)
	}
	params := url.Values{
		"grant_type": {"authorization_code"}, "code": {opaque}, "redirect_uri": {"http://127.0.0.1:9401/callback"}, "code_verifier": {opaque},
		"client_id": {"app"}, "client_secret": {"app-secret"},
	}
	b.ReportAllocs()
	for b.Loop() {
		x := j.Begin("token_endpoint", r)
		x.SetParams(params)
		x.End(200, nil)
	}
}
