package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/scenarios/target"
)

// TestHelpAppIsProven attacks the app in the topic that says how one is described.
func TestHelpAppIsProven(t *testing.T) {
	topic, err := os.ReadFile("help/app.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	example := strings.ReplaceAll("\n"+regexp.MustCompile(`(?m)(^    .*\n)+`).FindString(string(topic)), "\n    ", "\n")
	if err := os.WriteFile(filepath.Join(folder, "authdrill.yaml"), []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("authdrill", "attack", "--parallel", "1", "--only", "idt-nonce-wrong,logout-cookie-replay,email-unverified-link")
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "3 exercised: 3 passed, 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestHelpAppHasEveryKey looks for each key of the description of an app in its topic.
func TestHelpAppHasEveryKey(t *testing.T) {
	out, err := exec.Command("authdrill", "help", "app").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(of reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			key, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if !regexp.MustCompile(`(?m)^ +` + key + ` {2,}\S`).Match(out) {
				t.Errorf("authdrill help app does not say what %s of %s is", key, of)
			}
			walk(of.Field(i).Type)
		}
	}
	walk(reflect.TypeFor[target.App]())
	if len(seen) < 6 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}

// TestHelpEntriesAreProven plays the entries in the topic that says how one is
// written: the strict client passes each variant, and the known-bad clients fail.
func TestHelpEntriesAreProven(t *testing.T) {
	topic, err := os.ReadFile("help/entries.md")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	var documents []string
	for _, block := range regexp.MustCompile(`(?m)(^    .*\n)+`).FindAllString(string(topic), -1) {
		if strings.HasPrefix(block, "    scenario: ") {
			documents = append(documents, strings.ReplaceAll("\n"+block, "\n    ", "\n"))
		}
	}
	if len(documents) != 2 {
		t.Fatalf("help/entries.md has %d documents, want 2", len(documents))
	}
	if err := os.WriteFile(filepath.Join(folder, "ours.yaml"), []byte(strings.Join(documents, "---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("authdrill", "catalog", "--catalog", "ours.yaml", "--matrix")
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2 of 2 entries run, 0 planned; 3 of 3 known-bad clients killed, 3 bugs") {
		t.Errorf("%v\n%s", err, out)
	}
}
