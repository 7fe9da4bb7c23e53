//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
)

// hostileFolder has small files that ask for much.
const hostileFolder = "../../scenarios/testdata/hostile"

// hostileCanary is in the environment of lint and in a file outside its folder.
const hostileCanary = "canary-of-the-runner"

// TestLintHostileFolder has an error for each of the files, at a cost that a
// small machine does not notice.
func TestLintHostileFolder(t *testing.T) {
	t.Parallel()
	lintHostile(t, hostileFolder)
}

// TestLintHostileLargeFiles does the same for files that are too large, or too
// special, to be kept.
func TestLintHostileLargeFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine reads megabytes: not with -short")
	}
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "in")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "../outside.yaml"), hostileCanary+": x: y\n")
	axes := ""
	for _, name := range []string{"a", "b", "c", "d"} {
		axes += "  " + name + ": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
	}
	repeat := strings.Repeat
	many := func(n int, line string) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, line, i)
		}
		return out.String()
	}
	const steps = "steps:\n- sign_in: alice\n"
	for name, text := range map[string]string{
		"rows":        "scenario: rows\nmatrix:\n  a: [1]\n  include:\n" + many(100_000, "  - {a: %d}\n") + steps,
		"rows-middle": "scenario: rows\nmatrix:\n  a: [1]\n  include:\n" + many(20_000, "  - {a: %d}\n") + steps,
		"rows-json":   `{"scenario": "rows", "matrix": {"a": [1], "include": [` + many(100_000, `{"a": %d},`) + `{"a": 0}]}, "steps": [{"sign_in": "alice"}]}`,
		"steps":       "scenario: steps\nmatrix:\n" + axes + "steps:\n" + repeat("- sign_in: alice\n", 20_000),
		"excluded":    "scenario: excluded\nmatrix:\n" + axes + "  exclude:\n" + repeat("  - {a: 1}\n", 20_000) + steps,
		"axes":        "scenario: axes\nmatrix:\n" + many(25_000, "  a%d: [0]\n") + steps,
		"problems":    "scenario: problems\nsteps:\n" + repeat("- sing_in: alice\n", 30_000),
		"unknown":     "scenario: unknown\n" + many(30_000, "k%d: v\n") + steps,
		"twice":       "scenario: twice\n" + repeat("tags: a\n", 30_000) + steps,
		"unused":      "scenario: unused\nvars:\n" + many(100_000, "  v%d: x\n") + steps,
		"unresolved":  "scenario: unresolved\nvars:\n" + many(10_000, "  v%d: x\n") + "steps:\n" + many(20_000, "- sign_in: ${w%d}\n"),
		"environment": "scenario: environment\nvars:\n" + many(10_000, "  v%d: {env: HOME}\n") + "steps:\n" + many(20_000, "- sign_in: ${env.W%d}\n"),
		"claims":      "scenario: claims\nstepz: []\nusers:\n  u:\n    claims:\n" + many(40_000, "      custom_claim_%d: x\n") + "steps:\n- sign_in: u\n",
		"patterns":    "scenario: patterns\nsteps:\n" + repeat("- sign_in: alice\n  expect: {id_token: {claims: {sub: {$matches: '"+repeat(`\pL`, 50)+"'}}}}\n", 5_000),
		"documents":   repeat("---\na: 1\n", 20_000),
		"long":        "scenario: " + repeat("x", 8<<20-100) + "\n" + steps,
		"line":        "{" + repeat("x: 1, ", 10_000) + "scenario: " + repeat("x", 7<<20) + "}\n",
		"too-large":   repeat("# a comment\n", 1<<20),
		"lines":       repeat("\n", 8<<20-1) + steps,
		"brackets":    "scenario: brackets\nsteps: " + repeat("[", 1<<20),
		"dashes":      "scenario: dashes\nsteps:\n" + repeat("- ", 1<<20),
		"nulls":       "scenario: nulls\nsteps: {" + repeat("a,", 1<<20) + "}\n",
		"uses":        "scenario: uses\nsteps:\n" + repeat("- use: _part.yaml\n", 20_000),
		"includes":    "scenario: includes\ninclude: [" + repeat("_users.yaml, _one.yaml, ", 5_000) + "]\n" + steps,
		"users":       "scenario: users\nusers:\n" + many(200_000, "  u%d: {email: u@example.com}\n") + steps,
		"_part":       "steps:\n" + repeat("- sign_in: alice\n", 100),
		"_users":      "users:\n" + many(10_000, "  u%d: {email: u@example.com}\n"),
		"_one":        "users: {u1: {email: one@example.com}}\n",
	} {
		write(t, filepath.Join(folder, name+".yaml"), text)
	}
	for link, to := range map[string]string{"endless": "/dev/zero", "kernel": "/proc/self/environ", "above": "../outside.yaml", "loop": "loop.yaml", "folder": ".."} {
		if err := os.Symlink(to, filepath.Join(folder, link+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	lintHostile(t, folder)
}

// lintHostile runs lint on a folder, all of whose files are refused.
func lintHostile(t *testing.T, folder string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // seconds; more where the machine is busy or looks for races
	defer cancel()
	cmd := exec.CommandContext(ctx, "authdrill", "lint", folder)
	cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1", "RUNNER="+hostileCanary) // the memory that the system counts begins with that of this process
	out, err := cmd.CombinedOutput()
	peak := 0
	for _, collected := range regexp.MustCompile(`(?m)^gc \d+ @.* \d+->(\d+)->\d+ MB, .*\n`).FindAllSubmatch(out, -1) {
		mb, err := strconv.Atoi(string(collected[1]))
		if err != nil {
			t.Fatal(err)
		}
		peak = max(peak, mb)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != failure.ExitUsage {
		t.Fatalf("lint ended with %v\n%.2000s", err, out)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".yaml") && name[0] != '_' && !strings.Contains(string(out), filepath.Join(folder, name)) {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if strings.Contains(string(out), hostileCanary) {
		t.Error("a file outside the folder is quoted")
	}
	if len(out) > 1<<20 {
		t.Errorf("%d bytes are said", len(out))
	}
	if peak == 0 || peak > 100 && !races() {
		t.Errorf("the heap had %d MB", peak)
	}
	t.Logf("%d MB, %s of processor time", peak, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
}

// races reports whether this is built with the race detector, which takes
// several times the memory.
func races() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			return true
		}
	}
	return false
}

// TestExpectedFailuresAreAFile of an ordinary size: a pipe has no writer, and a
// device no end.
func TestExpectedFailuresAreAFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	pipe, large := filepath.Join(folder, "pipe"), filepath.Join(folder, "large")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(large, nil, 0o600), os.Truncate(large, 1<<40)); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{pipe: "not a regular file", "/dev/zero": "not a regular file", large: "too large"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, "authdrill", "attack", "http://127.0.0.1:1/login", "--whoami", "http://127.0.0.1:1/me", "--expected-failures", file)
		cmd.Dir = folder
		out, _ := cmd.CombinedOutput()
		cancel()
		if cmd.ProcessState.ExitCode() != failure.ExitUsage || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", file, cmd.ProcessState, out)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
