package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// usersFile is a scenario with many users, in one of the two notations.
func usersFile(users int, json bool) string {
	var out strings.Builder
	if json {
		out.WriteString(`{"scenario": "users", "steps": [{"sign_in": "user1"}], "users": {`)
	} else {
		out.WriteString("scenario: users\nsteps:\n- sign_in: user1\nusers:\n")
	}
	for i := range users {
		switch {
		case json && i > 0:
			out.WriteString(", ")
			fallthrough
		case json:
			fmt.Fprintf(&out, `"user%d": {"email": "user%d@example.com", "name": "User of the Company %d", "claims": {"department": "d%d", "roles": ["a", "b"]}}`, i, i, i, i)
		default:
			fmt.Fprintf(&out, "  user%d:\n    email: user%d@example.com\n    name: User of the Company %d\n    claims: {department: d%d, roles: [a, b], employee_number: \"%d\"}\n", i, i, i, i, i)
		}
	}
	if json {
		out.WriteString("}}")
	}
	return out.String()
}

// skipIfShort leaves out a test in which one goroutine reads megabytes: it takes the
// race detector a minute, and has no races.
func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine reads megabytes: not with -short")
	}
}

// TestTenThousandUsersLoad has files of more than a megabyte, for users are data.
func TestTenThousandUsersLoad(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	for _, json := range []bool{false, true} {
		text := usersFile(10_000, json)
		if len(text) < 1<<20 {
			t.Fatalf("only %d bytes", len(text))
		}
		all, err := load(map[string]string{"a.yaml": text})
		if err != nil {
			t.Fatalf("json %v: %.500v", json, err)
		}
		if got := len(all[0].Users); got != 10_000 {
			t.Errorf("json %v: %d users", json, got)
		}
	}
}

// TestCombinationsShareWhatIsTheSame reads once what no axis makes different.
func TestCombinationsShareWhatIsTheSame(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	all, err := load(map[string]string{"a.yaml": tenThousand})
	if err != nil || len(all) != 10_000 {
		t.Fatalf("%d scenarios, %.500v", len(all), err)
	}
	first, last := all[0], all[9_999]
	if first.Steps[1] != last.Steps[1] || first.Clients["web"] != last.Clients["web"] {
		t.Error("what is the same was read again")
	}
	if first.Steps[0] == last.Steps[0] || first.Steps[0].Name != "0 0 0 0" || last.Steps[0].Name != "9 9 9 9" {
		t.Errorf("%q and %q", first.Steps[0].Name, last.Steps[0].Name)
	}
	if first.Clients["app"].DefaultMaxAge != 0 || last.Clients["app"].DefaultMaxAge != 9 {
		t.Error("a number of an axis is not read for each")
	}
}

const tenThousand = `
scenario: many
matrix:
  a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  b: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  c: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  d: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
clients: {app: {default_max_age: "${matrix.a}"}, web: {client_name: Web}}
steps:
- {sign_in: alice, name: "${matrix.a} ${matrix.b} ${matrix.c} ${matrix.d}"}
- sign_in: {user: bob, client: web}
  expect: {id_token: {claims: {sub: bob, aud: web}}}
`

func BenchmarkLoadCombinations(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := load(map[string]string{"a.yaml": tenThousand}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestProblemsOfAnAxisAreFound also finds those that only a later combination has.
func TestProblemsOfAnAxisAreFound(t *testing.T) {
	t.Parallel()
	got := complaints(t, "scenario: a\nmatrix: {n: [1, x]}\nclients: {app: {default_max_age: \"${matrix.n}\"}}\nsteps:\n- sign_in: alice\n- sign_in: nobody\n")
	want := []string{
		`3:34: clients.app.default_max_age: want an integer, got x, which is the value of ${matrix.n}`,
		`6:12: steps[1].sign_in: unknown user "nobody"; known are alice, bob, carol`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// readsFS counts how often each file is opened.
type readsFS struct {
	fs.FS
	opened map[string]int
	hook   func(name string)
}

func (r readsFS) Open(name string) (fs.File, error) {
	r.opened[name]++
	if r.hook != nil {
		r.hook(name)
	}
	return r.FS.Open(name)
}

// TestFragmentIsReadOnce however often it is used, and each use has steps of its
// own: a capture is known after the first.
func TestFragmentIsReadOnce(t *testing.T) {
	t.Parallel()
	files := readsFS{opened: map[string]int{}, FS: fstest.MapFS{
		"a.yaml":     {Data: []byte("scenario: a\nsteps:\n- use: _part.yaml\n- sign_in: alice\n- use: _part.yaml\n")},
		"b.yaml":     {Data: []byte("scenario: b\nsteps:\n- use: _part.yaml\n- use: _part.yaml\n- use: _outer.yaml\n")},
		"_part.yaml": {Data: []byte("steps:\n- {sign_in: bob, capture: {kept: token_response.access_token}}\n- {introspect: \"${kept}\"}\n")},

		"_outer.yaml": {Data: []byte("steps: [{use: _part.yaml}]\n")},
	}}
	all, err := scenarios.Load(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(all[0].Steps) != 5 || len(all[1].Steps) != 6 {
		t.Errorf("%d and %d steps", len(all[0].Steps), len(all[1].Steps))
	}
	if all[1].Steps[0].Node == all[1].Steps[2].Node {
		t.Error("two uses share a node")
	}
	if n := files.opened["_part.yaml"]; n > 2 { // once to look at it, once to read it
		t.Errorf("the fragment was opened %d times", n)
	}
}

// TestBudgetOfTheWholeLoad refuses the file that exceeds it.
func TestBudgetOfTheWholeLoad(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	files := map[string]string{}
	for i := range 30 {
		files[fmt.Sprintf("f%02d.yaml", i)] = "scenario: s\ndescription: |\n" + strings.Repeat("  "+strings.Repeat("x", 1020)+"\n", 3<<10)
	}
	_, err := load(files)
	found := false
	for _, p := range scenarios.Problems(err) {
		found = found || p.Rule == strict.Limit && p.Message == "more than 67,108,864 bytes in all that is read together"
	}
	if !found {
		t.Errorf("%.800v", err)
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{
		"a.yaml": "scenario: a\nsteps:\n" + strings.Repeat("- sing_in: alice\n", 20_000),
		"b.yaml": "scenario: b\nstpes: []\n",
	})
	ps := scenarios.Problems(err)
	if len(ps) != strict.MaxProblems+2 {
		t.Fatalf("%d problems", len(ps))
	}
	if last := ps[strict.MaxProblems]; last.Message != "and 19,900 more problems in this file" || last.Rule != strict.Limit {
		t.Errorf("%+v", last)
	}
	if ps[len(ps)-1].File != "b.yaml" {
		t.Errorf("%+v", ps[len(ps)-1])
	}
}

// TestLoadEndsWithItsContext while it lists, reads and composes.
func TestLoadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	signal := errors.New("signal")
	for _, at := range []string{".", "b.yaml", "_part.yaml"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		files := readsFS{opened: map[string]int{}, hook: func(name string) {
			if name == at {
				cancel(signal)
			}
		}, FS: fstest.MapFS{
			"a.yaml":     {Data: []byte("scenario: a\nsteps:\n- sign_in: alice\n")},
			"b.yaml":     {Data: []byte("scenario: b\nsteps:\n- use: _part.yaml\n")},
			"_part.yaml": {Data: []byte("steps: [{sing_in: alice}]\n")},
			"c.yaml":     {Data: []byte("scenario: c\nsteps:\n- sign_in: alice\n")},
		}}
		if _, err := scenarios.Load(ctx, files, nil); !errors.Is(err, signal) {
			t.Errorf("%s: %v", at, err)
		}
		if files.opened["c.yaml"] > 0 {
			t.Errorf("%s: a file was read afterwards", at)
		}
		cancel(nil)
	}
}
