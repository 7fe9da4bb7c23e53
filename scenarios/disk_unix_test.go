//go:build unix

package scenarios_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// TestPipeIsNeverOpened names a pipe that nothing writes to in every way that a
// command line has. To open it would be to wait for ever.
func TestPipeIsNeverOpened(t *testing.T) {
	tree(t, map[string]string{"work/good.yaml": "scenario: a\nsteps: [{sign_in: alice}]\n"})
	for _, name := range []string{"pipe.yaml", "pipe"} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ path, want string }{
		{"pipe.yaml", "pipe.yaml is not a regular file"}, {"./pipe.yaml", "is not a regular file"}, {"*.yaml", "pipe.yaml is not a regular file"},
		{".", "pipe.yaml is not a regular file"}, {"pipe", "no scenario file found"}, {"pip*/good.yaml", "no scenario file found"},
		{"pipe/*.yaml", "no scenario file found"}, {"pipe/good.yaml", "no scenario file found"},
	} {
		ended := make(chan error, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		go func() {
			_, err := scenarios.Load(ctx, scenarios.Disk{}, []string{tc.path})
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v, want %q", tc.path, err, tc.want)
			}
		case <-ctx.Done():
			t.Errorf("%s is waited for", tc.path)
		}
		cancel()
	}
}

// TestFoldersWithinEachOtherAreBounded has few files, to which many folders lead.
func TestFoldersWithinEachOtherAreBounded(t *testing.T) {
	const text = "scenario: a\nsteps: [{sign_in: alice}]\n"
	deep := strings.Repeat("d/", strict.MaxSteps)
	files := map[string]string{
		"work/near.yaml": text, "work/" + deep + "a.yaml": text, "work/links/a.yaml": "->../" + deep + "a.yaml",
		"work/uses/a.yaml": "scenario: a\nsteps: [{use: _far/a.yaml}]\n", "work/uses/_far": "->../" + deep,
		"work/loop/a.yaml": "->b.yaml", "work/loop/b.yaml": "->a.yaml",
		"work/edge/" + strings.Repeat("d/", strict.MaxSteps-1) + "a.yaml": text, "work/linked.yaml": "->near.yaml",
	}
	tree(t, files)
	for _, tc := range []struct{ root, path, want string }{
		{"", "near.yaml", ""}, {"", "linked.yaml", ""}, {"", "edge", ""},
		{"", "d", ""}, {".", "d", "more than 64 folders and links lead to " + deep + "a.yaml"},
		{".", "links", "more than 64 folders and links lead to links/a.yaml"},
		{".", "uses", "more than 64 folders and links lead to uses/_far/a.yaml"},
		{"", "links/a.yaml", "more than 64 folders and links"}, {".", "loop", "more than 64 folders and links"},
	} {
		_, err := scenarios.Load(t.Context(), scenarios.Disk{Root: tc.root}, []string{tc.path})
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("--root %q %s: %v, want %q", tc.root, tc.path, err, tc.want)
		}
	}
}

// TestWalkTakesWhatLeadsToAFolder lists a few hundred folders, each of which a
// root opens from the top.
func TestWalkTakesWhatLeadsToAFolder(t *testing.T) {
	tree(t, map[string]string{"work/near.yaml": "scenario: a\nsteps: [{sign_in: alice}]\n"})
	bottom := "tree/" + strings.Repeat("d/", 300)
	for n := range 300 {
		if err := os.MkdirAll(filepath.Join(bottom, fmt.Sprint(n)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := scenarios.Load(t.Context(), scenarios.Disk{}, []string{"tree"})
	if err == nil || !strings.Contains(err.Error(), "files and folders looked at") {
		t.Error(err)
	}
}
