package house

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// oldWords are the words of an English that only its authors read: in comments,
// messages and help the plain ones are wanted ("a user", "in addition to", "only",
// "is not a").
const oldWords = `(?i)\b(stands?|nobody|beside|alone|who (does|is|has)|is no |there are [a-z0-9_]+ and|mend)\b`

// unplainWords finds old words in the comments and texts of the sources, in
// README.md and in the topics of the help. Lines of a comment are read as one, so
// that a line's end hides nothing.
func unplainWords(h *house) []string {
	old := regexp.MustCompile(oldWords)
	var hits []string
	find := func(at, text string) {
		for _, m := range old.FindAllString(text, -1) {
			hits = append(hits, fmt.Sprintf("%s says %q", at, strings.TrimSpace(m)))
		}
	}
	for _, s := range h.sources {
		if s.test {
			continue
		}
		for _, c := range s.file.Comments {
			find(h.at(c), strings.Join(strings.Fields(c.Text()), " "))
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				text, _ := strconv.Unquote(l.Value)
				find(h.at(l), strings.Join(strings.Fields(text), " "))
			}
			return true
		})
	}
	for _, name := range h.prose() {
		text, _ := fs.ReadFile(h.fsys, name)
		for n, line := range strings.Split(string(text), "\n") {
			find(name+":"+strconv.Itoa(n+1), line)
		}
	}
	return hits
}

// prose returns the pages that users read as text.
func (h *house) prose() []string {
	topics, _ := fs.Glob(h.fsys, "cmd/authdrill/help/*.md")
	if slices.Contains(h.entries, "README.md") {
		topics = append(topics, "README.md")
	}
	return topics
}

// subjectsAfter is the commit since which subjects are held to a length: older
// ones cannot change.
const subjectsAfter = "497d21b0"

// longSubjects finds commits whose subject is cut off where logs are shown. Its
// lines are a hash and a subject each.
func longSubjects(log string) []string {
	var out []string
	for line := range strings.Lines(log) {
		hash, subject, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if n := utf8.RuneCountInString(subject); n > 72 {
			out = append(out, fmt.Sprintf("the subject of commit %s has %d characters, at most 72", hash, n))
		}
	}
	return out
}

// TestCommitSubjects needs the history, which an archive of the source does not
// have. A shallow clone has only the newest commits, so all of them are read.
func TestCommitSubjects(t *testing.T) {
	log, err := exec.Command("git", "log", "--format=%h %s", subjectsAfter+"..HEAD").Output()
	if err != nil {
		log, err = exec.Command("git", "log", "--format=%h %s", "HEAD").Output()
	}
	if err != nil {
		commandtest.Missing(t, "the history is not here: git log: "+err.Error())
	}
	for _, offence := range longSubjects(string(log)) {
		t.Error(offence)
	}
}

func TestCommitSubjectsCatches(t *testing.T) {
	log := "a1 store: expire device codes\nb2 " + strings.Repeat("é", 72) + "\nc3 " + strings.Repeat("x", 73) + "\n"
	got := longSubjects(log)
	want := []string{"the subject of commit c3 has 73 characters, at most 72"}
	if slices.CompareFunc(got, want, cmp.Compare[string]) != 0 {
		t.Errorf("caught %q, want %q", got, want)
	}
}
