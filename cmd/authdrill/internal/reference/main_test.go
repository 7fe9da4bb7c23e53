package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReference writes a page for the command and for each verb, with its flags and
// examples.
func TestReference(t *testing.T) {
	folder := t.TempDir()
	if err := write(folder); err != nil {
		t.Fatal(err)
	}
	for file, parts := range map[string][]string{
		"man/authdrill.1":              {"--client-port", "authdrill-attack(1)"},
		"man/authdrill-run.1":          {"only scenarios with these tags", "authdrill run login.yaml --watch"},
		"reference/authdrill.md":       {"--client-port N ", "(authdrill_attack.md)", "AUTHDRILL_CLIENT_PORT"},
		"reference/authdrill_exec.md":  {"authdrill exec [flags] -- CMD [ARG ..]\n", "--sign-in interactive|auto ", "authdrill exec -- npm test\n"},
		"reference/authdrill_token.md": {"--user LOGIN "},
	} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Error(err)
		}
		for _, part := range parts {
			if !strings.Contains(strings.ReplaceAll(string(text), `\-`, "-"), part) {
				t.Errorf("%s has no %q", file, part)
			}
		}
	}
}
