// Package newuser reads a user whom somebody typed into the sign-in page. Begin with Read.
package newuser

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// The limits of a new user that is entered on the sign-in page.
const (
	longestLogin  = 200      // bytes
	longestClaims = 16 << 10 // bytes
)

// Read returns the user whom somebody typed into the sign-in page: a login, and a
// JSON object of claims, or nothing, which go over the usual ones. A claim that is
// null is left out. The error is for whoever typed it, and says where.
func Read(login, claims string) (*store.User, error) {
	login = strings.TrimSpace(login)
	switch {
	case login == "":
		return nil, errors.New("type a login name")
	case len(login) > longestLogin:
		return nil, errors.New("the login name is too long: at most 200 bytes are taken")
	case !utf8.ValidString(login) || strings.ContainsFunc(login, unicode.IsControl):
		return nil, errors.New("the login name has a character that cannot be shown")
	case len(claims) > longestClaims:
		return nil, errors.New("the claims are too long: at most 16 KiB are taken")
	}
	typed := typedClaims{user: usual(login)}
	if strings.TrimSpace(claims) == "" {
		return typed.user, nil
	}
	if problems := strict.Read("claims", []byte(claims), &typed, strict.Options{JSON: true}); len(problems) > 0 {
		return nil, problemsForPage(problems)
	}
	return typed.user, nil
}

// usual returns a user with the claims that are made from a login.
func usual(login string) *store.User {
	return setup.Setup{Users: map[string]*store.User{login: {}}}.Complete().Users[login]
}

// problemsForPage is an error that a page can show: the first problems, a line each.
func problemsForPage(problems strict.Problems) error {
	var lines []string
	for _, p := range problems[:min(len(problems), 3)] {
		line := fmt.Sprintf("claims, line %d, column %d: ", p.Line, p.Column)
		if p.Path != "" {
			line += p.Path + ": "
		}
		line += p.Message
		if p.Hint != "" {
			line += "; " + p.Hint
		}
		lines = append(lines, line)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// typedClaims are read over the claims of a user.
type typedClaims struct{ user *store.User }

// UnmarshalStrict reads the claims of OIDC Core section 5.1 under their names, and
// every other one as a further claim.
func (t *typedClaims) UnmarshalStrict(n *strict.Node, r *strict.Reader) {
	if n.Kind != strict.Mapping {
		r.Report(n.Problem(strict.Type, `write an object, like {"email": "dora@example.com"}`, "claims are an object, got %s", n.Kind))
		return
	}
	for _, e := range n.Entries {
		t.claim(r, e.Key.Text, e.Value)
	}
}

// claim reads a claim into the member of the user that has its name.
func (t *typedClaims) claim(r *strict.Reader, name string, value *strict.Node) {
	member, known := userMembers()[name]
	switch near, slip := strict.Slip("claim", name); {
	case slices.Contains([]string{"login", "password", "disabled", "authenticated_ago"}, name):
		r.Report(value.KeyProblem(strict.Unknown, "leave it out", "%q is not a claim", name))
	case known && value.Kind == strict.Null:
		reflect.ValueOf(t.user).Elem().FieldByIndex(member).SetZero()
	case known:
		r.Decode(value, reflect.ValueOf(t.user).Elem().FieldByIndex(member).Addr().Interface(), "")
	case value.Kind == strict.Null:
		delete(t.user.Claims, name)
	case slip && len(near) > 4:
		r.Report(value.KeyProblem(strict.NearMiss, `did you mean "`+near+`"? If not, write {"claims": {"`+name+`": ..}}`, "%q is almost a registered name", name))
	default:
		var further any
		if r.Decode(value, &further, "") {
			if t.user.Claims == nil {
				t.user.Claims = map[string]any{}
			}
			t.user.Claims[name] = further
		}
	}
}

// userMembers finds the members of a user by their names in files.
func userMembers() map[string][]int {
	out := map[string][]int{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[store.User]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out[name] = f.Index
		}
	}
	return out
}
