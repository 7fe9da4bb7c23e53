package report_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/result"
)

// ways are the ways in which a scenario is told a secret. Each has a canary of
// its own, and what stands for it in the rest of the file; nothing else in the
// file is secret.
func ways() map[string]struct{ head, stands, canary string } {
	return map[string]struct{ head, stands, canary string }{
		"env":            {"vars: {greeting: {env: GREETING}}\n", "${greeting}", "C4nary,in=env"},
		"env by its own": {"vars: {greeting: {env: GREETING}}\n", "${env.GREETING}", "C4nary,in=env"},
		"variable":       {"vars: {db_password: \"C4nary,in=var\"}\n", "${db_password}", "C4nary,in=var"},
		"default":        {"vars: {x: {env: DB_PASSWORD, default: \"C4nary,in=def\"}}\n", "${x}", "C4nary,in=def"},
		"axis":           {"matrix: {passwd: [\"C4nary,in=axis\"]}\n", "${matrix.passwd}", "C4nary,in=axis"},
		"client":         {"clients: {app: {client_secret: \"C4nary,in=cli\"}}\n", "C4nary,in=cli", "C4nary,in=cli"},
		"user":           {"users: {alice: {password: \"C4nary,in=usr\"}}\n", "C4nary,in=usr", "C4nary,in=usr"},
		"private key":    {"provider: {grant_types_supported: [authorization_code, \"urn:ietf:params:oauth:grant-type:jwt-bearer\"]}\nclients: {app: {client_secret: app-secret, jwks: {keys: [{kty: oct, k: \"C4nary_of-a-key\"}]}}}\n", "C4nary_of-a-key", "C4nary_of-a-key"},
		"short":          {"vars: {x: {env: SHORT_ONE}}\n", "${x}", "#4~a"},
	}
}

func environment(name string) (string, bool) {
	value, ok := map[string]string{"GREETING": "C4nary,in=env", "SHORT_ONE": "#4~a"}[name]
	return value, ok
}

// places are where a text can stand: Q is the secret.
func places() map[string]string {
	step := func(deed string) string { return "scenario: it\nHEAD\nsteps:\n  - " + deed + "\n" }
	return map[string]string{
		"names":          "scenario: \"Q\"\nHEAD\ndescription: \"Q\"\ntags: [\"Q\"]\nsteps:\n  - name: \"Q\"\n    request: /nowhere\n",
		"skip":           "scenario: it\nskip: \"Q\"\nHEAD\nsteps:\n  - sign_in: alice\n    name: \"Q\"\n",
		"expect_failure": "scenario: it\nexpect_failure: \"Q\"\nHEAD\nsteps:\n  - request: /nowhere\n",
		"surprise":       "scenario: it\nexpect_failure: \"Q\"\nHEAD\nsteps:\n  - sign_in: alice\n    name: \"Q\"\n",
		"header":         step(`{request: {url: /nowhere, headers: {X-A: "Q"}}}`),
		"authorization":  step(`{request: {url: /resource/me, headers: {Authorization: "Bearer Q", User-Agent: "Q"}}}`),
		"path":           step(`{request: "/resource/Q"}`),
		"query":          step(`{request: "/resource/me?x=Q"}`),
		"form":           step(`{request: {url: /token, form: {x: "Q", scope: "Q", grant_type: "Q"}}}`),
		"JSON":           step(`{request: {url: /register, json: {"a": ["Q"], redirect_uris: ["Q"]}}}`),
		"body":           step(`{request: {url: /token, body: "x=Q"}}`),
		"basic":          step(`{request: {url: /token, basic: {username: someone, password: "Q"}}}`),
		"user name":      step(`{request: {url: /token, basic: {username: "Q", password: x}}}`),
		"want":           step(`{request: /resource/me, expect: {status: 401, body: "Q", headers: {X-B: "Q"}, error: "Q"}}`),
		"state":          step(`{authorize: {params: {state: "Q", x: "Q"}, login_hint: "Q"}, expect: {authorization_request: {state: nope}}}`),
		"scope":          step(`{authorize: {scope: "Q"}, expect: {status: 418}}`),
		"redirect":       step(`{authorize: {redirect_uri: "http://127.0.0.1:9401/Q"}}`),
		"refresh":        step(`{sign_in: alice}` + "\n  - " + `{refresh: {refresh_token: "Q"}}`),
		"verify":         step(`{request: {url: /token, form: {x: "Q"}}, expect: {status: 400}}` + "\n  - " + `{verify: {journal: [{endpoint: token_endpoint, params: {x: other}}, {params: {x: "Q"}, count: 7}]}}`),
		"answer":         step(`{fault: {at: token_endpoint, respond: {status: 400, headers: {Content-Type: text/plain, X-C: "Q"}, body: "Q"}}}` + "\n  - " + `{request: {url: /token, form: {grant_type: x}}, expect: {status: 400, body: nope, headers: {X-C: nope}}}`),
		"message":        step(`{fault: {at: token_endpoint, error: {error: "Q", error_description: "Q"}}}` + "\n  - sign_in: alice"),
		"cut answer": step(`{fault: {at: token_endpoint, respond: {status: 400, body: "` + strings.Repeat("x", 191) + `Q"}}}` + "\n  - " +
			`{request: {url: /token, form: {grant_type: x}}}`),
		"cut value": step(`{fault: {at: token_endpoint, respond: {status: 400, body: "` + strings.Repeat("x", 150) + `Q"}}}` + "\n  - " +
			`{request: {url: /token, form: {grant_type: x}}, expect: {status: 400, body: nope}}`),
		"password":  step(`{sign_in: {user: alice, password: "Q"}, expect: {status: 1}}`),
		"condition": step(`{sign_in: alice, if: "Q == x"}`),
		"set":       step(`{set: {users: {alice: {password: "Q", name: "Q"}}, clients: {app: {client_secret: "Q"}}}}` + "\n  - request: /nowhere"),
	}
}

// written are the reports of results in every format, by its name.
func written(t *testing.T, results []*result.Result) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, format := range report.Formats() {
		var b bytes.Buffer
		if err := report.Write(&b, format, results, report.Options{}); err != nil {
			t.Fatal(err)
		}
		out[format] = b.String()
	}
	return out
}

// forms are what a secret looks like where it leaks.
func forms(secret string) []string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte("someone:" + secret))
	quoted, _ := json.Marshal(secret)
	slug := strings.NewReplacer(",", "-", "=", "-").Replace(strings.ToLower(secret))
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), strings.Trim(string(quoted), `"`), encoded[12:]}
	if len(secret) > 5 {
		all = append(all, slug, secret[:8]+"…", base64.RawStdEncoding.EncodeToString([]byte(secret)))
	}
	return all
}

// TestCanary: whatever way a secret came into a scenario, and wherever it is
// there, it is in no report of any format, and in no error either.
func TestCanary(t *testing.T) {
	t.Parallel()
	shownBy := map[string]bool{}
	for way, w := range ways() {
		for place, text := range places() {
			file := "it.yaml"
			if place == "names" {
				file = w.canary + ".yaml"
			}
			text = strings.ReplaceAll(strings.Replace(text, "HEAD\n", w.head, 1), "Q", w.stands)
			if way == "user" {
				text += "  - {sign_in: alice}\n" // a user that is declared must be used
			}
			what := way + " in " + place
			all, err := scenarios.Load(t.Context(), fstest.MapFS{file: {Data: []byte(text)}}, nil, scenarios.WithEnv(environment))
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			if way != "short" { // in the middle of a text a short one may be shown
				text = all[0].Name + all[0].Description + strings.Join(all[0].Tags, "") + fmt.Sprint(all[0].Warnings) + all[0].Skip + all[0].ExpectFailure + all[0].Steps[0].Name
				leaked(t, what+", loaded", text, w.canary)
			}
			for format, text := range written(t, scenarios.Run(t.Context(), all, scenarios.Options{})) {
				leaked(t, what+", "+format, text, w.canary)
			}
			shown := written(t, scenarios.Run(t.Context(), all, scenarios.Options{ShowSecrets: true}))
			if strings.Contains(shown["json"], w.canary) {
				shownBy[way], shownBy[place] = true, true
			}
		}
	}
	for _, name := range append(slices.Collect(maps.Keys(ways())), slices.Collect(maps.Keys(places()))...) {
		// What was typed as a password is kept nowhere, and a condition is not told.
		if !shownBy[name] && name != "condition" && name != "surprise" && name != "skip" && name != "expect_failure" {
			t.Errorf("%s: the canary does not get there, so that it is hidden proves nothing", name)
		}
	}
}

// TestCanaryInProblems: what is wrong with a file is told without its secrets,
// also where the file itself has them.
func TestCanaryInProblems(t *testing.T) {
	t.Parallel()
	for way, w := range ways() {
		for place, text := range map[string]string{
			"duration":  "scenario: it\nHEAD\nsteps:\n  - advance: \"Q\"\n",
			"enum":      "scenario: \"Q\"\nHEAD\nsteps:\n  - sign_in: {prompt: login, response_mode: \"Q\", client: \"Q\"}\n",
			"key":       "scenario: it\nHEAD\nsteps:\n  - sign_in: {password: \"Q\", usr: alice}\n",
			"warning":   "scenario: it\nHEAD\nsteps:\n  - callback: {params: {x: \"Q\"}}\n",
			"beside it": "scenario: it\n" + strings.TrimSuffix(w.head, "\n") + " # Q\nskip: {}\nsteps: 7\n",
		} {
			text = strings.ReplaceAll(strings.Replace(text, "HEAD\n", w.head, 1), "Q", w.stands)
			all, err := scenarios.Load(t.Context(), fstest.MapFS{"it.yaml": {Data: []byte(text)}}, nil, scenarios.WithEnv(environment))
			said := fmt.Sprint(err)
			for _, s := range all {
				said += s.Warnings.Error()
			}
			if err == nil && place != "warning" || said == "<nil>" {
				t.Errorf("%s, %s: nothing is wrong", way, place)
			}
			leaked(t, way+", "+place, said, w.canary)
		}
	}
}

// TestCanaryInUnreadableFiles: a line is also quoted of a file that cannot be read,
// of a fragment, and of a document that is too large.
func TestCanaryInUnreadableFiles(t *testing.T) {
	t.Parallel()
	const canary = "C4nary,in=file"
	steps := "\nsteps:\n  - sign_in: alice\n"
	for what, files := range map[string]fstest.MapFS{
		"quote":     {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: \"" + canary + "}}\n")}},
		"brace":     {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: '" + canary + "'}}}" + steps)}},
		"twice":     {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: '" + canary + "', client_secret: x}}" + steps)}},
		"block":     {"it.yaml": {Data: []byte("scenario: it\nclients:\n  app:\n    client_secret: |\n      " + canary + "\n      second\n    redirect_uris: 7\n    grant_typse: [" + canary + "]" + steps)}},
		"variable":  {"it.yaml": {Data: []byte("scenario: it\nvars: {api_key: {value: '" + canary + "', vlaue: x}}" + steps)}},
		"axis":      {"it.yaml": {Data: []byte("scenario: it\nmatrix: {passwd: [['x'], '" + canary + "']}" + steps)}},
		"too many":  {"it.yaml": {Data: []byte("scenario: it\nmatrix: {passwd: ['" + canary + "'" + strings.Repeat(", x", 200) + "], b: [1" + strings.Repeat(", x", 2000) + "]}" + steps)}},
		"slip":      {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secrt: '" + canary + "'}}" + steps)}},
		"alias":     {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: *" + canary[:6] + "}}" + steps)}},
		"mapping":   {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: {x: '" + canary + "'}}}" + steps)}},
		"as a name": {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: {'" + canary + "'}}}" + steps)}},
		"next line": {"it.yaml": {Data: []byte("scenario: it\nclients:\n  app:\n    client_secret:\n      " + canary + ": [" + "\nsteps: []\n")}},
		"two lines": {"it.yaml": {Data: []byte("scenario: it\nclients:\n  app:\n    client_secret: first\n      " + canary + ": x" + steps)}},
		"quotes":    {"it.yaml": {Data: []byte("scenario: it\nclients: {app: {client_secret: \"first\n  " + canary + "\"x}}" + steps)}},
		"list":      {"it.yaml": {Data: []byte("scenario: it\nmatrix:\n  passwd:\n    - \"" + canary + "\"x" + steps)}},
		"URL":       {"it.yaml": {Data: []byte("scenario: it\nsteps:\n  - request: {url: 'http://me:" + canary + "@127.0.0.1/', x: y}\n")}},
		"query":     {"it.yaml": {Data: []byte("scenario: it\nsteps:\n  - request: {url: '/token?api_key=" + canary[:6] + "', x: y}\n")}},
		"fragment":  {"it.yaml": {Data: []byte("scenario: it\ninclude: _f.yaml" + steps)}, "_f.yaml": {Data: []byte("clients: {app: {client_secret: '" + canary + "', client_nmae: x}}\n")}},
		"fragments": {"it.yaml": {Data: []byte("scenario: it\ninclude: _f.yaml" + steps)},
			"_f.yaml": {Data: []byte("clients: {app: {client_secret: x}}\n---\nclients: {app: {client_secret: '" + canary + "'}}\n")}},
		"no fragment": {"it.yaml": {Data: []byte("scenario: it\ninclude: _f.yaml" + steps)}, "_f.yaml": {Data: []byte("{clients: {app: {client_secret: '" + canary + "'}}, skip: x}\n")}},
	} {
		_, err := scenarios.Load(t.Context(), files, nil)
		if scenarios.Problems(err) == nil {
			t.Errorf("%s: %v, want problems", what, err)
			continue
		}
		leaked(t, what, err.Error(), canary)
		if !strings.Contains(err.Error(), "…") || strings.Contains(err.Error(), canary[:6]) {
			t.Errorf("%s: nothing was hidden: %s", what, err)
		}
	}
}

// TestCanaryThatSteers: a text that must steer no terminal is shown in another way,
// by which it is no longer the secret.
func TestCanaryThatSteers(t *testing.T) {
	t.Parallel()
	for _, canary := range []string{"C4nary\x1bof-escape", "C4nary\tof-tab", "C4nary##[of-command", "C4nary\nof-line", "::C4nary-of-colons"} {
		env := func(name string) (string, bool) { return canary, name == "GREETING" }
		for place, text := range map[string]string{
			"problem": "scenario: it\nvars: {x: {env: GREETING}}\nsteps:\n  - advance: \"${x}\"\n",
			"result":  "scenario: it\nvars: {x: {env: GREETING}}\nsteps:\n  - {name: \"${x}\", request: {url: /token, form: {x: \"${x}\"}}, expect: {body: \"${x}\"}}\n",
		} {
			all, err := scenarios.Load(t.Context(), fstest.MapFS{"it.yaml": {Data: []byte(text)}}, nil, scenarios.WithEnv(env))
			said := map[string]string{"error": fmt.Sprint(err)}
			if err == nil {
				said = written(t, scenarios.Run(t.Context(), all, scenarios.Options{}))
			}
			for format, text := range said {
				if strings.Contains(text, "C4nary") || !strings.Contains(text, "…") && format != "tap" && format != "junit" {
					t.Errorf("%q, %s, %s: %s", canary, place, format, text)
				}
			}
		}
	}
}

func leaked(t *testing.T, what, text, canary string) {
	t.Helper()
	for _, form := range forms(canary) {
		if at := strings.Index(text, form); at >= 0 {
			t.Errorf("%s: %q in %q", what, form, text[max(0, at-60):min(len(text), at+60)])
			return
		}
	}
}

// TestCanaryWhileRunning: what becomes a secret only while a scenario runs is
// known too: by a registration, or by a change of the provider.
func TestCanaryWhileRunning(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"registered": `
  - request: {url: /register, json: {redirect_uris: ["http://127.0.0.1:9401/callback"]}}
    expect: {status: 201}
    capture: {own: json.client_secret, management: json.registration_access_token}
  - request: {url: /nowhere, headers: {X-A: "${own}", X-B: "${management}"}, form: {x: "${own}"}}
    expect: {body: "${own} ${management}"}
`,
		"set": `
  - set: {clients: {app: {client_secret: "C4nary,in=set"}}}
  - set: {clients: {app: {client_secret: "an0ther,secret"}}}
  - request: {url: /nowhere, headers: {X-A: "C4nary,in=set", X-B: "an0ther,secret"}}
`,
		"token": `
  - sign_in: {user: alice, scope: openid offline_access}
    capture: {access: token_response.access_token, refresh: token_response.refresh_token}
  - request: {url: "/resource/${access}", headers: {X-A: "${refresh}"}}
    expect: {body: "${access}"}
`,
	} {
		all, err := scenarios.Load(t.Context(), fstest.MapFS{"it.yaml": {Data: []byte("scenario: it\nsteps:" + text)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := json.Marshal(scenarios.Run(t.Context(), all, scenarios.Options{ShowSecrets: true}))
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{"C4nary,in=set", "an0ther,secret"}
		if name != "set" {
			secrets = nil
			for _, m := range regexp.MustCompile(`"(?:client_secret|registration_access_token|access_token|refresh_token)":"([^"…]+)"`).FindAllStringSubmatch(string(shown), -1) {
				secrets = append(secrets, m[1])
			}
		}
		if len(secrets) < 2 {
			t.Errorf("%s: %d secrets, want two: %s", name, len(secrets), shown)
		}
		for format, report := range written(t, scenarios.Run(t.Context(), all, scenarios.Options{})) {
			for _, secret := range secrets {
				leaked(t, name+", "+format, report, secret)
			}
		}
	}
}
