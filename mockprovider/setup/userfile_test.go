package setup

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// manyUsers writes n users of 20 claims and more each, as a directory would export
// them, in YAML or JSON.
func manyUsers(n int, asJSON bool) []byte {
	yes := true
	if asJSON {
		all := map[string]*store.User{}
		for i := range n {
			u := defaultUser(fmt.Sprintf("user%06d", i))
			u.Login, u.Groups, u.PhoneNumber, u.PhoneVerified = "", []string{"staff", "readers", fmt.Sprint("team", i%40)}, "+64 9 555 0100", &yes
			u.Address = &store.Address{StreetAddress: "1 Queen Street", Locality: "Auckland", PostalCode: "1010", Country: "NZ"}
			u.Claims = map[string]any{"department": "sales", "level": i, "tags": []any{"a", "b", true}}
			all[fmt.Sprintf("user%06d", i)] = u
		}
		out, _ := json.MarshalIndent(all, "", "  ")
		return out
	}
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `user%06d:
  sub: user%06d
  name: User %d
  given_name: User
  family_name: Example
  preferred_username: user%06d
  email: user%06d@example.com
  email_verified: true
  zoneinfo: Pacific/Auckland
  locale: en
  phone_number: +64 9 555 0100
  phone_number_verified: true
  address: {street_address: 1 Queen Street, locality: Auckland, postal_code: "1010", country: NZ}
  groups: [staff, readers, team%d]
  claims: {department: sales, level: %d, tags: [a, b, true]}
`, i, i, i, i, i, i%40, i)
	}
	return []byte(out.String())
}

func TestUserFiles(t *testing.T) {
	for name, text := range map[string]string{
		"mapping.yaml":    "dora:\n  email: d@corp.test\nerin:\n",
		"below.yaml":      "users: {dora: {email: d@corp.test}, erin: {}}",
		"list.yml":        "- {login: dora, email: d@corp.test}\n- login: erin\n",
		"mapping.json":    `{"dora": {"email": "d@corp.test"}, "erin": null}`,
		"below.JSON":      `{"users": {"dora": {"email": "d@corp.test"}, "erin": {}}}`,
		"list.json":       `[{"login": "dora", "email": "d@corp.test"}, {"login": "erin"}]`,
		"list below.json": `{"users": [{"login": "dora", "email": "d@corp.test"}, {"login": "erin"}]}`,
		"json.yaml":       `{"dora": {"email": "d@corp.test"}, "erin": {"login": "erin"}}`,
	} {
		var f UserFiles
		if ps := f.Read(name, []byte(text)); len(ps) > 0 || len(f.Users) != 2 || f.Users["dora"].Email != "d@corp.test" {
			t.Errorf("%s: %v %v", name, ps, f.Users)
			continue
		}
		all := Setup{Users: f.Users}.Complete().Users
		if all["erin"].Email != "erin@example.com" || all["dora"].Login != "dora" {
			t.Errorf("%s: %+v %+v", name, all["dora"], all["erin"])
		}
	}
}

func TestUserFilesSayWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a.yaml", "dora: {emial: x}", `a.yaml:1:8: dora: unknown key "emial"`},
		{"a.json", "{\n \"dora\": {\"email\": 7}}", "a.json:2:20: dora.email: want a text, got 7"},
		{"a.yaml", "dora: {email: a}\ndora: {email: b}", `a.yaml:2:1: dora: duplicate key "dora", first in line 1`},
		{"a.json", `[{"login": "dora"}, {"login": "dora"}]`, `a.json:1:31: [1]: there is a user "dora" already, in a.json:1:12`},
		{"b.json", "{\n  \"first\": {}}", `b.json:2:3: first: there is a user "first" already, in first.yaml:1:1`},
		{"b.yaml", "- {login: first}", `b.yaml:1:11: [0]: there is a user "first" already, in first.yaml:1:1`},
		{"a.json", `[{"email": "x"}]`, `a.json:1:2: [0]: "login" is missing`},
		{"a.json", `{"": {}}`, "a login cannot be empty"},
		{"a.yaml", "dora: {login: eve}", "is not the key"},
		{"a.yaml", "text", "is a mapping or a list, got a value"},
		{"a.json", `{"dora": `, "a.json:1:9: not JSON"},
		{"a.yaml", "a: {}\n---\nb: {}\n", "2 documents"},
		{"a.yaml", "a: &x {groups: [" + strings.Repeat("g,", 20) + "]}\nb: *x\n" + strings.Repeat("", 1), ""},
		{"a.yaml", "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]", "the aliases of this file"},
		{"a.yaml", "a: {claims: {x: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}}", "within each other"},
		{"a.json", `{"a": {"claims": {"x": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}}}", "within each other"},
		{"a.json", "[" + strings.Repeat(`{},`, 800_000) + "{}]", "more than 1,500,000 values"},
		{"a.yaml", "a: {name: \"" + strings.Repeat("x", MaxUserFile) + "\"}", "more than"},
	} {
		var f UserFiles
		f.Read("first.yaml", []byte("first: {}"))
		ps := f.Read(tc.name, []byte(tc.text))
		if tc.want == "" {
			if len(ps) > 0 {
				t.Errorf("%.60q: %v", tc.text, ps)
			}
			continue
		}
		if !strings.Contains(ps.Error(), tc.want) {
			t.Errorf("%.60q: %.300v, want %s", tc.text, ps, tc.want)
		}
	}
}

// TestManyUsersAreRead is about what is promised: 10,000 users of 20 claims in a file.
func TestManyUsersAreRead(t *testing.T) {
	for _, asJSON := range []bool{true, false} {
		var f UserFiles
		if ps := f.Read(map[bool]string{true: "a.json", false: "a.yaml"}[asJSON], manyUsers(10_000, asJSON)); len(ps) > 0 || len(f.Users) != 10_000 {
			t.Errorf("JSON %v: %v", asJSON, ps)
		}
	}
}

func BenchmarkUserFiles(b *testing.B) {
	for _, name := range []string{"a.json", "a.yaml"} {
		data := manyUsers(10_000, name == "a.json")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				var f UserFiles
				if ps := f.Read(name, data); len(ps) > 0 {
					b.Fatal(ps)
				}
			}
		})
	}
}
