package newuser

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestRead(t *testing.T) {
	verified := false
	for name, tc := range map[string]struct {
		login, claims string
		change        func(u *store.User)
	}{
		"login only":   {"dora", "", func(*store.User) {}},
		"blanks":       {"  dora ", " \n ", func(*store.User) {}},
		"empty object": {"dora", "{}", func(*store.User) {}},
		"standard claims": {"dora", `{"email": "d@corp.test", "email_verified": false, "groups": ["admins"], "address": {"country": "NZ"}}`, func(u *store.User) {
			u.Email, u.EmailVerified, u.Groups, u.Address = "d@corp.test", &verified, []string{"admins"}, &store.Address{Country: "NZ"}
		}},
		"further claims": {"dora", `{"department": "sales", "level": 3, "flags": {"a": [true, null]}}`, func(u *store.User) {
			u.Claims = map[string]any{"department": "sales", "level": int64(3), "flags": map[string]any{"a": []any{true, nil}}}
		}},
		"left out":          {"dora", `{"email": null, "name": null, "x": null}`, func(u *store.User) { u.Email, u.Name = "", "" }},
		"as in a file":      {"dora", `{"claims": {"group": "x"}}`, func(u *store.User) { u.Claims = map[string]any{"group": "x"} }},
		"another subject":   {"dora", `{"sub": "248289761001"}`, func(u *store.User) { u.Subject = "248289761001" }},
		"an e-mail address": {"dora@corp.test", "", func(u *store.User) { u.Email, u.Name, u.GivenName = "dora@corp.test", "Dora Example", "Dora" }},
	} {
		got, err := Read(tc.login, tc.claims)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := usual(strings.TrimSpace(tc.login))
		tc.change(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestNewUserSaysWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ login, claims, want string }{
		{"", "", "type a login name"},
		{"  ", "{}", "type a login name"},
		{strings.Repeat("x", 201), "", "too long"},
		{"a\x00b", "", "cannot be shown"},
		{"a\xffb", "", "cannot be shown"},
		{"dora", strings.Repeat(" ", 17<<10), "too long"},
		{"dora", `{"email": "x"`, "claims, line 1, column 14: not JSON"},
		{"dora", `["email"]`, "claims, line 1, column 1: claims are an object, got a list"},
		{"dora", "{\n  \"email\": 7}", "claims, line 2, column 12: email: want a text"},
		{"dora", `{"email_verified": "yes"}`, "claims, line 1, column 20: email_verified: "},
		{"dora", `{"groups": "admins"}`, "groups: want a list"},
		{"dora", `{"emial": "x"}`, `did you mean "email"?`},
		{"dora", `{"email": "a", "email": "b"}`, "duplicate key"},
		{"dora", `{"password": "x"}`, `"password" is not a claim`},
		{"dora", `{"disabled": true}`, `"disabled" is not a claim`},
		{"dora", `{"a": ` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`, "within each other"},
	} {
		if _, err := Read(tc.login, tc.claims); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%.40q %.60q: %v, want %s", tc.login, tc.claims, err, tc.want)
		}
	}
}
