package witness

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/result"
)

// evidenceOf is evidence of an app whose main browser ended at a page.
func evidenceOf(status int, header http.Header, body string) *Evidence {
	u := &url.URL{Scheme: "http", Host: "app.test", Path: "/callback"}
	return &Evidence{
		IsAppURL: func(*url.URL) bool { return true },
		LastPage: &agent.Page{URL: u, Status: status, Header: header, Body: []byte(body)},
		Hops:     []Hop{{Browser: Main, Method: http.MethodGet, URL: u, Answered: true, Status: status, Header: header}},
		Browsers: map[string]*Answer{Main: {}},
	}
}

// TestRefusedAndAnsweredBadly: a refusal with the status of a gateway is a refusal;
// any other server error, and a stack trace, is a failure of its own severity, told
// once.
func TestRefusedAndAnsweredBadly(t *testing.T) {
	o := &Outcome{App: App{SignedIn: false}}
	for _, c := range []struct {
		status   int
		body     string
		rule     string
		severity string
	}{
		{403, "no", "", ""}, {401, "", "", ""}, {502, "no", "", ""}, {503, "no", "", ""}, {504, "no", "", ""},
		{500, "no", "server_error", "low"}, {501, "no", "server_error", "low"}, {599, "no", "server_error", "low"},
		{403, "Traceback (most recent call last)", "stack_trace", "low"},
	} {
		e := evidenceOf(c.status, nil, c.body)
		e.Hops = append(e.Hops, e.Hops...)
		causes := o.Judge(e).Causes()
		switch {
		case c.rule == "" && len(causes) > 0:
			t.Errorf("%d %q: %+v", c.status, c.body, causes)
		case c.rule != "" && (len(causes) != 1 || causes[0].Rule != c.rule || causes[0].Severity != c.severity || causes[0].Verdict != result.FailRobustness):
			t.Errorf("%d %q: %+v, want one %s", c.status, c.body, causes, c.rule)
		}
	}
}

// TestRequestsWithoutASignIn: a code that is redeemed and signs no user in costs less
// than one that does.
func TestRequestsWithoutASignIn(t *testing.T) {
	o := &Outcome{App: App{SignedIn: false}, Provider: Provider{Requests: Requests{Token: 0}}}
	e := evidenceOf(403, nil, "no")
	e.Exchanges = []*journal.Entry{{Endpoint: protocol.TokenEndpoint}}
	if causes := o.Judge(e).Causes(); len(causes) != 1 || causes[0].Severity != "low" {
		t.Errorf("%+v, want one of low severity", causes)
	}
	e.Browsers[Main] = &Answer{SignedIn: true, As: []string{"alice"}}
	for _, c := range o.Judge(e).Causes() {
		if c.Severity != "" {
			t.Errorf("%+v, want the severity of the entry", c)
		}
	}
}

// TestPlantedScriptOnlyInPages: what is planted runs in a page, and where a browser
// may guess that a text is one. It does not run in JSON.
func TestPlantedScriptOnlyInPages(t *testing.T) {
	o := &Outcome{Browser: Browser{Canary: true}}
	for kind, runs := range map[string]bool{
		"": true, "text/html": true, "text/html; charset=utf-8": true, "application/xhtml+xml": true, "image/svg+xml": true, "text/plain": true, "nonsense/": true,
		"application/json": false, "application/problem+json": false, "application/json; charset=utf-8": false,
		"text/plain nosniff": false, "application/octet-stream nosniff": false, "text/html nosniff": true,
	} {
		header := http.Header{}
		if name, nosniff := strings.CutSuffix(kind, " nosniff"); nosniff || name != "" {
			header.Set("Content-Type", name)
			if nosniff {
				header.Set("X-Content-Type-Options", "nosniff")
			}
		}
		causes := o.Judge(evidenceOf(200, header, `{"name": "<script>authdrill()</script>"}`)).Causes()
		if got := len(causes) > 0; got != runs {
			t.Errorf("%q: planted %v, want %v", kind, got, runs)
		}
	}
}

// TestSignInThatSaysNothing: a user who was signed in by something else than what was
// struck is not held against the app.
func TestSignInThatSaysNothing(t *testing.T) {
	o := &Outcome{App: App{SignedIn: false}}
	e := evidenceOf(200, nil, "hello")
	e.Browsers[Main] = &Answer{SignedIn: true, As: []string{"alice"}}
	if causes := o.Judge(e).Causes(); len(causes) != 1 || causes[0].Verdict != result.FailSecurity || causes[0].Rule != "app.signed_in" {
		t.Errorf("%+v", causes)
	}
	e.Unaffected = &Unaffected{Verdict: result.Tolerated, Why: "it took the user from elsewhere"}
	j := o.Judge(e)
	if causes := j.Causes(); len(causes) > 0 || j.Unaffected() != e.Unaffected {
		t.Errorf("%+v, %+v", causes, j.Unaffected())
	}
}

// TestLostAccountIsNobodysElse: a user who ends without an account has been refused,
// which no attacker gains from; one who ends in another account has not.
func TestLostAccountIsNobodysElse(t *testing.T) {
	for _, c := range []struct {
		want, first, last string
		verdict           result.Verdict
	}{
		{"same", "3", "3", ""}, {"same", "3", "", result.FailRobustness}, {"same", "3", "4", result.FailSecurity},
		{"different", "3", "4", ""}, {"different", "3", "", ""}, {"different", "3", "3", result.FailSecurity},
	} {
		e := evidenceOf(200, nil, "")
		e.Accounts = []string{c.first, c.last}
		causes := (&Outcome{App: App{Accounts: c.want}}).Judge(e).Causes()
		if c.verdict == "" && len(causes) > 0 || c.verdict != "" && (len(causes) != 1 || causes[0].Verdict != c.verdict) {
			t.Errorf("%+v: %+v", c, causes)
		}
	}
}

// TestTimeOutOfTheLimitIsShortEnough: an app that gives up when the limit is reached
// answers a little later.
func TestTimeOutOfTheLimitIsShortEnough(t *testing.T) {
	o := &Outcome{Browser: Browser{Within: clock.Duration(20 * time.Second)}}
	for took, want := range map[time.Duration]int{20176 * time.Millisecond: 0, 30 * time.Second: 1} {
		e := evidenceOf(403, nil, "no")
		e.LongestResponse = took
		if causes := o.Judge(e).Causes(); len(causes) != want {
			t.Errorf("%s: %+v", took, causes)
		}
	}
}
