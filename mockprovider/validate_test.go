package mockprovider

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// door is a way by which settings come in. What it returns says what is wrong.
type door struct {
	name string
	of   func(setup.Setup) error
}

// doors are all those that take a whole setup, and those for a part of one with
// the path that the part has in a setup.
func doors(t *testing.T) (whole []door, parts map[string][]door) {
	t.Helper()
	op, err := New()
	if err != nil {
		t.Fatal(err)
	}
	h, r := newRemote(t)
	made := func(_ any, err error) error { return err }
	sent := func(method, path string, body any) error {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		status, answer := r.do(method, "/_/api"+path, string(text))
		if status < http.StatusBadRequest {
			return nil
		}
		said := fmt.Sprint(answer["detail"])
		problems, _ := answer["errors"].([]any)
		for _, p := range problems {
			p := p.(map[string]any)
			said += fmt.Sprintf("\n%v: %v; %v", p["path"], p["message"], p["hint"])
		}
		return errors.New(said)
	}
	whole = []door{
		{"New WithSetup", func(s setup.Setup) error { return made(New(WithSetup(s))) }},
		{"NewHost", func(s setup.Setup) error { return made(NewHost(Options{Defaults: s})) }},
		{"Host.Create", func(s setup.Setup) error { return made(h.Create("go", s)) }},
		{"Overlay", op.Overlay},
		{"POST /issuers", func(s setup.Setup) error {
			return sent("POST", "/issuers", struct {
				Name string `json:"name"`
				setup.Setup
			}{"sent", s})
		}},
	}
	parts = map[string][]door{
		"provider": {
			{"New WithProvider", func(s setup.Setup) error { return made(New(WithProvider(s.Provider))) }},
			{"Set", func(s setup.Setup) error { return op.Set(s.Provider) }},
			{"PATCH /provider", func(s setup.Setup) error { return sent("PATCH", "/provider", s.Provider) }},
		},
		"clients.web": {
			{"New WithClient", func(s setup.Setup) error { return made(New(WithClient(*s.Clients["web"]))) }},
			{"SetClient", func(s setup.Setup) error { return op.SetClient(*s.Clients["web"]) }},
			{"PUT /clients", func(s setup.Setup) error { return sent("PUT", "/clients/web", s.Clients["web"]) }},
		},
		"users.dora": {
			{"New WithUser", func(s setup.Setup) error { return made(New(WithUser(*s.Users["dora"]))) }},
			{"SetUser", func(s setup.Setup) error { return op.SetUser(*s.Users["dora"]) }},
			{"PUT /users", func(s setup.Setup) error { return sent("PUT", "/users/dora", s.Users["dora"]) }},
		},
		"faults[0]": {
			{"New WithFault", func(s setup.Setup) error { return made(New(WithFault(s.Faults[0]))) }},
			{"Fault", func(s setup.Setup) error { return made(op.Fault(s.Faults[0])) }},
			{"POST /faults", func(s setup.Setup) error { return sent("POST", "/faults", s.Faults[0]) }},
		},
	}
	return whole, parts
}

func ofClient(c store.Client) setup.Setup {
	c.ID = "web"
	return setup.Setup{Clients: map[string]*store.Client{"web": &c}}
}

func ofUser(u store.User) setup.Setup {
	u.Login = "dora"
	return setup.Setup{Users: map[string]*store.User{"dora": &u}}
}

func ofFault(f fault.Fault) setup.Setup { return setup.Setup{Faults: []fault.Fault{f}} }

// Each door says the same of what cannot be, with the path of the member.
func TestMisspeltSettingsAreRefused(t *testing.T) {
	whole, parts := doors(t)
	at := protocol.TokenEndpoint
	for _, c := range []struct {
		part string
		s    setup.Setup
		path string // within the part
		want string
	}{
		{"provider", setup.Setup{Provider: persona.Persona{Name: "gogle"}}, "persona", `unknown value "gogle"; did you mean "google"?`},
		{"provider", setup.Setup{Provider: persona.Persona{GrantTypes: []protocol.Grant{"refresh_token", "pasword"}}}, "grant_types_supported[1]", `unknown value "pasword"; did you mean "password"?`},
		{"provider", setup.Setup{Provider: persona.Persona{IDToken: persona.IDToken{SigningAlg: "RS265"}}}, "id_token.signing_alg", `unknown value "RS265"; did you mean "RS256"?`},
		{"provider", setup.Setup{Provider: persona.Persona{Metadata: map[string]any{"isuer": "x"}}}, "metadata", `unknown key "isuer"; did you mean "issuer"?`},
		{"clients.web", ofClient(store.Client{AuthMethod: "client_secret_basci"}), "token_endpoint_auth_method", `unknown value "client_secret_basci"; did you mean "client_secret_basic"?`},
		{"clients.web", ofClient(store.Client{ResponseTypes: []protocol.ResponseType{"cod"}}), "response_types[0]", `unknown value "cod"; did you mean "code"?`},
		{"clients.web", ofClient(store.Client{DefaultMaxAge: -1}), "default_max_age", "want at least 0"},
		{"users.dora", ofUser(store.User{Claims: map[string]any{"f": func() {}}}), "claims.f", "cannot be written: a func() has no form in a file"},
		{"faults[0]", ofFault(fault.Fault{At: "token_endpont", Connection: "reset"}), "at", `unknown value "token_endpont"; did you mean "token_endpoint"?`},
		{"faults[0]", ofFault(fault.Fault{At: protocol.SignIn, Connection: "reset"}), "at", `unknown value "sign_in"`},
		{"faults[0]", ofFault(fault.Fault{On: "id_tokn", Tamper: &fault.Tamper{Signature: "none"}}), "on", `unknown value "id_tokn"; did you mean "id_token"?`},
		{"faults[0]", ofFault(fault.Fault{At: at, Connection: "reset", Moment: "aftr"}), "moment", `unknown value "aftr"; did you mean "after"?`},
		{"faults[0]", ofFault(fault.Fault{At: at, Connection: "rest"}), "connection", `unknown value "rest"; did you mean "reset"?`},
		{"faults[0]", ofFault(fault.Fault{On: protocol.IDToken, Tamper: &fault.Tamper{Signature: "corupt"}}), "tamper.signature", `unknown value "corupt"; did you mean "corrupt"?`},
		{"faults[0]", ofFault(fault.Fault{On: protocol.IDToken, Tamper: &fault.Tamper{Claims: map[string]any{"exp": map[string]any{"$now": "5"}}}}), "tamper.claims.exp.$now", "$now wants a duration, like -5m, got 5"},
		{"faults[0]", ofFault(fault.Fault{At: at, Match: map[string]any{"scope": map[string]any{"$contans": "x"}}, Connection: "reset"}), "match.scope", `unknown matcher "$contans"; did you mean "$contains"?`},
		{"faults[0]", ofFault(fault.Fault{At: at, Respond: &fault.Respond{Status: 99}}), "respond.status", "want at least 200"},
		{"faults[0]", ofFault(fault.Fault{At: at, On: protocol.IDToken, Connection: "reset"}), "", "want only one place here: on is a second one, after at; keep one of them"},
		{"faults[0]", ofFault(fault.Fault{At: at, Connection: "reset", Delay: &fault.Delay{Fixed: clock.Duration(1)}}), "", "want only one effect here"},
		{"faults[0]", ofFault(fault.Fault{Connection: "reset"}), "", "missing place: want one of at, on, documented"},
		{"faults[0]", ofFault(fault.Fault{At: at, Skip: -1, Connection: "reset"}), "skip", "want at least 0"},
		{"faults[0]", ofFault(fault.Fault{Documented: "google/refresh-token-revokd"}), "", "did you mean google/refresh-token-revoked?"},
		{"faults[0]", ofFault(fault.Fault{At: at, Refuse: "token.code_usd"}), "", "did you mean token.code_used?"},
	} {
		for _, d := range slices.Concat(whole, parts[c.part]) {
			err := d.of(c.s)
			if err == nil {
				t.Errorf("%s accepts what has %s: %s", d.name, c.part, c.want)
				continue
			}
			path := c.part + "." + c.path
			if slices.ContainsFunc(parts[c.part], func(p door) bool { return p.name == d.name }) {
				path = c.path
			}
			got := err.Error()
			if strings.HasPrefix(c.want, "cannot be written") && strings.Contains(got, "json:") {
				continue // it cannot be sent at all
			}
			if !strings.Contains(got, strings.TrimSuffix(path, ".")) || !strings.Contains(got, c.want) {
				t.Errorf("%s: %s\nwant %s: %s", d.name, got, path, c.want)
			}
		}
	}
}

// What no setting can be is refused by a name of its own.
func TestNamelessSettingsAreRefused(t *testing.T) {
	op, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"client": op.SetClient(store.Client{}), "user": op.SetUser(store.User{})} {
		if err == nil || !strings.Contains(err.Error(), "cannot be empty") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A persona that was read from a file has a name of its own, and the settings of
// any provider can be set again.
func TestPersonasOfFilesAreAccepted(t *testing.T) {
	own, err := persona.Parse("acme.yaml", []byte("persona: acme\nextends: google\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []persona.Persona{own, persona.Spec(), {Name: "google"}} {
		op, err := New(WithProvider(p))
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Set(op.Persona()); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

// misspelt returns a value of t for each member with a list of values, with a
// value in that member that is not in the list.
func misspelt(t reflect.Type, path string, see func(path string, v reflect.Value)) {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if t.Kind() == reflect.Slice {
			path += "[0]"
		}
		misspelt(t.Elem(), path, func(path string, v reflect.Value) {
			out := reflect.New(t).Elem()
			if t.Kind() == reflect.Slice {
				out = reflect.Append(out, v)
			} else {
				out.Set(reflect.New(t.Elem()))
				out.Elem().Set(v)
			}
			see(path, out)
		})
		return
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" || !f.IsExported() {
			continue
		}
		whole := func(v reflect.Value) reflect.Value {
			out := reflect.New(t).Elem()
			out.Field(i).Set(v)
			return out
		}
		below := strings.TrimPrefix(path+"."+name, ".")
		if values := strict.ValuesOf(f); len(values) > 0 {
			v := reflect.New(f.Type).Elem()
			if f.Type.Kind() == reflect.Slice {
				v, below = reflect.MakeSlice(f.Type, 1, 1), below+"[0]"
				v.Index(0).SetString(values[0] + "x")
			} else {
				v.SetString(values[0] + "x")
			}
			see(below, whole(v))
			continue
		}
		misspelt(f.Type, below, func(path string, v reflect.Value) { see(path, whole(v)) })
	}
}

// Every member that has a list of values is held to it by every door.
func TestEveryDoorKnowsTheValues(t *testing.T) {
	whole, parts := doors(t)
	seen := 0
	for part, of := range map[string]reflect.Type{
		"provider": reflect.TypeFor[persona.Persona](), "clients.web": reflect.TypeFor[store.Client](),
		"users.dora": reflect.TypeFor[store.User](), "faults[0]": reflect.TypeFor[fault.Fault](),
	} {
		misspelt(of, "", func(path string, v reflect.Value) {
			seen++
			var s setup.Setup
			switch value := v.Interface().(type) {
			case persona.Persona:
				s.Provider = value
			case store.Client:
				s = ofClient(value)
			case store.User:
				s = ofUser(value)
			case fault.Fault:
				s = ofFault(value)
			}
			for _, d := range slices.Concat(whole, parts[part]) {
				if err := d.of(s); err == nil || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), "unknown value ") {
					t.Errorf("%s, %s: %v", d.name, path, err)
				}
			}
		})
	}
	if seen < 30 {
		t.Errorf("%d members have a list of values", seen)
	}
}

// Start fails the test with what is wrong.
func TestStartFailsWithTheNearMiss(t *testing.T) {
	failed := &failing{TB: t}
	func() {
		defer func() { _ = recover() }()
		Start(failed, WithProvider(persona.Persona{Name: "gogle"}))
	}()
	if want := `mockprovider: provider.persona: unknown value "gogle"; did you mean "google"?`; failed.said != want {
		t.Errorf("said %q, want %q", failed.said, want)
	}
}

// failing is a test that ends with its first failure.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f)
}
