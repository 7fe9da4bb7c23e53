package commandtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ClientsFolder is testdata/clients, as a room of the command sees it.
const ClientsFolder = "../../../../testdata/clients"

// Installed skips a test where the language or the libraries of a folder of
// testdata/clients are not there.
func Installed(t *testing.T, name string) {
	t.Helper()
	if lack := Lacking(filepath.Join(ClientsFolder, name)); lack != "" {
		Missing(t, lack)
	}
}

// Lacking says what the programs of a folder lack, in a line, or "". The
// language is the first word of the folder's name.
func Lacking(folder string) string {
	name := filepath.Base(folder)
	language, _, _ := strings.Cut(name, "-")
	if language == "go" {
		build := exec.Command("go", "build", "-o", name, ".")
		build.Dir = folder
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Sprintf("%s cannot be built: %s", name, out)
		}
		return ""
	}
	made := map[string]string{
		"node": "node_modules", "python": ".venv", "flask": ".venv", "django": ".venv", "java": "target/app", "rust": "target/release", "oauth2": name,
	}
	if made[language] != "" {
		if _, err := os.Stat(filepath.Join(folder, made[language])); err != nil {
			return name + " is not installed: testdata/clients/install.sh does that"
		}
		if language == "java" || language == "node" {
			if _, err := exec.LookPath(language); err != nil {
				return name + " cannot be started: no " + language
			}
		}
		return ""
	}
	needs, err := os.ReadFile(filepath.Join(folder, "requires.txt")) // what the system's packages have
	if err != nil {
		return name + " does not say what it needs: " + err.Error()
	}
	option := map[string]string{"ruby": "-r", "perl": "-M"}[language]
	args := []string{"-e", "1"}
	for library := range strings.FieldsSeq(string(needs)) {
		args = append(args, option+library)
	}
	if err := exec.Command(language, args...).Run(); err != nil {
		return fmt.Sprintf("%s needs %s, and the system's packages of %s: %v", name, language, strings.Join(strings.Fields(string(needs)), ", "), err)
	}
	return ""
}

// FolderOf is where a folder of testdata/clients is.
func FolderOf(t *testing.T, name string) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(ClientsFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
