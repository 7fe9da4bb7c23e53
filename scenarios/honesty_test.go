package scenarios_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/result"
)

// What a scenario expects and does not get must never pass: each of these is
// refused, or fails.
func TestNothingHoldsByAccident(t *testing.T) {
	forged := "faults: [{on: id_token, tamper: {signature: corrupt}}]\n"
	for name, text := range map[string]string{
		"a status hides a client that refused":       forged + "steps: [{sign_in: alice, expect: {status: 200}}]",
		"so does an answer":                          forged + "steps: [{sign_in: alice, expect: {authorization_response: {code: $any}}}]",
		"so does an error that is not there":         forged + "steps: [{sign_in: alice, expect: {error: $absent}}]",
		"so does an error of the client":             forged + "steps: [{sign_in: alice, expect: {client: {error: $absent}}}]",
		"so does a challenge":                        forged + "steps: [{sign_in: alice, expect: {www_authenticate: $absent}}]",
		"so does another error":                      forged + "steps: [{sign_in: alice, expect: {error: {$not: invalid_grant}}}]",
		"a refresh by nobody":                        "steps: [{refresh: , expect: {client: {outcome: rejected}}}]",
		"a call by nobody":                           "steps: [{call: userinfo, expect: {client: {outcome: rejected}}}]",
		"a login without a page":                     "steps: [{login: alice, expect: {client: {outcome: rejected}}}]",
		"a callback of nothing":                      "steps: [{callback: , expect: {client: {outcome: rejected}}}]",
		"a bug that does not exist":                  "client: {bugs: [nonce-uncheked]}\nsteps: [{sign_in: alice, expect: {client: {outcome: rejected}}}]",
		"a proof that does not exist":                "proven_by: [nonce-uncheked]\nsteps: [{sign_in: alice}]",
		"nothing is tried":                           "steps: [{sign_in: alice, eventually: -3s, expect: {status: 599}}]",
		"tried without end":                          "steps: [{sign_in: alice, eventually: {within: 1s, every: -1s}}]",
		"a header in another case":                   "steps: [{sign_in: alice}, {call: {api: /me}, expect: {headers: {content-TYPE: $absent}}}]",
		"the journal's headers too":                  "steps: [{sign_in: alice}, {verify: {journal: {endpoint: token_endpoint, headers: {authorization: $absent}}}}]",
		"a header that the journal does not keep":    "steps: [{sign_in: alice}, {verify: {journal: {endpoint: token_endpoint, headers: {DPoP: $absent}}}}]",
		"an empty text":                              "steps: [{sign_in: alice, expect: {client: {sub: ''}}}]",
		"members of what is not there":               "steps: [{request: {url: '${issuer}/jwks'}, expect: {token_response: {}}}]",
		"a gap with one exchange":                    "steps: [{sign_in: alice}, {verify: {journal: {endpoint: token_endpoint, gap: {$gte: 2s}}}}]",
		"somebody else is remembered":                "steps: [{sign_in: alice}, {sign_in: bob}]",
		"no refresh where none is wanted":            "steps: [{sign_in: {user: alice, scope: openid offline_access}}, {advance: 2h}, {call: {endpoint: userinfo, auto_refresh: false}, expect: {status: 200}}]",
		"a duration that is another":                 "steps: [{sign_in: alice, expect: {duration: {$not: 0m}}}]",
		"nine of ten calls fail":                     "faults: [{at: resource, times: 9, respond: {status: 503}}]\nsteps: [{sign_in: alice}, {call: {api: /me, parallel: 10}}]",
		"the second of two faults":                   "faults: [{id: one, at: token_endpoint, delay: 1s}, {id: two, at: token_endpoint, delay: 1s}]\nsteps: [{sign_in: alice}, {verify: {journal: {fault: two, count: 0}}}]",
		"two conditions in one":                      "steps: [{sign_in: alice}, {verify: {journal: {count: 77}}, if: a == a && b == b}]",
		"a condition that compares twice":            "steps: [{sign_in: alice}, {verify: {journal: {count: 77}}, if: a == b == c}]",
		"an exclusion of nothing":                    "matrix: {alg: [RS256], exclude: [{alg: RS265}]}\nsteps: [{sign_in: alice}]",
		"a matrix without measure":                   "matrix: {a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0], b: *a, c: *a, d: *a, e: *a}\nsteps: [{sign_in: '${matrix.a}${matrix.b}${matrix.c}${matrix.d}${matrix.e}'}]",
		"a client that nobody knows, in the journal": "steps: [{sign_in: alice}, {verify: {journal: {client_id: ap, count: 0}}}]",
		"a fault that nobody set":                    "steps: [{sign_in: alice}, {verify: {journal: {fault: nope, count: 0}}}]",
		"skipped for no reason":                      "skip: false\nsteps: [{sign_in: alice, expect: {status: 599}}]",
		"a clock beyond what tokens can tell":        "clock: '2500-01-01T00:00:00Z'\nsteps: [{sign_in: alice}]",
		"a clock that is moved there":                "steps: [{advance: 2000000h}, {sign_in: alice}]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := scenarios.Load(context.Background(), fstest.MapFS{"it.yaml": {Data: []byte("scenario: it\n" + text + "\n")}}, nil)
			if err != nil {
				return // refused
			}
			for _, r := range scenarios.Run(t.Context(), all, scenarios.Options{}) {
				if r.Outcome != result.Failed && r.Outcome != result.Broken {
					t.Errorf("%s\n%s", r.Outcome, text)
				}
			}
		})
	}
}
