package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/scenarios"
)

// users is a mapping of users who have a password each.
func users(from, to int) string {
	var out strings.Builder
	out.WriteString("users:\n")
	for i := range to - from {
		fmt.Fprintf(&out, "  u%d: {password: canary-%d}\n", from+i, from+i)
	}
	return out.String()
}

// TestSecretsAreBounded has small values that cost much: each secret is looked for
// in many forms.
func TestSecretsAreBounded(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	const head, wrong = "scenario: a\nsteps: [{sign_in: u1}]\n", "scenario: a\nsteps: [{sign_in: none}]\n"
	const tooMany = "more than 20,000 passwords and other secrets in one file with its fragments"
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"one file":  {map[string]string{"a.yaml": wrong + users(0, 20_001)}, tooMany},
		"fragments": {map[string]string{"a.yaml": "include: [_b.yaml, _c.yaml]\n" + head, "_b.yaml": users(0, 12_000), "_c.yaml": users(12_000, 24_000)}, tooMany},
		"documents": {map[string]string{"a.yaml": head + users(0, 12_000) + "---\n" + strings.Replace(head, "a", "b", 1) + users(0, 12_000)}, tooMany},
		"combinations": {map[string]string{"a.yaml": "matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}\n" + head + users(0, 10_000)},
			"more than 100,000 passwords and other secrets in all that is read together: 10,000 for each of 11 combinations here"},
		"a list": {map[string]string{"a.yaml": wrong + "users: {u1: {claims: {password: [" + strings.Repeat("canary-x, ", 20_001) + "x]}}}\n"}, tooMany},
	} {
		_, err := load(tc.files)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %.300v, want %q", name, err, tc.want)
		}
	}
}

// TestManyUnknownNamesEndSoon has lists whose members are compared with all that is
// known: what is shown is bounded, and so is the work.
func TestManyUnknownNamesEndSoon(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&names, "t%d, ", i)
	}
	for _, key := range []string{"attack", "spec", "proven_by"} {
		_, err := load(map[string]string{"a.yaml": "scenario: a\n" + key + ": [" + names.String() + "x]\nsteps: [{sign_in: alice}]\n"})
		if n := len(scenarios.Problems(err)); n == 0 || n > 110 {
			t.Errorf("%s: %d problems", key, n)
		}
	}
}
