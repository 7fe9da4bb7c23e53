package scenarios_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesAreKnownAndUsed is one table of everything a file can say about a
// name that does not exist, is not known yet, or serves nothing.
func TestNamesAreKnownAndUsed(t *testing.T) {
	const top = "scenario: a\n"
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"unknown variable": {
			top + "steps:\n- sign_in: {scope: \"a ${scpoe}\"}\nvars: {scope: x}\n",
			[]string{
				`3:23: steps[0].sign_in.scope: unknown variable ${scpoe}; did you mean "scope"?`,
				`4:8: vars.scope: the variable "scope" is never used; use it, or take it away`,
			},
		},
		"unknown axis": {
			top + "matrix: {alg: [RS256]}\nclients: {app: {id_token_signed_response_alg: \"${matrix.lag}\"}}\nsteps:\n- sign_in:\n",
			[]string{
				`2:10: matrix.alg: the axis "alg" is never used; use it, or take it away`,
				`3:48: clients.app.id_token_signed_response_alg: the matrix has no axis "lag"; did you mean "alg"?`,
			},
		},
		"claims have names of the provider's": {
			top + "provider: {access_token: {claims: {a: \"${user.email}\", b: [\"${usr.email}\"], c: \"${user.emial}\"}}, scopes: {x: {claims: {dddd: \"${grant_typ}\"}}}}\nsteps:\n- sign_in:\n- set: {clients: {app: {id_token: {claims: {e: \"${client.client_id} ${request.foo}\", f: \"${clientid}\"}}}}}\n",
			[]string{
				`2:61: provider.access_token.claims.b[0]: unknown variable ${usr.email}; did you mean ${user.email}?`,
				`2:81: provider.access_token.claims.c: unknown variable ${user.emial}; did you mean ${user.email}?`,
				`2:128: provider.scopes.x.claims.dddd: unknown variable ${grant_typ}; did you mean ${grant_type}?`,
				`5:90: steps[1].set.clients.app.id_token.claims.f: unknown variable ${clientid}; did you mean ${client.<metadata>}?`,
			},
		},
		"user removed": {
			top + "users: {alice: null, dave: }\nclients: {app: null, web: }\nsteps:\n- sign_in: {user: dave, client: web}\n- login: alice\n- sign_in: {client: app}\n- revoke_grant: {user: bob}\n",
			[]string{
				`6:10: steps[1].login: unknown user "alice": line 2 removes it; known are bob, carol, dave`,
				`7:12: steps[2].sign_in: unknown user "alice": line 2 removes it; known are bob, carol, dave`,
				`7:21: steps[2].sign_in.client: unknown client "app": line 3 removes it; known are web`,
			},
		},
		"by default a client that is removed": {
			top + "clients: {app: ~, web: {}}\nsteps:\n- call: userinfo\n- sign_in: {client: web}\n- call: userinfo\n",
			[]string{`4:9: steps[0].call: unknown client "app": line 2 removes it; known are web`},
		},
		"removed and never there": {
			top + "users: {alcie: null}\nclients: {web: null}\nsteps:\n- sign_in:\n",
			[]string{
				`2:9: users.alcie: no user "alcie" to remove; did you mean "alice"?`,
				`3:11: clients.web: no client "web" to remove; known are app`,
			},
		},
		"capture never used": {
			top + "steps:\n- sign_in:\n  capture: {old: token_response.access_token}\n",
			[]string{`4:13: steps[0].capture.old: the capture "old" is never used; use it, or take it away`},
		},
		"capture used too early": {
			top + "steps:\n- revoke: ${old}\n- sign_in:\n  capture: {old: token_response.access_token}\n",
			[]string{`3:11: steps[0].revoke: ${old} is captured only after step 2; use it in a later step`},
		},
		"capture used in its own step": {
			top + "steps:\n- sign_in:\n  capture: {old: token_response.access_token}\n  expect: {json: {a: \"${old}\"}}\n",
			[]string{`5:23: steps[0].expect.json.a: ${old} is captured only after step 1; use it in a later step`},
		},
		"capture of nothing": {
			top + "steps:\n- sign_in:\n  capture: {a: token_respnose.scope, b: token_response.scoep, c: id_token.claim.sub, d: status.x, e: id_token}\n- open: ${a}${b}${c}${d}${e}\n",
			[]string{
				`4:16: steps[0].capture.a: "token_respnose.scope" is nothing that a step shows; did you mean "token_response"?`,
				`4:41: steps[0].capture.b: "scoep" is almost a registered name; did you mean "scope"?`,
				`4:66: steps[0].capture.c: id_token has no member "claim"; did you mean "claims"?`,
				`4:89: steps[0].capture.d: status has no members; leave .x out`,
				`4:102: steps[0].capture.e: id_token has several members: name one; write id_token.header`,
			},
		},
		"capture with a reserved name": {
			top + "steps:\n- sign_in:\n  capture: {issuer: status}\n",
			[]string{
				`4:13: steps[0].capture.issuer: "issuer" has a meaning of its own as ${issuer}: choose another name`,
			},
		},
		"observation misspelt": {
			top + "steps:\n- sign_in:\n- revoke: ${token_response.refresh_tokne}\n- open: ${id_token.hdr.kid}\n",
			[]string{
				`4:11: steps[1].revoke: "refresh_tokne" is almost a registered name; did you mean "refresh_token"?`,
				`5:9: steps[2].open: id_token has no member "hdr"; known are header, claims, valid`,
			},
		},
		"observation outside of steps": {
			top + "clients: {app: {client_name: \"${status}\"}}\nsteps:\n- sign_in:\n",
			[]string{`2:31: clients.app.client_name: unknown variable ${status}; known are issuer`},
		},
		"step that is not there": {
			top + "steps:\n- sign_in:\n  id: first\n- open: ${steps.frist.status}\n- open: ${steps.last.status}\n- sign_in:\n  id: last\n",
			[]string{
				`5:9: steps[1].open: no step has the id "frist"; did you mean "first"?`,
				`6:9: steps[2].open: ${steps.last.status} is seen only in step 4; use it in a later step`,
			},
		},
		"two steps of one id": {
			top + "steps:\n- sign_in:\n  id: a\n- sign_in:\n  id: a\n",
			[]string{`6:7: steps[1].id: step 1 has the id a already; choose another`},
		},
		"environment": {
			top + "vars: {a: {env: NOT_SET}, b: {env: SET}}\nsteps:\n- open: ${a}${b}${env.STE}${env.HOME}\n",
			[]string{
				`2:17: vars.a.env: the environment variable NOT_SET is not set; set it, or give the variable a default`,
				`4:17: steps[0].open: no variable of vars takes the environment variable STE; did you mean "SET"?`,
				`4:27: steps[0].open: no variable of vars takes the environment variable HOME; declare it: vars: {home: {env: HOME}}`,
			},
		},
		"variables that are none": {
			top + "vars: {a: [1], b: {value: 1, env: X}, c: {default: 1}, \"d e\": 1, f: \"${g}\", status: 1}\nsteps:\n- open: ${a}${b}${c}${d e}${f}${status}\n",
			[]string{
				`2:11: vars.a: a variable is a text, a number, true or false`,
				`2:35: vars.b.env: a variable has one source: keep either value or env`,
				`2:42: vars.c: a variable needs a value, or env: NAME`,
				`2:56: vars.d e: "d e" is not a name: use letters, digits, _ and -`,
				`2:69: vars.f: a variable cannot be made of others; write the value out`,
				`2:77: vars.status: "status" has a meaning of its own as ${status}: choose another name`,
			},
		},
		"clients and users": {
			top + "clients: {web: , wbe: }\nusers: {dave: }\nsteps:\n- sign_in: {user: dvae, client: web}\n- login: mallory\n- set: {users: {alcie: {disabled: true}}}\n- revoke_grant: {user: alice, client: ap}\n",
			[]string{
				`2:18: clients.wbe: the client "wbe" is never used; name it in a step, or take it away`,
				`3:9: users.dave: the user "dave" is never used; name it in a step, or take it away`,
				`5:19: steps[0].sign_in.user: unknown user "dvae"; did you mean "dave"?`,
				`6:10: steps[1].login: unknown user "mallory"; known are alice, bob, carol, dave`,
				`7:17: steps[2].set.users.alcie: unknown user "alcie"; did you mean "alice"?`,
				`8:39: steps[3].revoke_grant.client: unknown client "ap"; did you mean "app"?`,
			},
		},
		"fault that is not there": {
			top + "faults: [{id: slow, at: jwks_uri, delay: 1s}]\nsteps:\n- clear_faults: solw\n",
			[]string{`4:17: steps[0].clear_faults: unknown fault "solw"; did you mean "slow"?`},
		},
		"nothing to see": {
			top + "steps:\n- advance: 1h\n  expect: {status: 200}\n",
			[]string{`4:3: steps[0].expect: advance shows nothing to expect; put it into a later step`},
		},
		"never to be seen": {
			top + "steps:\n- introspect:\n  expect: {token_response: $absent, app: {signed_in: true}}\n- verify: {log: session.ended}\n  expect: {status: 200}\n",
			[]string{
				`4:12: steps[0].expect.token_response: introspect shows no token_response; put it into the step that shows it`,
				`4:37: steps[0].expect.app: the scenario has no app; describe the app, name it with run --app, or expect something of client`,
				`6:12: steps[1].expect.status: verify shows no status; put it into the step that shows it`,
			},
		},
		"no instant": {
			top + "clock: tomorrow\nsteps:\n- sign_in:\n",
			[]string{`2:8: clock: "tomorrow" is not an instant; write an instant like 2030-01-01T00:00:00Z, or real`},
		},
		"two scenarios of one name": {
			top + "steps:\n- sign_in:\n---\n" + top + "steps:\n- sign_in:\n",
			[]string{`5:11: scenario: line 1 has a scenario of this name already; name it differently`},
		},
		"matrix": {
			top + "matrix: {a: 1, b: [[1]], inculde: [], c: [1], exclude: [{d: 1}], include: [{c: 2}]}\nsteps:\n- open: ${matrix.a}${matrix.b}${matrix.c}\n",
			[]string{
				`2:13: matrix.a: an axis wants a list of values, got a value; write [a, b]`,
				`2:20: matrix.b[0]: want a text, a number, true, false or a mapping, got a list; give another value a label: {label: none, value: []}`,
				`2:26: matrix.inculde: an axis cannot be called "inculde"; did you mean "include"?`,
				`2:58: matrix.exclude[0].d: the matrix has no axis "d"; known are a, b, c`,
				`2:76: matrix.include[0]: the axis a has no value here`,
				`2:76: matrix.include[0]: the axis b has no value here`,
			},
		},
		"matrix of nothing": {
			top + "matrix: {a: [1], exclude: [{a: 1}]}\nsteps:\n- open: ${matrix.a}\n",
			[]string{`2:1: matrix: the matrix excludes every combination; exclude fewer`},
		},
		"value of the matrix": {
			top + "matrix: {alg: [RS256, HS512]}\nclients: {app: {id_token_signed_response_alg: \"${matrix.alg}\"}}\nsteps:\n- sign_in:\n",
			[]string{`3:47: clients.app.id_token_signed_response_alg: unknown value "HS512", which is the value of ${matrix.alg}; did you mean "RS512"?`},
		},
		"include": {
			top + "include: [missing.yaml, \"${x}\"]\nsteps:\n- use: a.yaml\n",
			[]string{
				`2:11: include[0]: cannot be read: open missing.yaml: file does not exist; the path is relative to this file`,
				`2:25: include[1]: a path cannot be made of variables; write the path out`,
				`4:8: steps[0].use: a.yaml includes itself: a.yaml -> a.yaml`,
			},
		},
		"condition": {
			top + "steps:\n- sign_in:\n  if: a b\n",
			[]string{`4:7: steps[0].if: invalid condition "a b"; write one like ${matrix.alg} != none`},
		},
		"clause": {
			top + "spec: [RFC 6749]\nsteps:\n- sign_in:\n",
			[]string{`2:8: spec[0]: "RFC 6749" is not a clause: write one like RFC6749#4.1.2 or OIDC.Core#3.1.3.7`},
		},
	} {
		if diff := cmp.Diff(tc.want, complaints(t, tc.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
