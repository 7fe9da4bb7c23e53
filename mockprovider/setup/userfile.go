package setup

import (
	"context"
	"path"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// The limits of one file of users, and of all that are read together.
const (
	MaxUserFile = 32 << 20 // bytes
	MaxUsers    = 100_000

	mostUserValues = 1_500_000 // values and keys
)

// UserFiles reads users from files, each of which has some. The zero value is ready.
type UserFiles struct {
	Users  map[string]*store.User
	Places map[string]strict.Place // where each login was read

	budget *strict.Budget
}

// Read reads a file: JSON by its name, and else YAML. It is a mapping of logins to
// claims, the same below a key users, or a list of users with a login each. A login
// that was read before is a problem that says where.
func (f *UserFiles) Read(name string, data []byte) strict.Problems {
	if f.Users == nil {
		f.Users, f.Places = map[string]*store.User{}, map[string]strict.Place{}
		f.budget = strict.NewBudget(context.Background())
		for r, most := range map[strict.Resource]int{strict.Bytes: MaxUserFile, strict.Values: mostUserValues, strict.Data: mostUserValues} {
			f.budget.Allowances[r].One, f.budget.Allowances[r].All = most, 2*most
		}
	}
	docs, problems := strict.Parse(name, data, strict.Options{JSON: strings.EqualFold(path.Ext(name), ".json"), Budget: f.budget})
	for n, doc := range docs {
		if n > 0 {
			problems = append(problems, doc.Problem(strict.Syntax, "split the file", "the file has %d documents, want one", len(docs)))
			break
		}
		r := userReader{UserFiles: f}
		r.document(doc)
		problems = append(problems, r.Problems...)
	}
	return problems.Sorted()
}

// userReader reads the users of one file.
type userReader struct {
	*UserFiles
	strict.Problems
}

func (r *userReader) document(root *strict.Node) {
	if root.Kind == strict.Mapping && len(root.Entries) == 1 && root.Entries[0].Key.Text == "users" {
		root = root.Entries[0].Value
	}
	switch root.Kind {
	case strict.Mapping:
		for n := range root.Entries {
			e := root.Entries[n]
			r.user(e.Key.Text, e.Key.Place(), e.Value)
			root.Entries[n] = strict.Entry{} // what is read need not be kept
		}
	case strict.Sequence:
		for n, item := range root.Items {
			login := item.Get("login")
			if login == nil || login.Kind != strict.Scalar || login.Text == "" {
				r.Report(item.Problem(strict.Required, "write {login: dora, email: ..}", `"login" is missing`))
				continue
			}
			r.user(login.Text, login.Place(), item)
			root.Items[n] = nil
		}
	default:
		r.Report(root.Problem(strict.Type, "write {dora: {email: ..}}, or [{login: dora, email: ..}]", "a file of users is a mapping or a list, got %s", root.Kind))
	}
}

// user reads one user.
func (r *userReader) user(login string, at strict.Place, n *strict.Node) {
	u := &store.User{}
	problem := func(hint, format string, args ...any) {
		p := n.KeyProblem(strict.Duplicate, hint, format, args...)
		p.Line, p.Column = at.Line, at.Column
		r.Report(p)
	}
	switch before, twice := r.Places[login]; {
	case login == "":
		problem("", "a login cannot be empty")
		return
	case twice:
		problem("keep one", "there is a user %q already, in %s", login, before)
		return
	case len(r.Users) == MaxUsers:
		problem("", "more than %s users in all files", strict.Thousands(MaxUsers))
		return
	}
	r.Places[login] = at
	if n.Kind == strict.Null {
		r.Users[login] = u // the usual claims
		return
	}
	for _, p := range n.Decode(u, strict.Options{Budget: r.budget}) {
		r.Report(p)
	}
	if u.Login != "" && u.Login != login {
		problem("leave login out", "the login %q is not the key of the mapping", u.Login)
	}
	u.Login = ""
	r.Users[login] = u
}
