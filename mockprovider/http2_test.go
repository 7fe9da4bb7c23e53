package mockprovider

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/certificate"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// TestFaultsOverHTTP2: a fault that needs HTTP/1.1 and meets an exchange over
// HTTP/2 is not dropped: the answer and the journal say why it did not strike.
func TestFaultsOverHTTP2(t *testing.T) {
	ca, err := certificate.New(clock.Epoch())
	if err != nil {
		t.Fatal(err)
	}
	ca.Use(certificate.HTTP2)
	p := Start(t, func(o *Options) { o.Authority = ca }, WithClock(clock.Frozen(clock.Epoch())))
	c := p.HTTPClient()
	c.Transport.(*http.Transport).ForceAttemptHTTP2 = true
	ask := func() (*http.Response, string) {
		t.Helper()
		resp, err := c.Get(p.Issuer() + "/jwks")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	length := 9
	for _, f := range []fault.Fault{
		{Connection: "reset"}, {Connection: "reset_mid_body"}, {Connection: "close"}, {Connection: "half_close"}, {Connection: "refuse"}, {Connection: "hang"},
		{Connection: "blackhole"}, {Connection: "truncate"}, {Connection: "garbage"}, {Connection: "reset", Moment: "after"},
		{Respond: &fault.Respond{ContentLength: &length}}, {Wire: &fault.Wire{Version: "1.0"}}, {Wire: &fault.Wire{LengthOff: -3}},
		{Wire: &fault.Wire{Headers: map[string]string{"transfer-encoding": "x"}}},
	} {
		f.At = "jwks_uri"
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
		resp, body := ask()
		if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusHTTPVersionNotSupported || !strings.Contains(body, "needs HTTP/1.1") || !strings.Contains(body, "RFC 911") {
			t.Errorf("%s: %s %s %s", f.String(), resp.Proto, resp.Status, body)
		}
		found := p.Journal().Find(journal.Query{Endpoint: "jwks_uri"})
		if last := found[len(found)-1]; len(last.Faults) != 1 || len(last.Notes) != 1 || last.Status != http.StatusHTTPVersionNotSupported {
			t.Errorf("%s: the journal has %+v", f.String(), last)
		}
	}
	for _, f := range []fault.Fault{
		{Connection: "slow"}, {Respond: &fault.Respond{Status: 503}}, {Wire: &fault.Wire{Trailers: map[string]string{"X-Checksum": "0"}}},
		{Wire: &fault.Wire{GoAway: true}}, {Wire: &fault.Wire{Informational: 103}}, {Wire: &fault.Wire{HeaderPad: 9}},
	} {
		f.At = "jwks_uri"
		if _, err := p.Fault(f); err != nil {
			t.Fatal(err)
		}
		resp, body := ask()
		want := http.StatusOK
		if f.Respond != nil {
			want = f.Respond.Status
		}
		if resp.ProtoMajor != 2 || resp.StatusCode != want {
			t.Errorf("%s: %s %s %s", f.String(), resp.Proto, resp.Status, body)
		}
	}
}
