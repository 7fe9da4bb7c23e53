package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/drill"
)

func load(files map[string]string, paths ...string) ([]*drill.Scenario, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return scenarios.Load(context.Background(), fsys, paths, scenarios.WithEnv(func(name string) (string, bool) {
		return "from the environment", name == "SET"
	}))
}

// complaints are the problems of one file a.yaml, one line each.
func complaints(t *testing.T, text string) []string {
	t.Helper()
	_, err := load(map[string]string{"a.yaml": text})
	var out []string
	for _, p := range scenarios.Problems(err) {
		out = append(out, strings.TrimPrefix(p.Error(), "a.yaml:"))
	}
	if err != nil && out == nil {
		t.Fatal(err)
	}
	return out
}

func TestExamplesLoad(t *testing.T) {
	for name, fsys := range map[string]fs.FS{"examples": scenarios.Examples(), "testdata": os.DirFS("testdata")} {
		all, err := scenarios.Load(context.Background(), fsys, []string{"*.yaml"})
		if err != nil {
			t.Fatalf("%s:\n%v", name, err)
		}
		if len(all) == 0 {
			t.Fatal(name, "is empty")
		}
	}
}

// TestExamplesExpand fills in every name that is known only at run time.
func TestExamplesExpand(t *testing.T) {
	all, err := scenarios.Load(context.Background(), scenarios.Examples(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	lookup := func(name string) (any, error) {
		asked = append(asked, name)
		return "seen", nil
	}
	for _, s := range all {
		if _, err := strict.Expand(s.Setup, lookup); err != nil {
			t.Error(err)
		}
		for _, step := range s.Steps {
			out, err := strict.Expand(step, lookup)
			if err != nil || out == step || out.Verb() != step.Verb() || out.Node != step.Node {
				t.Errorf("%v: %+v, %v", step.Place, out, err)
			}
		}
	}
	for _, want := range []string{"old", "stolen", "current", "access", "kid", "issuer", "authorization_request.state"} {
		if !slices.Contains(asked, want) {
			t.Errorf("nobody asked for %s", want)
		}
	}
}

func TestSmallest(t *testing.T) {
	all, err := load(map[string]string{"a.yaml": "scenario: it works\nsteps:\n- sign_in: alice\n"})
	if err != nil || len(all) != 1 || all[0].Steps[0].SignIn.User != "alice" || all[0].Steps[0].Verb() != "sign_in" {
		t.Fatal(all, err)
	}
	if p := all[0].Steps[0].Place; p.String() != "a.yaml:3:3" {
		t.Error(p)
	}
}

func TestForms(t *testing.T) {
	all, err := load(map[string]string{"a.yaml": `
scenario: forms
tags: one
spec: [RFC6749#4.1.2.1, OIDC.Core#3.1.3.7, RFC7636]
clock: 2030-01-01T00:00:00Z
clients: {web: }
steps:
  - sign_in:
    expect: {id_token: $absent, www_authenticate: {scheme: Bearer}}
  - sign_in: {user: bob, client: web, consent: {scope: openid}, params: {nonce: $absent}}
    id: second
  - refresh:
    if: ${client_id} == app
    eventually: 10s
  - introspect: ${steps.second.token_response.access_token}
  - call: userinfo
  - call: {endpoint: userinfo, in: body}
  - request: /.well-known/openid-configuration
    expect: {status: {$one_of: [200, 304]}, json: {issuer: "${issuer}"}}
  - advance: 1h30m
  - rotate_keys:
  - fault: {id: slow, at: token_endpoint, delay: 2s, match: {grant_type: {$not: password}}}
  - clear_faults: slow
  - clear_faults:
  - revoke_grant: bob
  - set: {users: {bob: {disabled: true}}, provider: {pkce: required}}
  - verify: {journal: {endpoint: token_endpoint, count: 2}, log: refresh_token.reuse_detected}
`})
	if err != nil {
		t.Fatal(err)
	}
	s := all[0]
	var verbs []string
	for _, step := range s.Steps {
		verbs = append(verbs, step.Verb())
	}
	want := []string{"sign_in", "sign_in", "refresh", "introspect", "call", "call", "request", "advance", "rotate_keys", "fault", "clear_faults", "clear_faults", "revoke_grant", "set", "verify"}
	if diff := cmp.Diff(want, verbs); diff != "" {
		t.Error(diff)
	}
	if s.Steps[0].Expect.IDToken.Whole != "$absent" || s.Steps[2].If.Operator != "==" || s.Steps[2].Eventually.Within.D() != 10*time.Second {
		t.Errorf("%+v", s.Steps[2])
	}
	if s.Spec[0].String() != "RFC 6749 §4.1.2.1" || s.Spec[1].String() != "OIDC Core §3.1.3.7" || s.Spec[2].String() != "RFC 7636" {
		t.Error(s.Spec)
	}
	if got := s.Spec[0].URL() + " " + s.Spec[1].URL(); got != "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 https://openid.net/specs/openid-connect-core-1_0.html" {
		t.Error(got)
	}
	if got := s.Steps[6].Expect.Node.Find("status.$one_of.1").Place().String(); got != "a.yaml:19:38" {
		t.Error(got)
	}
	if s.Clients["web"] == nil {
		t.Error("an empty client is not one that is removed")
	}
}

func TestMatrix(t *testing.T) {
	all, err := load(map[string]string{"a.yaml": `
scenario: auth
matrix:
  method: [client_secret_basic, client_secret_post]
  alg: [RS256, ES256]
  exclude: [{method: client_secret_post, alg: ES256}]
  include: [{method: private_key_jwt, alg: EdDSA}]
clients:
  web: {token_endpoint_auth_method: "${matrix.method}", client_secret: a-secret, id_token_signed_response_alg: "${matrix.alg}"}
steps:
  - sign_in: {user: alice, client: web}
    expect: {id_token: {header: {alg: "${matrix.alg}"}}}
`})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name+" "+string(s.Clients["web"].AuthMethod)+" "+s.Steps[0].Expect.IDToken.Header.(map[string]any)["alg"].(string))
	}
	want := []string{
		"auth [method=client_secret_basic alg=RS256] client_secret_basic RS256",
		"auth [method=client_secret_basic alg=ES256] client_secret_basic ES256",
		"auth [method=client_secret_post alg=RS256] client_secret_post RS256",
		"auth [method=private_key_jwt alg=EdDSA] private_key_jwt EdDSA",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestIncludeAndUse(t *testing.T) {
	all, err := load(map[string]string{
		"d/a.yaml":            "scenario: a\ninclude: parts/_base.yaml\nprovider: {pkce: required}\nsteps:\n- use: parts/_login.yaml\n- call: userinfo\n",
		"d/parts/_base.yaml":  "vars: {scope: openid}\nprovider: {pkce: optional, consent: skip}\nusers: {dave: {email: d@example.com}}\nfaults: [{at: jwks_uri, connection: reset}]\nsteps:\n- advance: 1m\n",
		"d/parts/_login.yaml": "include: _more.yaml\nsteps:\n- sign_in: {user: dave, scope: \"${scope}\"}\n",
		"d/parts/_more.yaml":  "clients: {web: {client_name: Web}}\n",
	}, "d")
	if err != nil {
		t.Fatal(err)
	}
	s := all[0]
	if s.Provider.PKCE != "required" || s.Provider.Consent != "skip" || len(s.Steps) != 3 || len(s.Faults) != 1 || s.Clients["web"].Name != "Web" {
		t.Errorf("%+v", s)
	}
	if s.Steps[1].SignIn.Scope != "openid" || s.Steps[1].Place.String() != "d/parts/_login.yaml:3:3" {
		t.Errorf("%+v", s.Steps[1])
	}
}

func TestEnvironmentOnlyThroughVars(t *testing.T) {
	all, err := load(map[string]string{"a.yaml": "scenario: e\nvars: {secret: {env: SET}, other: {env: UNSET, default: 7}}\nclients: {app: {client_secret: \"${secret}\", default_max_age: \"${other}\", client_name: \"${env.SET}\"}}\nsteps:\n- sign_in:\n"})
	if err != nil {
		t.Fatal(err)
	}
	if c := all[0].Clients["app"]; c.Secret != "from the environment" || c.DefaultMaxAge != 7 || c.Name != c.Secret {
		t.Errorf("%+v", c)
	}
}

func TestNothingToRead(t *testing.T) {
	for _, tc := range []struct {
		files map[string]string
		path  string
	}{
		{map[string]string{"a.txt": ""}, "."}, {map[string]string{"a.yaml": "# empty\n"}, "a.yaml"},
		{nil, "missing.yaml"}, {map[string]string{"a.yaml": "scenario: x\nsteps: []\n"}, "b*.yaml"},
	} {
		if _, err := load(tc.files, tc.path); !errors.Is(err, scenarios.ErrNothing) {
			t.Errorf("%v: %v", tc, err)
		}
	}
}

func TestAllProblemsOfAllFiles(t *testing.T) {
	_, err := load(map[string]string{
		"a.yaml": "scenario: a\nsteps:\n- sing_in: alice\n", "b.yaml": "scenario: b\nstpes: []\n", "c.yaml": "a: [",
	})
	if ps := scenarios.Problems(err); len(ps) != 3 {
		t.Errorf("%v", err)
	}
}

// What does nothing, or checks nothing, is never green.
func TestNothingIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"steps: []\n": "2:1: steps: must not be empty: a scenario that does nothing cannot fail; the smallest is - sign_in: alice",
		"steps: [{sign_in: alice}, {verify: {}}]\n":            "2:28: steps[1].verify: verify has nothing to verify; name what must be in journal or log",
		"steps: [{sign_in: alice}, {verify: {journal: []}}]\n": "2:28: steps[1].verify: verify has nothing to verify; name what must be in journal or log",
	} {
		if got := strings.Join(complaints(t, "scenario: a\n"+text), "\n"); got != want {
			t.Errorf("%s: %s\nwant %s", text, got, want)
		}
	}
}

// A misspelt entry of the catalogue is found before anything runs.
func TestAttackNamesAnEntry(t *testing.T) {
	const app = "app: {login: http://localhost:3000/login}\n"
	for text, want := range map[string]string{
		"attack: idt-nonce-wrong\n":                    "",
		"attack: idt-nonce-wrnog\n":                    `2:9: attack: unknown entry "idt-nonce-wrnog" in the failure catalogue; did you mean "idt-nonce-wrong"?`,
		"attack: [idt-nonce-wrong, idt-nonce-wrnog]\n": `2:27: attack[1]: unknown entry "idt-nonce-wrnog" in the failure catalogue; did you mean "idt-nonce-wrong"?`,
		"attack: all\n":                                "2:9: attack: all entries at once are for app:; name an entry, or an app",
		"attack: all\n" + app:                          "",
	} {
		if got := strings.Join(complaints(t, "scenario: a\n"+text+"steps: [{sign_in: alice}]\n"), "\n"); got != want {
			t.Errorf("%s: %s\nwant %s", text, got, want)
		}
	}
}

func TestLintWarns(t *testing.T) {
	all, err := load(map[string]string{"a.yaml": "scenario: a\napp: {login: http://localhost:3000/login}\nsteps:\n- callback:\n- advance: 1h\n"})
	if err != nil || len(all[0].Warnings) != 2 {
		t.Fatal(all, err)
	}
	if w := all[0].Warnings[1]; w.Line != 5 || !strings.Contains(w.Message, "clock of its own") {
		t.Error(w)
	}
	examples, err := scenarios.Load(context.Background(), scenarios.Examples(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(examples, func(s *drill.Scenario) bool { return len(s.Warnings) > 0 }); i >= 0 {
		t.Error(examples[i].Warnings)
	}
}

// The value of an axis may be a mapping: ${matrix.axis} is all of it, and
// ${matrix.axis.member} a member.
func TestMatrixMappings(t *testing.T) {
	_, err := load(map[string]string{"a.yaml": `
scenario: it
matrix:
  client: [{locality: One, region: A}, {label: two, value: {locality: Two, region: B}}]
  body: [{label: a list, value: []}, {label: nothing, value: null}, {value: 42}]
  state: [$keep, $absent, ""]
clients: {app: {client_name: "${matrix.client.locality}"}}
users: {alice: "${matrix.user}"}
steps:
  - fault: {at: token_endpoint, respond: {status: 200, json: "${matrix.body}"}}
  - authorize:
  - login: alice
  - callback: {params: {state: "${matrix.state}"}}
  - introspect: {token: a, params: "${matrix.client}"}
`[1:]})
	if err == nil {
		t.Fatal("an axis that is not there was taken")
	}
	all, err := load(map[string]string{"a.yaml": `
scenario: it
matrix:
  client: [{locality: One, region: A}, {label: two, value: {locality: Two, region: B}}]
  body: [{label: a list, value: []}, {label: nothing, value: null}, {value: 42}]
  state: [$keep, $absent, ""]
  exclude: [{client: two, state: $keep}]
clients: {app: {client_name: "${matrix.client.locality}"}}
users: {alice: {address: "${matrix.client}"}}
steps:
  - fault: {at: token_endpoint, respond: {status: 200, json: "${matrix.body}"}}
  - authorize:
  - login: alice
  - callback: {params: {state: "${matrix.state}"}}
`[1:]})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, fmt.Sprintf("%s: %s %v %v %q", s.Name, s.Clients["app"].Name, s.Users["alice"].Address.Region, s.Steps[0].Fault.Respond.JSON, s.Steps[3].Callback.Params["state"]))
	}
	for i, want := range []string{
		`it [client={locality: One, region: A} body=a list state=$keep]: One A [] "$keep"`,
		`it [client={locality: One, region: A} body=a list state=$absent]: One A [] "$absent"`,
		`it [client={locality: One, region: A} body=a list state=]: One A [] ""`,
		`it [client={locality: One, region: A} body=nothing state=$keep]: One A <nil> "$keep"`,
	} {
		if i >= len(got) || got[i] != want {
			t.Errorf("%q, want %q", got, want)
			break
		}
	}
	if len(got) != 3*2*3-3 {
		t.Errorf("%d scenarios", len(got))
	}
}
