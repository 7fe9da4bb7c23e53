package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
)

// canary is what a file outside the root says.
const canary = "canary-of-the-runner"

// tree makes files, and links where a text begins with ->, and changes into it.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	top := t.TempDir()
	for name, text := range files {
		name = filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, link := strings.CutPrefix(text, "->"); link {
			err = os.Symlink(to, name)
		} else {
			err = os.WriteFile(name, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(top, "work"))
}

// TestNothingOutsideTheRootIsRead tries every way out of a folder.
func TestNothingOutsideTheRootIsRead(t *testing.T) {
	const secret = canary + ": x: y\n"
	uses := func(path string) string { return "scenario: a\nsteps:\n- use: " + path + "\n" }
	includes := func(path string) string {
		return "scenario: a\ninclude: [" + path + "]\nsteps: [{sign_in: alice}]\n"
	}
	tree(t, map[string]string{
		"creds/config.json": secret, "creds/config.yaml": secret, "work/creds.yaml": secret,
		"good/a.yaml": uses("_part.yaml"), "good/_part.yaml": "steps: [{sign_in: alice}]\n",
		"work/_part.yaml": "steps: [{sign_in: alice}]\n", "work/inner/a.yaml": uses("../_part.yaml"),
		"work/up.yaml": uses("../creds/config.yaml"), "work/json.yaml": includes("../creds/config.json"),
		"work/near.yaml": includes("creds.json"), "work/creds.json": secret,
		"work/root.yaml": uses("/proc/self/environ"), "work/proc.yaml": uses("../../../../../../../../proc/self/environ"),
		"work/link.yaml": uses("linked/config.yaml"), "work/linked": "->../creds",
		"work/file.yaml": uses("_linked.yaml"), "work/_linked.yaml": "->../creds/config.yaml",
		"work/itself.yaml": "->../creds/config.yaml", "work/absolute.yaml": "->/proc/self/environ",
		"work/inside/a.yaml": "->../good.yaml", "work/good.yaml": "scenario: a\nsteps: [{sign_in: alice}]\n",
		"other/up.yaml": uses("../creds/config.yaml"), "folder/a.yaml": "->../creds/config.yaml",
	})
	for _, tc := range []struct {
		root, path string
		want       string // in the error; "" is none
	}{
		{"", "up.yaml", "name a folder that has both: --root DIR"},
		{"", "json.yaml", "is not the path of a fragment"}, {"", "near.yaml", "is not the path of a fragment"},
		{"", "root.yaml", "is not the path of a fragment"}, {"", "proc.yaml", "is not the path of a fragment"},
		{"", "link.yaml", "leads out of the folder"}, {"", "file.yaml", "leads out of the folder"},
		{"", "itself.yaml", "leads out of the folder"}, {"", "absolute.yaml", "leads out of the folder"},
		{"", "*tself.yaml", "leads out of the folder"}, {"", "creds.json", "no scenario file found"},
		{"", "linked", "leads out of the folder"},
		{"", "inner/a.yaml", ""}, {"", "inner", "leads out of the folder inner"}, {".", "inner", ""},
		{"", "inside", "leads out of the folder inside"}, {".", "inside", ""}, {"", "inside/a.yaml", ""},
		{"", "../good", ""}, {"", "../good/a.yaml", ""}, {"", "../good/*.yaml", ""},
		{"", "../folder", "leads out of the folder ../folder"}, {"", "../folder/a.yaml", "leads out of the folder ../folder"},
		{"", "../other/up.yaml", "leads out of the folder ../other"},
		{"inner", "inner/a.yaml", "leads out of the folder inner"}, {"inner", "../good", "leads out of the folder inner"},
	} {
		_, err := scenarios.Load(t.Context(), scenarios.Disk{Root: tc.root}, []string{tc.path})
		switch {
		case tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("--root %q %s: %v, want %q", tc.root, tc.path, err, tc.want)
		case err != nil && strings.Contains(err.Error(), canary):
			t.Errorf("--root %q %s quotes the file: %v", tc.root, tc.path, err)
		}
	}
	if _, err := scenarios.Load(t.Context(), scenarios.Disk{Root: ".."}, []string{"up.yaml"}); err == nil || !strings.Contains(err.Error(), canary) {
		t.Errorf("with a root that has both, the file is read: %v", err)
	}
}

func TestFragmentsStayInTheFileSystem(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{"d/a.yaml": "scenario: a\nsteps:\n- use: ../../x.yaml\n"}, "d")
	if ps := scenarios.Problems(err); len(ps) != 1 || !strings.Contains(ps[0].Message, "outside the file system") {
		t.Error(err)
	}
	files := fstest.MapFS{"a.yaml": {Mode: os.ModeNamedPipe}}
	if _, err := scenarios.Load(t.Context(), files, []string{"a.yaml"}); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Error(err)
	}
}
