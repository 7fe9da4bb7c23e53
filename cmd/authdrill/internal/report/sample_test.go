package report_test

import (
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/result"
)

// sample is a run with every outcome, failures of one line and of many, faults,
// time that passes, and words of several scripts.
func sample() []*result.Result {
	return []*result.Result{login(), reuse(), down(), skipped(), expected(), unexpected(), broken(), unicodeNames()}
}

func at(file string, line, column int) strict.Place {
	return strict.Place{File: file, Line: line, Column: column}
}

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

const (
	noon  = "2030-01-01T00:00:00Z"
	later = "2030-01-01T00:06:00Z"
)

// signIn is the conversation of a login.
func signIn(step int) []result.Message {
	arrow := func(from, to, label, detail string, reply bool, seq int64) result.Message {
		return result.Message{Step: step, From: from, To: to, Label: label, Detail: detail, Reply: reply, Seq: seq, Time: instant(noon)}
	}
	return []result.Message{
		arrow("user", "browser", "press Sign in", "", false, 0),
		arrow("browser", "client", "GET /login", "", false, 0),
		arrow("client", "provider", "GET /.well-known/openid-configuration", "", false, 1),
		arrow("provider", "client", "200", "", true, 1),
		arrow("client", "browser", "302", "to the authorization endpoint", true, 0),
		arrow("browser", "provider", "GET /authorize", "response_type=code client_id=app scope=openid offline_access code_challenge_method=S256", false, 2),
		arrow("provider", "browser", "303", "sign-in page", true, 2),
		arrow("user", "browser", "alice", "", false, 0),
		arrow("browser", "provider", "POST /sign-in", "login=alice", false, 3),
		arrow("provider", "browser", "303", "code=f3a9…12345678 state=8f…", true, 3),
		arrow("browser", "client", "GET /callback", "code=f3a9…12345678", false, 0),
		arrow("client", "provider", "POST /token", "grant_type=authorization_code", false, 4),
		arrow("provider", "client", "200", "token_type=Bearer expires_in=3600", true, 4),
		arrow("client", "client", "validate the ID token", "13 checks", false, 0),
		arrow("client", "browser", "200", "signed in as alice", true, 0),
	}
}

func login() *result.Result {
	return &result.Result{
		Name: "happy login with PKCE", Description: "The shortest way to a signed-in user.",
		Place: at("scenarios/login.yaml", 2, 1), Tags: []string{"login", "smoke"}, Spec: []string{"RFC7636", "OIDC.Core#3.1.3.7"},
		Outcome: result.Passed, Duration: 12 * time.Millisecond, Seed: 7, Issuer: "http://127.0.0.1:9400/t/login",
		Steps: []result.Step{
			{Number: 1, Verb: "sign_in", Summary: "sign_in: alice", Place: at("scenarios/login.yaml", 5, 5), Ran: true, Journal: []int64{1, 2, 3, 4}},
			{Number: 2, Verb: "call", Summary: "call: userinfo", Place: at("scenarios/login.yaml", 10, 5), Ran: true, Journal: []int64{5}},
			{Number: 3, Name: "only with a refresh token", Verb: "refresh", Summary: "refresh", Place: at("scenarios/login.yaml", 12, 5)},
		},
		Messages: append(signIn(1),
			result.Message{Step: 2, From: "client", To: "resource", Label: "GET /userinfo", Detail: "Authorization: Bearer eyJ…0badcafe", Seq: 5, Time: instant(noon)},
			result.Message{Step: 2, From: "resource", To: "client", Label: "200", Detail: "sub=alice email=alice@example.com", Reply: true, Seq: 5, Time: instant(noon)}),
		Journal: []*journal.Entry{
			{Seq: 1, Time: instant(noon), Endpoint: "discovery", Method: "GET", Path: "/.well-known/openid-configuration", Status: 200},
			{Seq: 2, Time: instant(noon), Endpoint: "authorization_endpoint", Login: "login 1", ClientID: "app", Method: "GET", Path: "/authorize",
				Params: url.Values{"response_type": {"code"}, "client_id": {"app"}, "scope": {"openid offline_access"}, "code_challenge_method": {"S256"}},
				Status: 303, Decisions: []journal.Decision{
					{Check: "redirect_uri", Passed: true, Detail: "registered", Spec: "RFC 6749 section 3.1.2.3"},
					{Check: "code_challenge", Passed: true, Detail: "S256", Spec: "RFC 7636 section 4.3"}}},
			{Seq: 3, Time: instant(noon), Endpoint: "sign_in", Login: "login 1", Subject: "alice", Method: "POST", Path: "/sign-in", Status: 303},
			{Seq: 4, Time: instant(noon), Endpoint: "token_endpoint", Login: "login 1", ClientID: "app", Subject: "alice", Method: "POST", Path: "/token",
				Params: url.Values{"grant_type": {"authorization_code"}, "code": {"f3a9…12345678"}}, Status: 200,
				Response:  map[string]any{"token_type": "Bearer", "expires_in": 3600, "id_token": "eyJ…0badcafe"},
				Decisions: []journal.Decision{{Check: "code", Passed: true, Detail: "good for 10m", Spec: "RFC 6749 section 4.1.2"}},
				Events:    []journal.Event{{Name: "code.redeemed", Attrs: map[string]string{"sub": "alice", "client_id": "app"}}},
				Notes:     []string{"a client that asks for offline_access should also ask for consent"}},
			{Seq: 5, Time: instant(noon), Endpoint: "userinfo_endpoint", Method: "GET", Path: "/userinfo", Status: 200, Response: map[string]any{"sub": "alice"}},
		},
	}
}

func reuse() *result.Result {
	const file = "scenarios/refresh.yaml"
	refresh := func(step int, seq int64, status, time, fault string) []result.Message {
		return []result.Message{
			{Step: step, From: "client", To: "provider", Label: "POST /token", Detail: "grant_type=refresh_token", Seq: seq, Time: instant(time)},
			{Step: step, From: "provider", To: "client", Label: status, Reply: true, Seq: seq, Time: instant(time), Fault: fault},
		}
	}
	messages := signIn(1)
	messages = append(messages, refresh(2, 5, "200", noon, "")...)
	messages = append(messages, refresh(3, 6, "400 invalid_grant", later, "")...)
	messages = append(messages, refresh(4, 9, "200", later, "")...)
	return &result.Result{
		Name: "refresh token reuse revokes the whole family", Place: at(file, 2, 1), Spec: []string{"RFC9700#4.14.2"},
		Outcome: result.Failed, Duration: 9 * time.Millisecond, Elapsed: 6 * time.Minute, Seed: 7, Issuer: "http://127.0.0.1:9400/t/reuse",
		Steps: []result.Step{
			{Number: 1, Verb: "sign_in", Summary: "sign_in: {user: alice, scope: openid offline_access}", Place: at(file, 6, 5), Ran: true, Journal: []int64{1, 2, 3, 4}},
			{Number: 2, Verb: "refresh", Summary: "refresh", Place: at(file, 8, 5), Ran: true, Journal: []int64{5}},
			{Number: 3, Name: "the thief replays the first refresh token", Verb: "refresh", Summary: "refresh: {refresh_token: 1f2e…aaaa1111}", Place: at(file, 10, 5), Ran: true, Journal: []int64{6}},
			{
				Number: 4, Name: "the honest client is cut off too", Verb: "refresh", Summary: "refresh: {refresh_token: 9c8d…bbbb2222}", Place: at(file, 13, 5), Ran: true, Journal: []int64{9},
				Failures: []result.Failure{
					{Place: at(file, 15, 22), Path: "status", Want: "400", Got: "200", Source: "    expect: {status: 400, error: invalid_grant}", Spec: "RFC9700#4.14.2"},
					{Place: at(file, 15, 34), Path: "error", Want: "invalid_grant", Got: "", Source: "    expect: {status: 400, error: invalid_grant}", Spec: "RFC6749#5.2"},
				},
			},
			{Number: 5, Verb: "introspect", Summary: "introspect: {token: eyJ…cccc3333}", Place: at(file, 16, 5)},
		},
		Messages: messages,
		Journal: []*journal.Entry{
			{Seq: 6, Time: instant(later), Endpoint: "token_endpoint", Method: "POST", Path: "/token", Params: url.Values{"grant_type": {"refresh_token"}}, Status: 400, Error: "invalid_grant",
				Decisions: []journal.Decision{{Check: "refresh_token", Detail: "used before", Spec: "RFC 9700 section 4.14.2"}},
				Events:    []journal.Event{{Name: "refresh_token.reuse_detected", Attrs: map[string]string{"sub": "alice"}}}},
			{Seq: 9, Time: instant(later), Duration: clock.Duration(time.Millisecond), Endpoint: "token_endpoint", Method: "POST", Path: "/token",
				Params: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"9c8d…bbbb2222"}}, Status: 200, Response: map[string]any{"token_type": "Bearer"},
				Lax: []string{"refresh-reuse"}},
		},
	}
}

func down() *result.Result {
	const file = "scenarios/outage.yaml"
	return &result.Result{
		Name: "the token endpoint is down twice, then answers", Place: at(file, 1, 1), Spec: []string{"RFC9110#10.2.3"},
		Outcome: result.Failed, Duration: 1234 * time.Millisecond, Elapsed: 26*time.Hour + 2*time.Second, Seed: 7,
		Steps: []result.Step{
			{
				Number: 1, Verb: "sign_in", Summary: "sign_in: alice", Place: at(file, 8, 5), Ran: true, Journal: []int64{1, 2},
				Failures: []result.Failure{{Place: at(file, 8, 5), Message: "the client gave up: token_endpoint answered 503 twice"}},
			},
			{
				Number: 2, Verb: "verify", Summary: "verify: journal", Place: at(file, 9, 5), Ran: true,
				Failures: []result.Failure{{
					Place: at(file, 10, 53), Path: "journal[0].statuses", Source: "      journal: [{endpoint: token_endpoint, statuses: [503, 503, 200], gap: {$gte: 2s}}]",
					Want: "- 503\n- 503\n- 200", Got: "- 503\n- 503", Spec: "RFC 9110 section 10.2.3",
				}},
			},
		},
		Messages: []result.Message{
			{Step: 1, From: "client", To: "provider", Label: "POST /token", Detail: "grant_type=authorization_code", Seq: 1, Time: instant(noon)},
			{Step: 1, From: "provider", To: "client", Label: "503", Reply: true, Seq: 1, Time: instant(noon), Fault: "f1: respond 503 Retry-After: 2, for the first two requests at the token endpoint"},
			{Step: 1, From: "client", To: "provider", Label: "POST /token", Seq: 2, Time: instant("2030-01-01T00:00:02Z")},
			{Step: 1, From: "provider", To: "client", Label: "503", Reply: true, Seq: 2, Time: instant("2030-01-01T00:00:02Z"), Fault: "f1: respond 503"},
		},
		Journal: []*journal.Entry{
			{Seq: 1, Time: instant(noon), Endpoint: "token_endpoint", Method: "POST", Path: "/token", Status: 503, Faults: []journal.Applied{{ID: "f1", What: "respond 503"}}},
			{Seq: 2, Time: instant("2030-01-01T00:00:02Z"), Endpoint: "token_endpoint", Method: "POST", Path: "/token", Params: url.Values{"grant_type": {"authorization_code"}}, Status: 503,
				Faults: []journal.Applied{{ID: "f1", What: "respond 503"}}},
		},
	}
}

func skipped() *result.Result {
	return &result.Result{
		Name: "device sign-in on a television", Place: at("scenarios/device.yaml", 1, 1), Outcome: result.Skipped,
		Reason: "waits for #17", Seed: 7,
		Steps: []result.Step{{Number: 1, Verb: "device", Summary: "device: start", Place: at("scenarios/device.yaml", 4, 5)}},
	}
}

func expected() *result.Result {
	const file = "scenarios/device.yaml"
	return &result.Result{
		Name: "polling slows down", Place: at(file, 7, 1), Outcome: result.ExpectedToFail, Reason: "slow_down is not honoured yet",
		Duration: 400 * time.Microsecond, Seed: 7, Spec: []string{"RFC8628#3.5"},
		Steps: []result.Step{{
			Number: 1, Verb: "device", Summary: "device: poll", Place: at(file, 9, 5), Ran: true,
			Failures: []result.Failure{{Place: at(file, 10, 14), Path: "duration", Want: "{$gte: 10s}", Got: "5s", Source: "    expect: {duration: {$gte: 10s}}"}},
		}},
	}
}

func unexpected() *result.Result {
	return &result.Result{
		Name: "plain PKCE is refused", Place: at("scenarios/pkce.yaml", 3, 1), Outcome: result.Unexpected, Reason: "issue 12", Duration: 3 * time.Millisecond, Seed: 7,
		Steps: []result.Step{{Number: 1, Verb: "sign_in", Summary: "sign_in: alice", Place: at("scenarios/pkce.yaml", 6, 5), Ran: true}},
	}
}

func broken() *result.Result {
	return &result.Result{
		Name: "my app refuses a wrong nonce", Place: at("scenarios/app.yaml", 1, 1), Outcome: result.Broken,
		Reason: "app: is not built yet", Seed: 7, Spec: []string{"OIDC.Core#3.1.3.7"},
	}
}

func unicodeNames() *result.Result {
	const file = "scenarios/日本語 umlaut's.yaml"
	return &result.Result{
		Name: "ログイン: größer [café] 🙂 — a name that is a good deal longer than the column", Place: at(file, 1, 1), Outcome: result.Failed,
		Duration: 5 * time.Millisecond, Seed: 7,
		Steps: []result.Step{{
			Number: 1, Verb: "sign_in", Summary: "sign_in: 花子", Place: at(file, 3, 5), Ran: true,
			Failures: []result.Failure{{Place: at(file, 4, 36), Path: "id_token.claims.name", Want: "花子 Müller", Got: "花子 Mu\u0308ller", Source: "    expect: {id_token: {claims: {name: 花子 Müller}}}"}},
		}},
		Messages: []result.Message{
			{Step: 1, From: "browser", To: "provider", Label: "POST /サインイン", Detail: "name=花子 Müller", Time: instant(noon)},
			{Step: 1, From: "provider", To: "log shipper", Label: "to one that nobody knows"},
		},
	}
}
