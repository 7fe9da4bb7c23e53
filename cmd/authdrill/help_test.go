package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
