package exchange

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

const canary = "tr0ub4dor"

func TestSecretsAreNotKeptAndTokensAreTagged(t *testing.T) {
	j := journal.New(clock.Frozen(clock.Epoch()), 0)
	r, _ := http.NewRequest("POST", "http://127.0.0.1/token", nil)
	r.SetBasicAuth("app", "app-secret")
	x := Begin(j.Reset(), "token_endpoint", r)
	x.SetParams(url.Values{"client_secret": {"app-secret"}, "refresh_token": {"a-refresh-token-of-some-length"}})
	x.Respond(map[string]any{"access_token": "eyJhbGciOiJub25lIn0.e30.sig", "expires_in": 3600})
	x.End(302, http.Header{"Location": {"http://127.0.0.1/cb?code=abcdef&state=xyz"}})
	e := j.Entries()[0]
	if strings.Contains(e.Params.Get("client_secret")+e.Headers["Authorization"], "secret") {
		t.Errorf("a client secret is in the journal: %v %v", e.Params, e.Headers)
	}
	if e.Params.Get("refresh_token") != "a-refresh-token-of-some-length" {
		t.Error("verify steps need the token itself")
	}
	red := e.Redacted()
	for _, s := range []string{red.Params.Get("refresh_token"), red.Response["access_token"].(string), red.ResponseHeaders["Location"]} {
		if !strings.Contains(s, "…") || strings.Contains(s, "abcdef") {
			t.Errorf("not shortened: %s", s)
		}
	}
	if !strings.Contains(red.ResponseHeaders["Location"], "state=xyz") {
		t.Errorf("too much redacted: %s", red.ResponseHeaders["Location"])
	}
}

func TestNilExchange(t *testing.T) {
	var x *Exchange
	x.Decide("a", true, "", "")
	x.Event("e", "k", "v")
	x.Bind("l", "c", "s")
	x.End(200, nil)
	if From(context.Background()) != nil {
		t.Fatal("an exchange out of nowhere")
	}
}

// TestCredentialsAreDigests: what somebody chose is told apart by a digest only.
func TestCredentialsAreDigests(t *testing.T) {
	const long = "C4nary-of-more-than-twenty-four-characters"
	j := journal.New(clock.Frozen(clock.Epoch()), 0)
	r, err := http.NewRequest("POST", "http://me:"+long+"@127.0.0.1:9400/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(long, long)
	x := Begin(j.Reset(), "token_endpoint", r)
	x.SetParams(url.Values{"client_secret": {long}, "password": {long}})
	x.Respond(map[string]any{"client_secret": long, "pin": []any{long}})
	x.End(200, nil)
	text, err := json.Marshal(j.Entries()[0].Redacted())
	if err != nil || strings.Contains(string(text), "C4na") || strings.Contains(string(text), base64.StdEncoding.EncodeToString([]byte(long))[:4]) {
		t.Errorf("%s, %v", text, err)
	}
	if tag.Digest(long) != strings.TrimPrefix(tag.Of(long), "C4na") || tag.Digest("short") != tag.Of("short") || tag.Digest("") != "" {
		t.Error(tag.Digest(long))
	}
}

func TestURLsOfAReasonAreReadable(t *testing.T) {
	for text, want := range map[string]string{
		`no resource "https://api.example": it has https://b.example.`: `no resource "https://api.example": it has https://b.example.`,
		`'http://127.0.0.1/cb?code=` + canary + `', which`:             `'http://127.0.0.1/cb?code=` + tag.Digest(canary) + `', which`,
		`at (https://me:` + canary + `@a.example/x).`:                  `at (https://me:` + tag.Digest(canary) + `@a.example/x).`,
	} {
		if got := redactURLs(text); strings.ReplaceAll(got, "%E2%80%A6", "…") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	j := journal.New(clock.Frozen(clock.Epoch()), 500)
	r, _ := http.NewRequest("POST", "http://127.0.0.1/token", nil)
	r.Header.Set("User-Agent", "bench")
	params := url.Values{"grant_type": {"client_credentials"}, "scope": {"a b c"}}
	response := map[string]any{"access_token": "x", "expires_in": 3600, "token_type": "Bearer"}
	b.ReportAllocs()
	volume := j.Reset()
	for b.Loop() {
		x := Begin(volume, "token_endpoint", r)
		x.SetParams(params)
		x.Decide("client", true, "client_secret_basic", "RFC 6749 section 2.3")
		x.Respond(response)
		x.End(200, nil)
	}
}
