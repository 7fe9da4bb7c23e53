package load_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/scenarios/internal/load"
)

// header is a whole header of an entry, of seven lines.
const header = `scenario: userinfo about somebody else
entry: ours-userinfo-sub
severity: critical
provider_does: answers userinfo with another sub
client_does: ignores that answer
why: bob's profile is shown to alice
remedy: compare both subs
`

// stimulus is one that a client meets at each sign-in, of one line.
const stimulus = "stimulus: {faults: [{on: userinfo, tamper: {set: {sub: bob}}}]}\n"

// removeKey is a text without its line of that key.
func removeKey(text, key string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, key+":") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// problems loads files and returns their problems, a line each.
func problems(t *testing.T, files map[string]string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	_, err := load.Load(context.Background(), fsys, nil)
	var out []string
	for _, p := range load.Problems(err) {
		out = append(out, strings.TrimPrefix(p.Error(), "a.yaml:"))
	}
	if err != nil && out == nil {
		t.Fatal(err)
	}
	return out
}

// TestHeaderIsStrict has documents with the problems of their headers, each with its
// line and column.
func TestHeaderIsStrict(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"an entry":                      {header + stimulus, nil},
		"an entry with steps":           {header + "steps: [{sign_in: bob}]\n", nil},
		"an entry that holds to a rule": {header + "lint: pkce-absent\n", nil},
		"a planned entry":               {removeKey(removeKey(header, "why"), "remedy") + "planned: JARM\n", nil},
		"a key misspelt": {
			strings.Replace(header, "provider_does", "provider_dose", 1) + stimulus,
			[]string{`4:1: unknown key "provider_dose"; did you mean "provider_does"?`},
		},
		"entry misspelt": {
			strings.Replace(header, "entry:", "entyr:", 1) + stimulus,
			[]string{`2:1: unknown key "entyr"; did you mean "entry"?`},
		},
		"keys without entry": {
			"scenario: a\nseverity: high\nwhy: it matters\nsteps: [{sign_in: alice}]\n",
			[]string{
				`2:1: severity: "severity" goes together with "entry", which is missing; add entry, or leave severity out`,
				`3:1: why: "why" goes together with "entry", which is missing; add entry, or leave why out`,
			},
		},
		"a stimulus without entry": {
			"scenario: a\nsteps: [{sign_in: alice}]\n" + stimulus,
			[]string{`3:1: stimulus: "stimulus" goes together with "entry", which is missing; add entry, or leave stimulus out`},
		},
		"a switch without entry": {
			"scenario: a\nsteps: [{stimulus: on}, {sign_in: alice}]\n",
			[]string{`2:10: steps[0].stimulus: only an entry has a stimulus; use fault and clear_faults, or give it a header: authdrill help entries`},
		},
		"neither entry nor steps": {"scenario: a\n", []string{`1:1: "steps" is missing; what happens, in order; only an entry may leave them out, which is one sign-in then`}},
		"severity missing": {
			removeKey(header, "severity") + stimulus,
			[]string{`1:1: "severity" is missing; what it costs to get it wrong: critical, high, medium, low, control`},
		},
		"what the client does missing": {
			removeKey(header, "client_does") + stimulus,
			[]string{`1:1: "client_does" is missing; what a correct client does`},
		},
		"an unknown severity": {
			strings.Replace(header, "critical", "ciritcal", 1) + stimulus,
			[]string{`3:11: severity: unknown value "ciritcal"; did you mean "critical"?`},
		},
		"remedy missing": {
			removeKey(header, "remedy") + stimulus,
			[]string{`2:8: entry: ours-userinfo-sub lacks why or remedy; say in why what happens to a client that gets it wrong, and in remedy what to change`},
		},
		"wrong types": {
			strings.Replace(header, "why: bob's profile is shown to alice", "why: [bob]", 1) + stimulus + "needs: {api: true}\nunmet: perhaps\nrecord:\nbundled: fast\n",
			[]string{
				`6:6: why: want a text, got a list`,
				`9:8: needs: want a text, got a mapping`,
				`10:8: unmet: want true or false, got perhaps; write true or false`,
				`11:1: record: want true or false, got nothing; give it a value, or leave the key out`,
				`12:10: bundled: want a mapping, got a value; its keys are response_type, response_mode, client_secret, token_endpoint_auth_method, id_token_signed_response_alg, userinfo_signed_response_alg, scope, max_age, acr, retry`,
			},
		},
		"values that are not one of the few": {
			header + stimulus + "needs: [api, userinf]\ntls: expird\noutcome: {app: {accounts: samme}, fails: secrity}\n",
			[]string{
				`9:14: needs[1]: unknown value "userinf"; did you mean "userinfo"?`,
				`10:6: tls: unknown value "expird"; did you mean "expired"?`,
				`11:27: outcome.app.accounts: unknown value "samme"; did you mean "same"?`,
				`11:42: outcome.fails: unknown value "secrity"; did you mean "security"?`,
			},
		},
		"an id that is not in lower case": {
			strings.Replace(header, "ours-userinfo-sub", "Ours sub", 1) + stimulus,
			[]string{`2:8: entry: invalid id "Ours sub"; write it in lower case, without spaces, such as ours-state-missing`},
		},
		"an entry that does nothing": {
			header + "outcome: {app: {never: bob}}\n",
			[]string{`2:8: entry: ours-userinfo-sub does nothing: there is nothing to play; add a stimulus, steps, lint, tls or example; or say in planned what is not built yet`},
		},
		"a planned entry with steps": {
			header + "planned: JARM\nsteps: [{sign_in: alice}]\n",
			[]string{`2:8: entry: ours-userinfo-sub is planned, and has something to play; leave out planned, or what is played`},
		},
		"an unknown rule": {
			header + "lint: pkce-plian\n",
			[]string{`8:7: lint: unknown value "pkce-plian"; did you mean "pkce-plain"?`},
		},
		"an unknown bug": {
			header + stimulus + "proven_by: [nonce-unchecked, state-unchecked + nonce-unchcked]\n",
			[]string{`9:30: proven_by[1]: unknown bug "nonce-unchcked"; did you mean "nonce-unchecked"?`},
		},
		"keys that an entry has not": {
			header + stimulus + "faults: [{at: token_endpoint, delay: 1s}]\nskip: not today\nclient: {use: [pkce]}\n",
			[]string{
				`9:1: faults: an entry has no faults; put it below stimulus, which is laid over the provider`,
				`10:1: skip: an entry has no skip; leave the entry out with --skip`,
				`11:1: client: an entry has no client; configure the bundled client app in bundled`,
			},
		},
	} {
		if diff := cmp.Diff(tc.want, problems(t, map[string]string{"a.yaml": tc.text})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// TestOutcomeIsStrict has entries whose outcome or steps would never be judged as
// they are written.
func TestOutcomeIsStrict(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"keys misspelt": {
			"outcome: {app: {nevr: bob}, browzer: {stays: true}, provider: {requests: {refesh: 1}}}\n",
			[]string{
				`9:17: outcome.app: unknown key "nevr"; did you mean "never"?`,
				`9:29: outcome: unknown key "browzer"; did you mean "browser"?`,
				`9:75: outcome.provider.requests: unknown key "refesh"; did you mean "refresh"?`,
			},
		},
		"wrong types": {
			"outcome: {app: {signed_in: 3}, browser: {within: 5}, provider: {gap: [1s]}, recovery: often}\n",
			[]string{
				`9:28: outcome.app.signed_in: want true or false, got 3: it would never match`,
				`9:50: outcome.browser.within: invalid duration "5": want a number and a unit, such as 90s, 5m or 1h30m`,
				`9:70: outcome.provider.gap: want a text, got a list: it would never match`,
				`9:87: outcome.recovery: want true or false, got often; write true or false`,
			},
		},
		"users and browsers that there are not": {
			"outcome: {app: {as: bobb, browsers: {victim: {never: mallory}, main: false}}}\n",
			[]string{
				`9:21: outcome.app.as: unknown user "bobb"; did you mean "bob"?`,
				`9:38: outcome.app.browsers.victim: no step has a browser "victim"; name it in a step: browser: victim`,
				`9:54: outcome.app.browsers.victim.never: unknown user "mallory"; known are alice, bob, carol`,
				`9:64: outcome.app.browsers.main: the browser main is that of the app itself; write it in app: {signed_in, as, never}`,
			},
		},
		"users and browsers that there are": {
			"steps: [{sign_in: {user: bob, browser: victim}}, {copy_browser: old}, {logout: {browser: victim}}]\noutcome: {app: {as: bob, browsers: {victim: {never: alice}, old: false}}}\n", nil,
		},
		"unknown names": {
			"steps: [{open: {page: login, params: {next: \"${canari}\", \"${retrun_to}\": /}}}, {sign_in: {until: response, as: stolen}}, {callback: {params: {code: \"${stoln.code}\"}}}]\noutcome: {app: {as: \"${who}\"}}\n",
			[]string{
				`9:46: steps[0].open.params.next: unknown variable ${canari}; did you mean "canary"?`,
				`9:58: steps[0].open.params.${retrun_to}: unknown variable ${retrun_to}; did you mean "return_to"?`,
				`9:150: steps[2].callback.params.code: unknown variable ${stoln.code}; did you mean "stolen.code"?`,
				`10:22: outcome.app.as: unknown variable ${who}; write the value out, or declare it in vars`,
			},
		},
		"names that are known while steps run": {
			"steps:\n- {open: {page: login, params: {\"${return_to}\": \"https://${canary}/\"}}}\n- {sign_in: {until: response, as: stolen}}\n" +
				"- {callback: {response: stolen, params: {state: \"${stolen.state}\", error: \"${entry}\"}}}\n", nil,
		},
		"a response that is not held back": {
			"steps: [{callback: {response: stolen}}, {sign_in: {until: response, as: stolen}}, {callback: {response: stoln}}]\n",
			[]string{
				`9:31: steps[0].callback.response: no earlier step holds back a response "stolen"; hold one back before: sign_in: {until: response, as: stolen}`,
				`9:105: steps[2].callback.response: no earlier step holds back a response "stoln"; did you mean "stolen"?`,
			},
		},
		"a page that no app has": {
			"steps: [{open: {page: logni}}, {crowd: {users: 3, page: heath}}]\n",
			[]string{
				`9:23: steps[0].open.page: unknown page "logni"; want admin, api, callback, health, login, logout, whoami, or a path that begins with /`,
				`9:57: steps[1].crowd.page: unknown page "heath"; want admin, api, callback, health, login, logout, whoami, or a path that begins with /`,
			},
		},
		"an app that may not refuse to start": {
			"outcome: {app: {may_refuse_start: true}}\n",
			[]string{`9:17: outcome.app.may_refuse_start: may_refuse_start is for a stimulus that is armed from the start, and for an entry that expects signed_in: false, or records what is seen; leave it out, or expect signed_in: false`},
		},
	} {
		if diff := cmp.Diff(tc.want, problems(t, map[string]string{"a.yaml": header + stimulus + tc.text})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// TestVariantsHaveLabelsOfTheirOwn has what is wrong with the matrix of an entry.
func TestVariantsHaveLabelsOfTheirOwn(t *testing.T) {
	const steps = "stimulus: {faults: [{on: userinfo, tamper: {set: {sub: \"${matrix.sub}\"}}}]}\n"
	many := make([]string, load.MaxVariants+1)
	for i := range many {
		many[i] = fmt.Sprintf("v%d", i)
	}
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"plain values, mappings and words": {`matrix: {sub: [bob, {label: empty, value: ""}, {label: absent, value: $absent}, {label: an object, value: {id: bob}, proven_by: userinfo-sub-unchecked}]}`, nil},
		"a label twice": {
			`matrix: {sub: [bob, {label: bob, value: BOB}]}`,
			[]string{`8:41: matrix.sub[1].value: two variants have the label "bob"; give one of them a label of its own: {label: NAME, value: ..}`},
		},
		"no label": {
			`matrix: {sub: [bob, ""]}`,
			[]string{`8:21: matrix.sub[1]: invalid label "": a variant is named by it, as in --only ID[LABEL]; give the value a label: {label: empty, value: ""}`},
		},
		"a key of a value misspelt": {
			`matrix: {sub: [{label: bob, vlaue: BOB}]}`,
			[]string{`8:29: matrix.sub[0].vlaue: unknown key "vlaue"; did you mean "value"?`},
		},
		"an unknown axis": {
			`matrix: {sbu: [bob]}`,
			[]string{`8:10: matrix.sbu: the axis "sbu" is never used; use it, or take it away`, `9:57: stimulus.faults[0].tamper.set.sub: the matrix has no axis "sub"; did you mean "sbu"?`},
		},
		"proofs that no variant has": {
			"proven_by: nonce-unchecked\nmatrix: {sub: [{label: bob, value: BOB, proven_by: userinfo-sub-unchecked}]}",
			[]string{`8:12: proven_by: no variant is proven by nonce-unchecked: each names known-bad clients of its own; leave it out`},
		},
		"a proof by a bug that does not exist": {
			`matrix: {sub: [{label: bob, value: BOB, proven_by: [userinfo-sub-uncheckd]}, ALICE]}`,
			[]string{`8:53: matrix.sub[0].proven_by[0]: unknown bug "userinfo-sub-uncheckd"; did you mean "userinfo-sub-unchecked"?`},
		},
		"too many": {
			`matrix: {sub: [` + strings.Join(many, ", ") + `]}`,
			[]string{`8:1: matrix: the entry has 21 variants; at most 20 are played; each is a drill: keep those that break another client`},
		},
	} {
		if diff := cmp.Diff(tc.want, problems(t, map[string]string{"a.yaml": header + tc.text + "\n" + steps})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// TestIDsOfTwoFilesDiffer has two entries of one id, in two files and in one.
func TestIDsOfTwoFilesDiffer(t *testing.T) {
	want := []string{"11:8: entry: line 2 has an entry with this id already; name it differently", "b.yaml:2:8: entry: a.yaml:2:8 has an entry with this id already; name it differently"}
	got := problems(t, map[string]string{"a.yaml": header + stimulus + "---\n" + strings.Replace(header, "about", "of", 1) + stimulus, "b.yaml": header + stimulus})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
