package requestlog

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

func lines(t *testing.T, form string, all ...mockprovider.Logged) string {
	t.Helper()
	var out strings.Builder
	l := New(&out, form, func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") })
	for _, r := range all {
		l.Request(r)
	}
	l.Close()
	return out.String()
}

func refused() mockprovider.Logged {
	return mockprovider.Logged{
		Time: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Duration: 1500 * time.Microsecond, From: "127.0.0.1", Method: "POST", Path: "/token", Status: 400, Refused: true,
		Endpoint: "token_endpoint", ClientID: "web", User: "alice", Error: "invalid_grant", Cause: protocol.CauseTokenCodeUsed, Reason: "used before\nby hunter2",
	}
}

func TestEveryCauseHasARemedy(t *testing.T) {
	for _, cause := range protocol.Values[protocol.Cause]("") {
		if Remedy(protocol.Cause(cause), "") == "" {
			t.Errorf("%s has no remedy", cause)
		}
	}
	if Remedy("app.own", "invalid_token") == "" {
		t.Error("a refusal without a cause of the table has the remedy of its code")
	}
}

func TestRemedyOfAGeneralCauseIsThatOfTheError(t *testing.T) {
	if got := Remedy(protocol.CauseTokenRequestInvalid, "unauthorized_client"); got != byCode["unauthorized_client"] {
		t.Errorf("unauthorized_client: %s", got)
	}
	if got := Remedy(protocol.CauseTokenCodeUsed, "invalid_request"); got != remedies()[protocol.CauseTokenCodeUsed] {
		t.Errorf("a code that is used, in a persona's words: %s", got)
	}
}

func TestTextLine(t *testing.T) {
	want := "authdrill: refused 03:04:05.000 POST /token 400 1.5ms from=127.0.0.1 client=web user=alice error=invalid_grant cause=token.code_used: used before by *** -> " +
		Remedy(protocol.CauseTokenCodeUsed, "") + "\n"
	if got := lines(t, Refusals, refused()); got != want {
		t.Errorf("%s\n%s", got, want)
	}
}

// TestJSONLineIsStable: programs read it.
func TestJSONLineIsStable(t *testing.T) {
	got := lines(t, JSON, refused(), mockprovider.Logged{Method: "GET", Path: "/jwks", Status: 200})
	want := `{"time":"2030-01-02T03:04:05Z","method":"POST","path":"/token","status":400,"duration_ms":1.5,"from":"127.0.0.1","endpoint":"token_endpoint","client_id":"web","user":"alice","error":"invalid_grant","cause":"token.code_used","reason":"used before\nby ***","remedy":`
	if !strings.HasPrefix(got, want) {
		t.Errorf("%s\n%s", got, want)
	}
	second := strings.Split(got, "\n")[1]
	if second != `{"time":"0001-01-01T00:00:00Z","method":"GET","path":"/jwks","status":200,"duration_ms":0}` {
		t.Error(second)
	}
	for line := range strings.Lines(got) {
		if !json.Valid([]byte(line)) {
			t.Error(line)
		}
	}
}

func TestLinesAreShortAndSteerNothing(t *testing.T) {
	r := refused()
	r.Path, r.ClientID = "/"+strings.Repeat("x", 10_000), "\x1b[31m::error::"
	if got := lines(t, Text, r); len(got) > 1500 || strings.Contains(got, "\x1b") {
		t.Errorf("%d bytes: %q", len(got), got[:200])
	}
}

// TestSlowReaderLosesLines: no request waits for a terminal.
func TestSlowReaderLosesLines(t *testing.T) {
	in, out := io.Pipe()
	l := New(out, Text, func(s string) string { return s })
	for range 3 * mostWaiting {
		l.Request(refused())
	}
	ended := make(chan int)
	go func() {
		text, _ := io.ReadAll(in)
		ended <- strings.Count(string(text), "left out")
	}()
	l.Close()
	_ = out.Close()
	if n := <-ended; n != 1 {
		t.Errorf("%d notes", n)
	}
}
