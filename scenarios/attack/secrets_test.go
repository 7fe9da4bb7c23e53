package attack

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// optionsWithSecrets returns options that have a secret in each way, and the secrets
// by way.
func optionsWithSecrets() (Options, map[string]string) {
	named := &redact.Secrets{}
	named.Learn("c4nary-of-the-command")
	return Options{
			Secrets: named,
			Setup: setup.Setup{
				Clients: map[string]*store.Client{"web": {Secret: "c4nary-of-the-client"}, "none": {}},
				Users:   map[string]*store.User{"dora": {Password: "c4nary-of-the-user"}, "none": {}},
			},
			Env: []string{"GITHUB_TOKEN=c4nary-inherited", "DATABASE_URL=postgres://app:c4nary-of-database@127.0.0.1/app", "PWD=/home/somebody", "XDG_SESSION_ID=3"},
			App: &target.App{
				Start: &target.Start{Command: []string{"app", "--api-key", "c4nary-behind-flag", "--store=redis://:c4nary-of-store@127.0.0.1"}, Env: map[string]string{"BROKER": "amqp://me:c4nary-of-broker@127.0.0.1/?x=1", "DB_PASSWORD": "c4nary-of-the-app", "CLIENT_SECRET": "${client_secret}", "MODE": "production"}},
				Login: &target.Page{URL: "http://127.0.0.1:3000/login?api_key=c4nary-in-query&mode=production"}, WhoAmI: &target.Probe{URL: "http://me:c4nary-in-userinfo@127.0.0.1:3000/me"},
			},
		}, map[string]string{
			"command": "c4nary-of-the-command", "client": "c4nary-of-the-client", "user": "c4nary-of-the-user", "environment": "c4nary-inherited",
			"app.start.env": "c4nary-of-the-app", "query": "c4nary-in-query", "userinfo": "c4nary-in-userinfo",
			"inherited URL": "c4nary-of-database", "flag": "c4nary-behind-flag", "URL in a flag": "c4nary-of-store", "URL in app.start.env": "c4nary-of-broker",
		}
}

// fill puts a text into every string of a value, and makes one element of every list.
// Lists of the types that it is inside of stay empty: a variant has no variants.
func fill(v reflect.Value, text string, inside ...reflect.Type) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
		}
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), text, append(inside, v.Type())...)
		}
	case reflect.Slice:
		if slices.Contains(inside[:max(len(inside)-1, 0)], v.Type().Elem()) {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text, inside...)
	}
}

// TestCardHidesEveryMember: whatever a card has, now or later, is without
// secrets where the campaign hands it out.
func TestCardHidesEveryMember(t *testing.T) {
	t.Parallel()
	o, canaries := optionsWithSecrets()
	e, err := catalog.Embedded().Lookup("idt-nonce-wrong")
	if err != nil {
		t.Fatal(err)
	}
	for way, canary := range canaries {
		card, found := &Card{}, result.Result{}
		o.Repeat = func(id string) string {
			return "authdrill attack --whoami 'http://127.0.0.1/" + canary + "' --only " + id
		}
		o.OnFinding = func(f result.Result) { found = f }
		c := &campaign{Options: o, secrets: o.knownSecrets(), findings: map[string]result.Result{}}
		fill(reflect.ValueOf(card).Elem(), "before "+canary+" after")
		c.recordFinding(t.Context(), e, card.Findings[0])
		hidden, failed := c.hideSecrets(card, &url.Error{Op: "Get", URL: canary, Err: ErrGuard})
		for what, v := range map[string]any{"card": hidden, "finding": found, "kept": c.findings, "error": failed.Error()} {
			if text, _ := json.Marshal(v); strings.Contains(string(text), canary) || len(text) < 20 {
				t.Errorf("%s, %s: %s", way, what, text)
			}
		}
	}
	if c := (&campaign{secrets: o.knownSecrets()}); c.secrets.Hide("/home/somebody production ${client_secret} 3") != "/home/somebody production ${client_secret} 3" {
		t.Error("what is no secret is hidden")
	}
}

// TestCardKeepsWordsOfTheCatalogue: a secret that is a word, such as a code that a
// stimulus falsifies, takes nothing away from what the catalogue says.
func TestCardKeepsWordsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	e, err := catalog.Embedded().Lookup("apple-code-of-another-client")
	if err != nil {
		t.Fatal(err)
	}
	known := &redact.Secrets{}
	known.Learn("another")
	c := &campaign{
		Options: Options{Entries: []*catalog.Entry{e}, Repeat: func(id string) string { return "authdrill attack --whoami another --only " + id }},
		secrets: known, findings: map[string]result.Result{},
	}
	f := newFinding(e.Scenario)
	f.Reason, f.Severity = "another was shown", "low" // what was seen costs less than the entry
	c.recordFinding(t.Context(), e, f)
	card, _ := c.hideSecrets(&Card{Findings: []result.Result{c.findings[e.ID]}, Stale: []string{e.ID}}, nil)
	got := card.Findings[0]
	if got.Severity != "low" {
		t.Errorf("severity %s, want that of what was seen", got.Severity)
	}
	if got.ID != e.ID || got.Title != e.Name || card.Stale[0] != e.ID || !strings.HasSuffix(got.Repeat, "--only "+e.ID) {
		t.Errorf("the catalogue's words are hidden: %+v", card)
	}
	if strings.Contains(got.Reason, "another") || strings.Contains(got.Repeat, "--whoami another") {
		t.Errorf("a secret is shown: %+v", card)
	}
}
